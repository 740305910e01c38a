"""Verification jobs: the pause before each further request, and the problem of a job without a result to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.model.jobs import Job, JobState, Patience, wait_after_loss


MOMENT = datetime(2026, 11, 28, tzinfo=UTC)


def job(state, delivery_uuid=None, deadline=None):
    return Job(
        id=1,
        uuid="j",
        consumer="Till",
        consumer_id=5,
        provider="Ledger",
        provider_id=2,
        consumer_version="1",
        provider_version="10",
        provider_version_id=3,
        pact_version_id=4,
        sha="a",
        reasons=(),
        state=state,
        attempts=3,
        deadline=deadline,
        base_url="http://broker",
        delivery_uuid=delivery_uuid,
        attempted_at=None,
        started_at=None,
        build_url=None,
        created_at=MOMENT,
        updated_at=MOMENT,
    )


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, None), (9, None)])
def test_the_pause_doubles_until_no_attempt_is_left(attempts, minutes):
    wait = wait_after_loss(attempts, Patience(lease=timedelta(minutes=30), most_attempts=4))
    assert wait == (None if minutes is None else timedelta(minutes=minutes))


def test_a_dead_job_says_how_often_it_was_requested():
    assert "requested 3 times, and no result arrived" in job(JobState.DEAD, "d").problem


def test_a_job_that_no_webhook_requests_says_which_event_a_webhook_needs():
    assert "contract_requiring_verification_published" in job(JobState.NEEDED).problem
    assert job(JobState.NEEDED, "d").problem is None


@pytest.mark.parametrize(
    "state", [JobState.DISPATCHED, JobState.STARTED, JobState.LOST, JobState.DONE, JobState.UNWANTED]
)
def test_a_job_whose_result_may_come_or_is_settled_has_no_problem(state):
    assert job(state).problem is None


@pytest.mark.parametrize(
    ("state", "delivery_uuid", "deadline", "expected"),
    [
        (JobState.NEEDED, None, None, False),
        (JobState.NEEDED, "d", None, True),
        (JobState.NEEDED, None, MOMENT, True),
        (JobState.DISPATCHED, "d", MOMENT, True),
        (JobState.STARTED, None, MOMENT, True),
        (JobState.LOST, "d", None, True),
        (JobState.DONE, "d", None, False),
        (JobState.UNWANTED, "d", None, False),
        (JobState.DEAD, "d", None, False),
    ],
)
def test_a_result_is_expected_while_something_may_bring_it(state, delivery_uuid, deadline, expected):
    assert job(state, delivery_uuid, deadline).result_expected is expected
