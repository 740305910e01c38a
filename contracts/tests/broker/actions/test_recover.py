"""Lost verifications are requested again, a few times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate, statements
from hooks import add_webhook
from sqlalchemy import delete, select, update

from contracts.broker.actions import recover, remove
from contracts.broker.store import (
    branches,
    deployments,
    environments,
    job_lists,
    jobs,
    pacticipants,
    releases,
    versions,
)
from contracts.broker.store.tables import triggered_webhooks, webhooks
from contracts.model.jobs import JobState
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED as REQUIRED


@pytest.fixture
def estate(broker):
    """Ledger 10 is on the main branch, and has not verified what Till 1 published."""
    estate = Estate(broker)
    estate.publish("Till", "0", "old")
    estate.version("Ledger", "10", branch="main")
    with broker.database.writing() as connection:
        pacticipants.set_main_branch(connection, pacticipants.find(connection, "Ledger").id, "main", broker.now())
    return estate


@pytest.fixture
def job(broker):
    """Return the job of what Till 1 published and this version of Ledger when called."""

    def job(provider_version="10"):
        with broker.database.reading() as connection:
            jobs = job_lists.search(connection, pacticipant="Till", version="1", limit=10, offset=0)
        (only,) = [each for each in jobs if each.provider_version == provider_version]
        return only

    return job


@pytest.fixture
def send(broker):
    """Record that the last delivery of the job was sent."""

    def send(job):
        with broker.database.writing() as connection:
            deadline = broker.now() + broker.settings.patience_for_verifications.lease
            jobs.dispatched(connection, job.delivery_uuid, broker.now(), deadline)

    return send


def look(broker):
    with broker.database.writing() as connection:
        return recover.lost_verifications(broker, connection)


def outbox(broker):
    query = select(triggered_webhooks.c.uuid, triggered_webhooks.c.parameters, triggered_webhooks.c.next_attempt_at)
    with broker.database.reading() as connection:
        return connection.execute(query.order_by(triggered_webhooks.c.id)).all()


def test_a_publication_begins_a_job_for_each_version_that_needs_a_result(broker, estate, job):
    webhook = add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    assert webhook.enabled
    ((uuid, _, _),) = outbox(broker)
    assert (job().state, job().provider_version, job().delivery_uuid) == (JobState.NEEDED, "10", uuid)
    assert job().reasons == ("latest from main branch",)


def test_without_a_webhook_for_the_event_the_job_says_so(broker, estate, job):
    add_webhook(broker, events=("provider_verification_published",))
    estate.publish("Till", "1", "a")
    assert (job().state, job().delivery_uuid) == (JobState.NEEDED, None)
    assert "No webhook requests this verification" in job().problem


def test_a_result_ends_the_job(estate, broker, job):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10", success=False)
    assert job().state is JobState.DONE


def test_an_expired_lease_puts_the_same_request_into_the_outbox_again(estate, broker, job, send, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    send(job())
    assert look(broker) == 0
    clock.forward(minutes=30)
    assert look(broker) == 1

    first, second = outbox(broker)
    assert second.parameters == first.parameters
    assert second.next_attempt_at == clock() + timedelta(minutes=1)
    assert (job().state, job().attempts, job().delivery_uuid) == (JobState.LOST, 1, second.uuid)
    assert look(broker) == 0


def test_after_the_last_attempt_the_job_is_dead(estate, broker, job, send, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    for _ in range(broker.settings.verification_job_max_attempts):
        send(job())
        clock.forward(minutes=30)
        assert look(broker) == 1
    assert (job().state, job().attempts) == (JobState.DEAD, 3)
    assert "requested 3 times" in job().problem
    assert len(outbox(broker)) == 3
    assert look(broker) == 0


def test_a_request_that_could_not_be_sent_counts_as_an_attempt(estate, broker, job):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    with broker.database.writing() as connection:
        jobs.not_dispatched(connection, job().delivery_uuid, broker.now())
    assert look(broker) == 1
    assert (job().state, job().attempts) == (JobState.LOST, 1)
    assert len(outbox(broker)) == 2


def drop_from_branch(estate):
    with estate.broker.database.writing() as connection:
        owner = pacticipants.find(connection, "Ledger")
        version = versions.find(connection, owner.id, "10")
        remove.branch_version(connection, branches.find(connection, owner.id, "main").id, version.id)


def drop_branch(estate):
    with estate.broker.database.writing() as connection:
        owner = pacticipants.find(connection, "Ledger")
        branches.remove(connection, branches.find(connection, owner.id, "main").id)


NO_LONGER_NEEDED = {
    "another head": lambda estate: estate.version("Ledger", "11", branch="main"),
    "another content": lambda estate: estate.publish("Till", "2", "b", branch="main"),
    "off the branch": drop_from_branch,
    "without the branch": drop_branch,
}


@pytest.mark.parametrize("reason", NO_LONGER_NEEDED)
def test_a_lost_job_that_is_not_needed_any_more_is_unwanted(estate, broker, job, send, clock, reason):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a", branch="main")
    send(job())
    NO_LONGER_NEEDED[reason](estate)
    before = len(outbox(broker))
    clock.forward(minutes=30)
    assert look(broker) >= 1
    assert job().state is JobState.UNWANTED
    assert "10" not in [each.parameters["providerVersionNumber"] for each in outbox(broker)[before:]]


@pytest.mark.parametrize("reason", NO_LONGER_NEEDED)
def test_a_job_that_waits_for_nothing_is_unwanted_when_it_is_not_needed_any_more(estate, broker, job, reason):
    estate.publish("Till", "1", "a", branch="main")
    assert (recover.IdleJobs().settle(broker), job().state) == (0, JobState.NEEDED)
    NO_LONGER_NEEDED[reason](estate)
    assert recover.IdleJobs().settle(broker) == 1
    assert (recover.IdleJobs().settle(broker), job().state) == (0, JobState.UNWANTED)


def undeploy(estate):
    with estate.broker.database.writing() as connection:
        (deployed,) = deployments.current(connection, pacticipant="Ledger")
        deployments.undeploy(connection, deployed.uuid, estate.broker.now())


def end_support(estate):
    with estate.broker.database.writing() as connection:
        place = environments.get_by_name(connection, "live")
        (released,) = releases.current(connection, environment_id=place.id, pacticipant="Ledger")
        releases.end_support(connection, released.uuid, estate.broker.now())


def remove_environment(estate):
    with estate.broker.database.writing() as connection:
        environments.remove(connection, environments.get_by_name(connection, "live").id)


@pytest.mark.parametrize(
    ("enter", "leave"),
    [
        (Estate.deploy, undeploy),
        (Estate.deploy, lambda estate: estate.deploy("Ledger", "10", "live")),
        (Estate.deploy, remove_environment),
        (Estate.release, end_support),
    ],
    ids=["undeployed", "replaced", "environment removed", "support ended"],
)
def test_a_version_that_left_its_environment_needs_no_result(estate, broker, job, enter, leave):
    add_webhook(broker, events=("provider_verification_published",))
    estate.environment("live")
    estate.version("Ledger", "9")
    enter(estate, "Ledger", "9", "live")
    estate.verify("Till", "0", by="10")
    estate.publish("Till", "1", "a", branch="main")
    estate.verify("Till", "1", by="10")
    assert (job(provider_version="9").state, recover.IdleJobs().settle(broker)) == (JobState.NEEDED, 0)
    leave(estate)
    assert recover.IdleJobs().settle(broker) >= 1
    assert job(provider_version="9").state is JobState.UNWANTED


def test_a_feature_branch_and_the_main_branch_need_their_own_contents(estate, broker, job):
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "b", branch="feature")
    assert (recover.IdleJobs().settle(broker), job().state) == (0, JobState.NEEDED)


@pytest.mark.parametrize("change", [update(webhooks).values(enabled=False), delete(webhooks)])
def test_without_its_webhook_a_lost_job_waits_for_another_publication(estate, broker, job, send, clock, change):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    send(job())
    with broker.database.writing() as connection:
        connection.execute(change)
    clock.forward(minutes=30)
    assert look(broker) == 1
    assert (job().state, job().delivery_uuid) == (JobState.NEEDED, None)
    assert "No webhook requests this verification" in job().problem


def test_a_lost_job_takes_a_bounded_number_of_statements(estate, broker, job, send, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    send(job())
    clock.forward(minutes=30)
    with statements(broker.database) as executed:
        look(broker)
    assert len(executed) <= 6


def test_what_a_new_head_lacks_is_requested_only_when_its_pipeline_had_time(estate, broker, job, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a", branch="main")
    sent = len(outbox(broker))
    estate.version("Ledger", "11", branch="main")
    new = job(provider_version="11")
    assert (new.state, new.delivery_uuid, new.deadline) == (JobState.NEEDED, None, clock() + timedelta(minutes=30))
    assert (new.result_expected, len(outbox(broker))) == (True, sent)

    clock.forward(minutes=30)
    assert look(broker) == 1
    (request,) = outbox(broker)[sent:]
    assert (request.parameters["providerVersionNumber"], request.parameters["consumerVersionNumber"]) == ("11", "1")
    assert request.parameters["providerVersionDescriptions"] == "latest from main branch"
    assert request.parameters["pactUrl"].startswith("http://broker/pacts/provider/Ledger/consumer/Till/pact-version/")
    assert (job(provider_version="11").delivery_uuid, request.next_attempt_at) == (request.uuid, clock())


def test_what_a_new_head_lacks_and_no_webhook_requests_says_so_in_the_end(estate, broker, job, clock):
    estate.publish("Till", "1", "a", branch="main")
    estate.version("Ledger", "11", branch="main")
    assert job(provider_version="11").problem is None
    clock.forward(minutes=30)
    assert look(broker) == 1
    assert "No webhook requests this verification" in job(provider_version="11").problem


def test_the_results_of_the_pipeline_end_the_job_without_a_request(estate, broker, job, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a", branch="main")
    sent = len(outbox(broker))
    estate.version("Ledger", "11", branch="main")
    estate.verify("Till", "1", by="11")
    clock.forward(minutes=30)
    assert (look(broker), job(provider_version="11").state, len(outbox(broker))) == (0, JobState.DONE, sent)


def test_idle_jobs_are_looked_at_page_by_page_and_again_from_the_beginning(estate, broker, job, monkeypatch):
    monkeypatch.setattr(recover, "PAGE", 2)
    for number in "123":
        estate.publish("Till", number, number, branch=number)
    idle_jobs = recover.IdleJobs()
    assert [idle_jobs.settle(broker) for _ in range(2)] == [0, 0]
    estate.version("Ledger", "11", branch="main")
    assert [idle_jobs.settle(broker) for _ in range(3)] == [2, 1, 0]
    assert job().state is JobState.UNWANTED
