"""The errors of backups."""

from __future__ import annotations

from contracts.model.errors import BrokerError


class BackupError(BrokerError):
    """A backup cannot be made, used or trusted; the message says why, and what to do."""


class BackupBusy(BrokerError):
    """Another process makes a backup of the same database."""
