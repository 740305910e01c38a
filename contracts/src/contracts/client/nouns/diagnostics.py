"""The state of the broker's scheduled backups. Only our broker has it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.client import hal
from contracts.client.nouns.addresses import Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """When the last backup succeeded, in ISO 8601 or None, and what is wrong now, None if nothing is."""

    last_success_at: str | None
    problem: str | None


class DiagnosticMethods(Addresses):
    """The state of what the broker depends on."""

    def backup_state(self) -> BackupState | None:
        """Return the state of scheduled backups; None if this broker makes none, or does not say.

        Raises:
            ClientError: if the broker refuses to say, or cannot be reached.
        """
        document = self._to.get(self._to.below("/diagnostic/status/dependencies"))
        backup = hal.get_mapping(document, "backup")
        if not backup:
            return None
        error = hal.get_mapping(backup, "error") or {}
        return BackupState(
            last_success_at=hal.get_text(backup, "lastSuccessAt"), problem=hal.get_text(error, "message")
        )
