"""Changes that can concern a verdict, as another process commits them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate, scans, statements
from hooks import add_webhook

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import expected_results, jobs, pacticipants, verifications, versions
from contracts.broker.store.changes import ChangeReader
from contracts.model.jobs import JobState
from contracts.model.metadata import Metadata
from contracts.model.verifications import Result, VerifierReport
from contracts.model.waiting import Awaited
from contracts.model.webhooks import EVENTS


RESULT = Result(
    success=True,
    provider_version_number="11",
    build_url=None,
    executed_at=None,
    report=VerifierReport(verified_by={}),
)


@pytest.fixture
def estate(database, clock):
    """Ledger 10 is in production; a webhook requests its verification of Till 2."""
    broker = Runtime(settings=Settings(), database=database, now=clock)
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
def reader(estate):
    reader = ChangeReader(estate.broker.database)
    reader.begin()
    return reader


@pytest.fixture
def pair(estate):
    with estate.broker.database.reading() as connection:
        return frozenset(pacticipants.find(connection, each).id for each in ("Till", "Ledger"))


@pytest.fixture
def awaited(estate, database, pair):
    """What the verdict on Till 2 waits for."""
    pact = estate.pact("Till", "2")
    with database.reading() as connection:
        (expected,) = expected_results.of_pacts(connection, [pact.id])
    return Awaited(job_ids=frozenset({expected.job_id}), pacticipant_ids=pair)


def test_a_result_a_pact_and_a_deployment_are_changes_and_each_is_reported_once(reader, estate, awaited, pair):
    changes = reader.read(awaited.job_ids)
    assert (changes.subjects, changes.expected_job_ids) == (frozenset(), awaited.job_ids)
    estate.verify("Till", "2", by="10")
    changes = reader.read(awaited.job_ids)
    assert (changes.subjects, changes.expected_job_ids) == ({pair}, frozenset())
    estate.publish("Shop", "1", "a", provider="Stock")
    (other_pair,) = reader.read(()).subjects
    assert other_pair.isdisjoint(pair)
    estate.deploy("Till", "1", "production")
    (application,) = reader.read(()).subjects
    assert application < pair
    assert reader.read(()).subjects == frozenset()


def test_a_job_concerns_its_question_once_it_promises_no_result(reader, awaited, database, clock):
    (job_id,) = awaited.job_ids
    with database.writing() as connection:
        jobs.dispatch_again(connection, job_id, "again", clock())
        jobs.dispatched(connection, "again", clock(), clock() + timedelta(minutes=1))
    assert not reader.read(awaited.job_ids).concern(awaited)
    with database.writing() as connection:
        jobs.settle(connection, awaited.job_ids, JobState.UNWANTED, clock())
    changes = reader.read(awaited.job_ids)
    assert changes.subjects == frozenset()
    assert changes.concern(awaited)


def test_a_row_that_is_committed_after_a_newer_one_is_not_missed(reader, estate, database, pair):
    if database.sqlite:
        pytest.skip("SQLite has one writer, so rows are committed in the order of their ids")
    with database.writing() as connection:
        pact = estate.pact("Till", "2")
        version, _ = versions.ensure(connection, pact.provider.id, "11", estate.broker.now())
        verifications.add(connection, pact, version.id, RESULT, Metadata(), estate.broker.now())
        estate.publish("Shop", "1", "a", provider="Stock")
        estate.verify("Shop", "1", by="1", provider="Stock")
        assert pair not in reader.read(()).subjects
    assert reader.read(()).subjects == {pair}
    assert reader.read(()).subjects == frozenset()


def test_a_look_is_one_statement_on_indexes_only(reader, database):
    with statements(database) as executed:
        reader.read({1, 2, 3})
    assert len(executed) == 1
    if database.sqlite:
        with scans(database) as whole_tables:
            reader.read({1, 2, 3})
        assert [each for each in whole_tables if " new_" not in each] == []
