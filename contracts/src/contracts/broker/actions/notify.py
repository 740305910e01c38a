"""Telling webhooks what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from sqlalchemy import Connection

    from contracts.broker.broker import Broker
    from contracts.model.pacts import Pact


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A webhook that an event set off."""

    webhook_uuid: str
    description: str | None
    event_name: str
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """What became of an event: who is told, whether anybody could have been, and whether a verification is wanted."""

    triggered: tuple[Triggered, ...]
    webhooks_exist: bool
    requiring_verification: bool


def pact_published(
    broker: Broker,  # noqa: ARG001, webhooks are to be found with it
    connection: Connection,  # noqa: ARG001, see broker
    *,
    pact: Pact,  # noqa: ARG001, see broker
    content_changed: bool,  # noqa: ARG001, see broker
    build_url: str | None,  # noqa: ARG001, see broker
) -> Notified:
    """Raise the events of publishing *pact*; there are no webhooks yet."""
    return Notified(triggered=(), webhooks_exist=False, requiring_verification=False)
