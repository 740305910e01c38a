"""Whether the database answers."""

from __future__ import annotations

from contracts.broker.store import health


def test_a_database_that_answers_has_no_problem(database):
    assert None is health.problem(database)
