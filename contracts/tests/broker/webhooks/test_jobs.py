"""Verification jobs in the worker: requested, expired, requested again, and handled once."""

from __future__ import annotations

import pytest
from estates import Estate
from hooks import add_webhook
from listeners import Listener, Reply, until

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import job_lists
from contracts.broker.webhooks import worker
from contracts.broker.webhooks.fetches import Fetch
from contracts.broker.webhooks.worker import Worker
from contracts.model.jobs import JobState
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED as REQUIRED


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture
def broker(database, clock):
    settings = Settings(
        webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",), webhook_retry_schedule=()
    )
    return Runtime(settings=settings, database=database, now=clock)


@pytest.fixture
def workers(broker, monkeypatch):
    """Two workers over the same database, which look for lost jobs in each round."""
    monkeypatch.setattr(worker, "RECOVER_SECONDS", 0)
    started = [Worker(broker), Worker(broker)]

    def wake():
        for each in started:
            each.wake()

    broker.wake_delivery = wake
    for each in started:
        each.start()
    yield started
    for each in started:
        each.stop()


@pytest.fixture
def publish(broker, listener):
    """Publish a contract that Ledger 10, which is in production, has not verified."""

    def publish():
        add_webhook(broker, url=f"{listener.url}/verify", events=(REQUIRED,))
        estate = Estate(broker)
        estate.version("Ledger", "10")
        estate.environment("production")
        estate.deploy("Ledger", "10", "production")
        estate.publish("Till", "1", "a")
        broker.wake_delivery()
        return estate

    return publish


def reaches(broker, state, attempts):
    """Wait until the only job has this state and number of attempts."""

    def current():
        with broker.database.reading() as connection:
            (job,) = job_lists.search(connection, limit=2, offset=0)
        settled = job.deadline is None or job.state in {
            JobState.DISPATCHED,
            JobState.STARTED,
        }  # else a worker will look at it
        return settled and (job.state, job.attempts) == (state, attempts)

    return until(current)


@pytest.mark.usefixtures("workers")
def test_a_lost_verification_is_requested_again_once_and_ends_with_its_result(broker, listener, publish, clock):
    estate = publish()
    listener.wait_for(1)
    reaches(broker, JobState.DISPATCHED, 1)

    clock.forward(minutes=30)
    broker.wake_delivery()
    reaches(broker, JobState.LOST, 1)
    clock.forward(minutes=1)
    broker.wake_delivery()
    reaches(broker, JobState.DISPATCHED, 2)
    assert len(listener.wait_for(2)) == 2

    estate.verify("Till", "1", by="10")
    reaches(broker, JobState.DONE, 2)


@pytest.mark.usefixtures("workers")
def test_a_fetch_of_the_pact_starts_the_job(broker, listener, publish):
    publish()
    listener.wait_for(1)
    reaches(broker, JobState.DISPATCHED, 1)
    with broker.database.reading() as connection:
        (job,) = job_lists.search(connection, limit=2, offset=0)
    broker.fetches.note([Fetch(job.pact_version_id, job.provider_version_id), Fetch(0, 0)])
    broker.wake_delivery()
    reaches(broker, JobState.STARTED, 1)


@pytest.mark.usefixtures("workers")
def test_a_verification_whose_webhook_never_succeeds_is_dead_in_the_end(broker, listener, publish, clock):
    listener.answers["/verify"] = Reply(status=500)
    publish()
    reaches(broker, JobState.LOST, 1)
    for attempts in (2, 3):
        clock.forward(minutes=attempts)
        broker.wake_delivery()
        reaches(broker, JobState.LOST if attempts == 2 else JobState.DEAD, attempts)
    assert len(listener.wait_for(3)) == 3
