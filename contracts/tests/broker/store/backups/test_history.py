"""The claims and outcomes of scheduled backups, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracts.broker.schedules import Schedule
from contracts.broker.store.backups import history


DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAILY = Schedule(text="0 9 * * *")


def test_a_moment_belongs_to_the_first_that_claims_it(database):
    claims = []
    for host in ("first", "second"):
        with database.writing() as connection:
            claims.append(history.claim(connection, DUE, host, DUE))
    assert claims[0] is not None
    assert claims[1] is None
    with database.writing() as connection:
        assert history.claim(connection, DUE + timedelta(days=1), "second", DUE) is not None
        assert history.last(connection) is None, "none has ended"


def test_the_last_outcome_and_the_last_success(database):
    with database.writing() as connection:
        for day, error in enumerate((None, "full")):
            number = history.claim(connection, DUE + timedelta(days=day), "here", DUE)
            history.finish(connection, number, DUE, file="x", size_bytes=3_000_000_000, error=error)
        success = history.Outcome(due_at=DUE, finished_at=DUE, error=None)
        failure = history.Outcome(due_at=DUE + timedelta(days=1), finished_at=DUE, error="full")
        assert (history.last(connection), history.last(connection, successful=True)) == (failure, success)


@pytest.mark.parametrize(
    ("hours", "error", "problem"),
    [
        (1, None, None),
        (29, None, None),  # a large database takes hours
        (31, None, "The backup of 2026-11-24 09:00 UTC is missing"),
        (1, "the disk is full", "The backup of 2026-11-23 09:00 UTC failed: the disk is full"),
    ],
)
def test_a_failure_and_a_missing_backup_are_problems(hours, error, problem):
    outcome = history.Outcome(due_at=DUE, finished_at=DUE, error=error)
    text = outcome.problem(DAILY, DUE + timedelta(hours=hours))
    assert text is None if problem is None else str(text).startswith(problem)
