"""Deliveries: attempts and retries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.model.deliveries import DeliveryStatus, Next, TriggeredWebhook, after, attempts_remaining


SCHEDULES = st.lists(st.integers(min_value=0, max_value=5000), max_size=8)
TRIGGERED = TriggeredWebhook(
    id=1,
    uuid="u",
    webhook_id=1,
    webhook_uuid="w",
    event_name="contract_published",
    consumer_id=1,
    provider_id=2,
    parameters={},
    status=DeliveryStatus.NOT_RUN,
    attempts_made=0,
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
)


@given(SCHEDULES)
def test_a_delivery_that_always_fails_is_tried_once_and_then_once_for_each_wait_of_the_schedule(schedule):
    waits = []
    attempts = 1
    while (follows := after(attempts, success=False, schedule_seconds=schedule)).wait is not None:
        assert follows.status is DeliveryStatus.RETRYING
        waits.append(follows.wait)
        attempts += 1
    assert follows.status is DeliveryStatus.FAILURE
    assert waits == [timedelta(seconds=each) for each in schedule]


@given(SCHEDULES, st.integers(min_value=1, max_value=100))
def test_nothing_is_scheduled_beyond_the_schedule(schedule, attempts):
    follows = after(attempts, success=False, schedule_seconds=schedule)
    assert (follows.wait is not None) == (attempts <= len(schedule)) == (follows.status is DeliveryStatus.RETRYING)


@given(SCHEDULES, st.integers(min_value=1, max_value=100))
def test_a_success_is_the_last_attempt(schedule, attempts):
    assert after(attempts, success=True, schedule_seconds=schedule) == Next(status=DeliveryStatus.SUCCESS, wait=None)


@given(SCHEDULES, st.integers(min_value=0, max_value=20), st.sampled_from(DeliveryStatus))
def test_the_number_of_remaining_attempts_is_never_negative(schedule, attempts, status):
    remaining = attempts_remaining(replace(TRIGGERED, status=status, attempts_made=attempts), schedule)
    finished = status in {DeliveryStatus.SUCCESS, DeliveryStatus.FAILURE}
    assert remaining == (0 if finished else max(0, len(schedule) + 1 - attempts))
