"""Verification jobs in SQL, from the need to the result."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from estates import Estate, scans

from contracts.broker.actions import remove
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import job_lists, jobs, orphans, pact_filters, pacticipants, publications, versions
from contracts.model.errors import NotFound
from contracts.model.jobs import JobState, Need


@pytest.fixture
def estate(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a")
    estate.version("Ledger", "10")
    return estate


@pytest.fixture
def need(estate, database):
    """The need of Ledger 10 to verify what Till 1 published."""
    pact = estate.pact("Till", "1")
    with database.reading() as connection:
        provider_version = versions.find(connection, pact.provider.id, "10")
    return Need(
        consumer_id=pact.consumer.id,
        provider_id=pact.provider.id,
        pact_version_id=pact.pact_version_id,
        consumer_version_id=pact.consumer_version.id,
        provider_version_id=provider_version.id,
        reasons=("deployed in production",),
        base_url="http://broker",
        delivery_uuid="delivery",
    )


@pytest.fixture
def job(database, clock, need):
    """Record the need as the job "job", and return its current state when called."""
    with database.writing() as connection:
        jobs.require(connection, [("job", need)], clock())

    def current():
        with database.reading() as connection:
            return job_lists.find(connection, "job")

    return current


def change(database, transition, *arguments):
    with database.writing() as connection:
        return transition(connection, *arguments)


def test_a_job_has_the_names_of_what_it_is_about(job):
    current = job()
    assert (current.consumer, current.consumer_version, current.provider, current.provider_version) == (
        "Till",
        "1",
        "Ledger",
        "10",
    )
    assert (current.state, current.attempts, current.deadline) == (JobState.NEEDED, 0, None)
    assert current.reasons == ("deployed in production",)


def test_a_sent_request_starts_the_lease_and_a_result_ends_the_job(job, database, clock, need):
    deadline = clock() + timedelta(minutes=30)
    change(database, jobs.dispatched, "delivery", clock(), deadline)
    assert (job().state, job().attempts, job().deadline) == (JobState.DISPATCHED, 1, deadline)
    change(database, jobs.done, need.pact_version_id, need.provider_version_id, clock())
    assert (job().state, job().deadline) == (JobState.DONE, None)


def test_a_transition_that_is_repeated_changes_nothing(job, database, clock, need):
    change(database, jobs.dispatched, "delivery", clock(), clock())
    before = job()
    clock.forward(minutes=1)
    change(database, jobs.dispatched, "delivery", clock(), clock())
    change(database, jobs.not_dispatched, "delivery", clock())
    change(database, jobs.require, [("another", need)], clock())
    assert job() == before


def test_a_build_that_starts_extends_the_lease_once_and_keeps_its_first_url(job, database, clock, need):
    change(database, jobs.dispatched, "delivery", clock(), clock() + timedelta(minutes=30))
    clock.forward(minutes=20)
    started_at, deadline = clock(), clock() + timedelta(minutes=30)
    key = [need.pact_version_id], need.provider_version_id
    change(database, jobs.started, *key, None, started_at, deadline)
    assert (job().state, job().started_at, job().deadline, job().build_url) == (
        JobState.STARTED,
        started_at,
        deadline,
        None,
    )
    for url in ("https://ci/1", "https://ci/2"):
        clock.forward(minutes=1)
        change(database, jobs.started, *key, url, clock(), clock() + timedelta(minutes=30))
    assert (job().started_at, job().deadline, job().build_url) == (started_at, deadline, "https://ci/1")


def test_a_build_that_is_faster_than_the_record_of_its_request_stays_started(job, database, clock, need):
    deadline = clock() + timedelta(minutes=30)
    change(database, jobs.started, [need.pact_version_id], need.provider_version_id, "https://ci/1", clock(), deadline)
    for _ in range(2):
        change(database, jobs.dispatched, "delivery", clock(), deadline - timedelta(minutes=1))
        change(database, jobs.not_dispatched, "delivery", clock())
    assert (job().state, job().attempts, job().deadline) == (JobState.STARTED, 1, deadline)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.UNWANTED, JobState.DEAD])
def test_a_build_does_not_start_a_settled_job(job, database, clock, need, state):
    change(database, jobs.settle, [job().id], state, clock())
    change(database, jobs.started, [need.pact_version_id], need.provider_version_id, "https://ci/1", clock(), clock())
    assert (job().state, job().build_url) == (state, None)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.UNWANTED, JobState.DEAD])
def test_a_settled_job_that_is_needed_again_starts_again(job, database, clock, need, state):
    change(database, jobs.dispatched, "delivery", clock(), clock())
    change(database, jobs.settle, [job().id], state, clock())
    change(database, jobs.require, [("another", replace(need, delivery_uuid="later"))], clock())
    assert (job().state, job().attempts, job().delivery_uuid) == (JobState.NEEDED, 0, "later")


def test_a_job_without_a_webhook_gets_that_of_a_later_publication(database, clock, need):
    change(database, jobs.require, [("job", replace(need, delivery_uuid=None))], clock())
    change(database, jobs.require, [("another", need)], clock())
    with database.reading() as connection:
        assert job_lists.find(connection, "job").delivery_uuid == "delivery"
        assert job_lists.count(connection) == 1


def test_jobs_are_expired_from_their_deadline_on(job, database, clock):
    change(database, jobs.dispatched, "delivery", clock(), clock() + timedelta(minutes=30))
    assert change(database, job_lists.next_deadline) == clock() + timedelta(minutes=30)
    assert change(database, job_lists.expired, clock(), 10) == []
    clock.forward(minutes=30)
    assert change(database, job_lists.expired, clock(), 10) == [job()]


def test_a_job_is_removed_with_its_provider_version(job, database, need):
    with database.writing() as connection:
        remove.version(connection, versions.find(connection, need.provider_id, "10"))
    with pytest.raises(NotFound, match="'job'"):
        job()


def remove_pacticipant(connection, name):
    remove.pacticipant(connection, pacticipants.find(connection, name))


def remove_pact(connection):
    consumer, provider = (pacticipants.find(connection, name) for name in ("Till", "Ledger"))
    publications.remove(connection, consumer.id, provider.id, pact_filters.of_number("1"))


@pytest.mark.parametrize(
    "removal",
    [
        remove_pact,
        lambda connection: remove_pacticipant(connection, "Till"),
        lambda connection: remove_pacticipant(connection, "Ledger"),
        orphans.remove_everything,
    ],
    ids=["pact", "consumer", "provider", "everything"],
)
def test_a_job_is_removed_with_its_pact_and_with_its_applications(job, database, removal):
    with database.writing() as connection:
        removal(connection)
    with pytest.raises(NotFound):
        job()


def test_a_job_outlives_the_consumer_version_that_began_it_as_long_as_its_content(estate, job, database):
    estate.publish("Till", "2", "a")
    with database.writing() as connection:
        consumer = pacticipants.find(connection, "Till")
        remove.version(connection, versions.find(connection, consumer.id, "1"))
    assert job().consumer_version is None
    with database.writing() as connection:
        remove.version(connection, versions.find(connection, consumer.id, "2"))
    with pytest.raises(NotFound):
        job()


def test_a_provider_version_that_was_removed_since_gets_no_job(database, clock, need):
    change(database, jobs.require, [("job", replace(need, provider_version_id=10_000))], clock())
    with database.reading() as connection:
        assert job_lists.count(connection) == 0


@pytest.mark.usefixtures("job")
def test_jobs_are_found_by_application_version_and_state(database):
    def count(**conditions):
        with database.reading() as connection:
            total = job_lists.count(connection, **conditions)
            assert len(job_lists.search(connection, **conditions, limit=10, offset=0)) == total
            return total

    assert count() == count(pacticipant="Till") == count(pacticipant="Ledger") == 1
    assert count(pacticipant="Ledger", version="10") == count(pacticipant="Till", version="1") == 1
    assert count(pacticipant="Ledger", state=JobState.NEEDED) == count(state=JobState.NEEDED) == 1
    assert count(pacticipant="Ledger", version="1") == count(pacticipant="Stock") == count(state=JobState.DEAD) == 0


@pytest.mark.parametrize(
    "conditions",
    [{"pacticipant": "Till"}, {"pacticipant": "Ledger", "version": "10"}, {"state": JobState.NEEDED}],
)
@pytest.mark.usefixtures("job")
def test_every_filter_uses_an_index(database, conditions):
    if not database.sqlite:
        pytest.skip("PostgreSQL reads small tables whole")
    with scans(database) as tables, database.reading() as connection:
        job_lists.search(connection, **conditions, limit=10, offset=0)
        job_lists.count(connection, **conditions)
        job_lists.next_deadline(connection)
        job_lists.expired(connection, datetime.now(UTC), 10)
    assert tables == []
