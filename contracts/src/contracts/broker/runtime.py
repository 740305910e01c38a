"""The parts of a running broker that routes and actions use: settings, database, clock, identifiers, limits."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync

from contracts.broker.bearers import Bearers
from contracts.broker.serving.limits import SENDERS, Limits
from contracts.broker.serving.outages import Outages
from contracts.broker.serving.traces import Traces
from contracts.broker.serving.waiting import Waiting
from contracts.broker.settings import Settings
from contracts.broker.storage_use import StorageUse
from contracts.broker.store.changes import ChangeReader
from contracts.broker.store.database import Database
from contracts.broker.vault import Vault
from contracts.broker.webhooks.deadlines import OpenExchanges
from contracts.broker.webhooks.fetches import Fetches
from contracts.broker.webhooks.shares import Shares
from contracts.model.refusals import Refusals


if TYPE_CHECKING:
    from contracts.broker.build_tokens import BuildTokens

_MAXIMUM_ON_SQLITE = 8


def _now() -> datetime:
    return datetime.now(UTC)


def _no_delivery() -> None:
    """Wake nothing: delivery is not running."""


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The parts of one running broker."""

    settings: Settings
    database: Database
    now: Callable[[], datetime] = _now
    uuid: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))
    # 22 characters, as webhooks' uuids have; without dashes, since a command would take a leading one for an option
    token: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(16).replace("-", "_"))
    wake_delivery: Callable[[], None] = _no_delivery
    refusals: Refusals = field(default_factory=Refusals)
    """The refused requests that the audit log counts."""
    outages: Outages = field(default_factory=Outages)
    traces: Traces | None = None
    """The traces of requests and webhooks; None if they are off."""
    limits: Limits = field(init=False)
    bearers: Bearers = field(init=False)
    storage: StorageUse = field(init=False)
    build_tokens: BuildTokens | None = field(init=False, default=None)
    """Who the tokens of CI services stand for; None if the settings trust no builds."""
    vault: Vault = field(init=False)
    """Encrypts secrets, and derives keys for signatures."""
    fetches: Fetches = field(init=False, default_factory=Fetches)
    """The fetches of pacts that the worker records."""
    waiting: Waiting[Any] = field(init=False)
    """The requests that wait for a verdict."""
    exchanges: OpenExchanges = field(init=False, default_factory=OpenExchanges)
    """The exchanges with other servers that requests wait for."""
    tests: Shares = field(init=False, default_factory=lambda: Shares(SENDERS))
    """The places for tests of webhooks; a host that does not respond takes at most half of them."""

    def __post_init__(self) -> None:
        """Set the limits from the number of connections; more than a few threads slow SQLite down.

        Each commit wakes the requests that wait for a verdict.
        """
        self.vault = Vault(self.settings, self.database)
        self.storage = StorageUse(self.database, self.settings.max_bytes_per_application)
        self.bearers = Bearers(self.database, self.now, dict(self.settings.teams))
        if self.settings.trusted_ci is not None:
            from contracts.broker.build_tokens import BuildTokens  # noqa: PLC0415, loads PyJWT

            self.build_tokens = BuildTokens(self.settings.trusted_ci.builds, dict(self.settings.teams))
        connections = self.settings.connections_of_each_process
        self.limits = Limits(min(connections, _MAXIMUM_ON_SQLITE) if self.database.sqlite else connections)
        reading = self.limits.reading
        most_asked = max(1, int(reading.total_tokens) // 2)
        self.waiting = Waiting(ChangeReader(self.database), partial(run_sync, limiter=reading), most_asked=most_asked)
        self.database.after_commit = self.waiting.changed
