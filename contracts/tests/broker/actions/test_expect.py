"""What an unknown verdict waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate
from hooks import add_webhook

from contracts.broker.actions import decide, expect
from contracts.broker.store import job_lists, jobs, pacticipants
from contracts.model.criteria import Numbered
from contracts.model.jobs import JobState
from contracts.model.matrix import Selector, VersionFilter
from contracts.model.webhooks import (
    CONTRACT_CONTENT_CHANGED,
    CONTRACT_PUBLISHED,
    EVENTS,
    PROVIDER_VERIFICATION_PUBLISHED,
)


@pytest.fixture
def estate(broker):
    """Ledger 10 is in production; a webhook requests its verification of Till 2."""
    add_webhook(broker, events=EVENTS)
    estate = Estate(broker)
    estate.environment("production")
    estate.publish("Till", "1", "a")
    estate.version("Ledger", "10")
    estate.verify("Till", "1", by="10")
    estate.deploy("Ledger", "10", "production")
    estate.publish("Till", "2", "b")
    return estate


@pytest.fixture
def awaited(estate):
    def awaited(number, environment="production"):
        version = VersionFilter(criteria=(Numbered(number=number),))
        selector = Selector(pacticipant="Till", version_filter=version)
        with estate.broker.database.reading() as connection:
            answer = decide.can_i_deploy(connection, selector, decide.to_environment(environment))
            return expect.results(connection, answer)

    return awaited


def test_it_waits_for_the_job_of_its_missing_result(awaited, broker):
    with broker.database.reading() as connection:
        pair = {pacticipants.find(connection, each).id for each in ("Till", "Ledger")}
    assert len(awaited("2").job_ids) == 1
    assert awaited("2").pacticipant_ids == pair


def test_it_waits_for_nothing_without_a_job_that_promises_a_result(awaited, broker, clock):
    assert awaited("1") is None, "it says yes"
    with broker.database.writing() as connection:
        jobs.settle(connection, awaited("2").job_ids, JobState.DEAD, clock())
    assert awaited("2") is None


def test_a_job_of_a_version_that_is_elsewhere_promises_it_nothing(awaited, estate):
    estate.environment("test")
    estate.version("Ledger", "9")
    estate.deploy("Ledger", "9", "test")
    estate.publish("Till", "3", "c")
    assert len(awaited("3").job_ids) == 1
    assert awaited("3").job_ids.isdisjoint(awaited("3", "test").job_ids)
    estate.environment("empty")
    assert awaited("3", "empty") is None


@pytest.mark.parametrize(
    ("event", "waits"),
    [(CONTRACT_CONTENT_CHANGED, True), (CONTRACT_PUBLISHED, True), (PROVIDER_VERIFICATION_PUBLISHED, False)],
)
def test_a_webhook_for_another_event_of_a_publication_may_start_a_build_within_the_lease(broker, clock, event, waits):
    estate = Estate(broker)
    estate.version("Ledger", "10", branch="main")
    add_webhook(broker, events=(event,))
    estate.publish("Till", "1", "a")
    with broker.database.reading() as connection:
        jobs_of_pair = job_lists.search(connection, pacticipant="Till", limit=9, offset=0)
    assert [each.result_expected for each in jobs_of_pair] == [waits]
    assert jobs_of_pair[0].deadline == (clock() + timedelta(minutes=30) if waits else None)
