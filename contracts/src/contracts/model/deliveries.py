"""Deliveries: a webhook, triggered by one event, and the attempts to send it.

Source: Pact Broker protocol, execution and triggered webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """The state of a delivery."""

    NOT_RUN = "not_run"
    RETRYING = "retrying"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredWebhook:
    """A webhook that an event triggered; *webhook_id* is None after the webhook is deleted."""

    id: int
    uuid: str
    webhook_id: int | None
    webhook_uuid: str
    event_name: str
    consumer_id: int
    provider_id: int
    parameters: Mapping[str, str]
    status: DeliveryStatus
    attempts_made: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One attempt: whether it succeeded, and the exchanged messages as a log for people."""

    success: bool
    logs: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The status of a delivery after an attempt, and the time until the next attempt; None if it was the last."""

    status: DeliveryStatus
    wait: timedelta | None


def after(attempts_made: int, *, success: bool, schedule_seconds: Sequence[int]) -> Next:
    """Return what follows after *attempts_made* attempts; the schedule has the seconds before each further attempt."""
    if success:
        return Next(status=DeliveryStatus.SUCCESS, wait=None)
    if attempts_made > len(schedule_seconds):
        return Next(status=DeliveryStatus.FAILURE, wait=None)
    return Next(status=DeliveryStatus.RETRYING, wait=timedelta(seconds=schedule_seconds[attempts_made - 1]))


def attempts_remaining(triggered: TriggeredWebhook, schedule_seconds: Sequence[int]) -> int:
    """The number of attempts that can follow; the schedule may be shorter than at the first attempt."""
    if triggered.status in {DeliveryStatus.SUCCESS, DeliveryStatus.FAILURE}:
        return 0
    return max(0, len(schedule_seconds) + 1 - triggered.attempts_made)
