"""Deliveries: a webhook, triggered by one event, and the attempts to send it.

Source: Pact Broker protocol, execution and triggered webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """How a delivery stands."""

    NOT_RUN = "not_run"
    RETRYING = "retrying"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredWebhook:
    """A webhook that an event set off; *webhook_id* is None once the webhook is removed."""

    id: int
    uuid: str
    webhook_id: int | None
    webhook_uuid: str
    event_name: str
    consumer_id: int
    provider_id: int
    parameters: Mapping[str, str]
    status: Status
    attempts_made: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One attempt: how it went, and what was said, for a person to read."""

    success: bool
    logs: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What becomes of a delivery after an attempt: its status, and how long until the next, None for never."""

    status: Status
    wait: timedelta | None


def after(attempts_made: int, *, success: bool, schedule_seconds: Sequence[int]) -> Next:
    """What follows *attempts_made* attempts, of which the last succeeded or not: one more for each of the schedule."""
    if success:
        return Next(status=Status.SUCCESS, wait=None)
    if attempts_made > len(schedule_seconds):
        return Next(status=Status.FAILURE, wait=None)
    return Next(status=Status.RETRYING, wait=timedelta(seconds=schedule_seconds[attempts_made - 1]))


def attempts_remaining(triggered: TriggeredWebhook, schedule_seconds: Sequence[int]) -> int:
    """How many attempts may follow; the schedule may have become shorter meanwhile."""
    if triggered.status in {Status.SUCCESS, Status.FAILURE}:
        return 0
    return max(0, len(schedule_seconds) + 1 - triggered.attempts_made)
