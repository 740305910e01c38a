"""What every route and action works with: settings, database, clock and identifiers, as arguments."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.broker.serving.limits import SENDERS, Limits
from contracts.broker.serving.outages import Outages
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database
from contracts.broker.webhooks.deadlines import Exchanges
from contracts.broker.webhooks.shares import Shares


_MOST_ON_SQLITE = 8


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody() -> None:
    """Wake no one: delivery is not running."""


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The parts of one running broker."""

    settings: Settings
    database: Database
    now: Callable[[], datetime] = _now
    uuid: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))
    # 22 characters, as webhooks' uuids have; one that began with a dash would be an option to who names it to a command
    token: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(16).replace("-", "_"))
    wake_delivery: Callable[[], None] = _nobody
    outages: Outages = field(default_factory=Outages)
    limits: Limits = field(init=False)
    exchanges: Exchanges = field(init=False, default_factory=Exchanges)
    """What requests wait for, of those that send something."""
    tests: Shares = field(init=False, default_factory=lambda: Shares(SENDERS))
    """The hosts of the webhooks that are being tested: one silent host takes half of the places at most."""

    def __post_init__(self) -> None:
        """Share the connections out; SQLite works in the thread itself, so more than a few are in each other's way."""
        most = self.settings.connections_of_each_process
        self.limits = Limits(min(most, _MOST_ON_SQLITE) if self.database.sqlite else most)
