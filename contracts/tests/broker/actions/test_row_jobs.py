"""The verification jobs of rows without a result."""

from __future__ import annotations

import pytest
from estates import Estate, statements
from hooks import add_webhook

from contracts.broker.actions import decide, row_jobs
from contracts.broker.store import job_lists, jobs
from contracts.model.criteria import Numbered
from contracts.model.jobs import JobState
from contracts.model.matrix import MatrixQuestion, Selector, VersionFilter
from contracts.model.webhooks import EVENTS


@pytest.fixture
def estate(broker):
    """Ledger 9 is in test and Ledger 10 in production; a webhook requests both verifications of Till 2."""
    add_webhook(broker, events=EVENTS)
    estate = Estate(broker)
    estate.publish("Till", "1", "a")
    for number, place in (("9", "test"), ("10", "production")):
        estate.environment(place)
        estate.version("Ledger", number)
        estate.verify("Till", "1", by=number)
        estate.deploy("Ledger", number, place)
    estate.publish("Till", "2", "b")
    return estate


@pytest.fixture
def states(estate):
    """The provider versions and states of the jobs of the rows of Till's version, when called."""

    def states(number, environment=None):
        version = VersionFilter(criteria=(Numbered(number=number),))
        selector = Selector(pacticipant="Till", version_filter=version)
        with estate.broker.database.reading() as connection:
            if environment is None:
                answer = decide.answer(connection, MatrixQuestion(selectors=(selector,)))
            else:
                answer = decide.can_i_deploy(connection, selector, decide.to_environment(environment))
            jobs_of_rows = row_jobs.of_rows(connection, answer)
        return [(job.provider_version, job.state) for job in jobs_of_rows.values()]

    return states


@pytest.mark.parametrize(("environment", "version"), [("test", "9"), ("production", "10"), (None, "10")])
def test_a_row_has_the_job_of_the_latest_version_that_counts(states, environment, version):
    assert states("2", environment) == [(version, JobState.NEEDED)]


def test_a_job_that_may_bring_a_result_comes_first(states, broker, clock, estate):
    with broker.database.writing() as connection:
        of_version = job_lists.search(connection, pacticipant="Till", version="2", limit=10, offset=0)
        newest = max(each.id for each in of_version)
        jobs.settle(connection, [newest], JobState.DEAD, clock())
    assert states("2") == [("9", JobState.NEEDED)]
    assert states("2", "production") == [("10", JobState.DEAD)]
    assert estate


def test_a_row_with_a_result_has_no_job_and_takes_no_statement(states, estate):
    with statements(estate.broker.database) as executed:
        assert states("1", "production") == []
    assert not any("verification_jobs" in each for each in executed)
