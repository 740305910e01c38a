"""Lost verifications are requested again, a few times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate, statements
from hooks import add_webhook
from sqlalchemy import delete, select, update

from contracts.broker.actions import recover
from contracts.broker.store import job_lists, jobs, pacticipants
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
    """Return the only job of Till's content "a" when called."""

    def job():
        with broker.database.reading() as connection:
            (only,) = job_lists.search(connection, pacticipant="Till", version="1", limit=10, offset=0)
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
    add_webhook(broker, events=("contract_published",))
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


def test_a_version_that_is_not_in_use_any_more_needs_no_result(estate, broker, job, send, clock):
    add_webhook(broker, events=(REQUIRED,))
    estate.publish("Till", "1", "a")
    send(job())
    estate.version("Ledger", "11", branch="main")
    clock.forward(minutes=30)
    assert look(broker) == 1
    assert job().state is JobState.UNWANTED
    assert len(outbox(broker)) == 1


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
    assert len(executed) <= 5
