"""Two processes handle each step of a verification job once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from estates import Estate
from hooks import add_webhook
from sqlalchemy import func, select

from contracts.broker.actions import recover
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import job_lists, jobs
from contracts.broker.store.database import Database
from contracts.broker.store.tables import triggered_webhooks
from contracts.model.jobs import Job, JobState
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED as REQUIRED


@dataclass(frozen=True)
class Outcome:
    """The job and the number of its requests."""

    state: JobState
    attempts: int
    requests: int


@pytest.fixture
def processes(database, clock):
    """The runtimes of two processes over one database."""
    first = Runtime(settings=Settings(), database=database, now=clock)
    second = replace(first, database=Database(database.url.render_as_string(hide_password=False)))
    yield first, second
    second.database.dispose()


@pytest.fixture
def estate(processes):
    """Ledger 10 is on main, and has not verified what Till 1 published; a webhook requests it."""
    estate = Estate(processes[0])
    add_webhook(estate.broker, events=(REQUIRED,))
    estate.publish("Till", "0", "zero")
    estate.version("Ledger", "10", branch="main")
    estate.publish("Till", "1", "a", branch="main")
    return estate


def current(runtime):
    with runtime.database.reading() as connection:
        return job_lists.search(connection, pacticipant="Till", version="1", limit=1, offset=0)[0]


def outcome(runtime):
    job = current(runtime)
    with runtime.database.reading() as connection:
        requests = connection.scalar(select(func.count()).select_from(triggered_webhooks))
    return Outcome(job.state, job.attempts, requests)


def sent(runtime, connection, job: Job):
    jobs.dispatched(connection, job.delivery_uuid, runtime.now(), runtime.now())


def failed(runtime, connection, job: Job):
    jobs.not_dispatched(connection, job.delivery_uuid, runtime.now())


def started(runtime, connection, job: Job):
    contents = [job.pact_version_id]
    jobs.started(connection, contents, job.provider_version_id, None, runtime.now(), runtime.now())


def verified(runtime, connection, job: Job):
    jobs.done(connection, job.pact_version_id, job.provider_version_id, runtime.now())


def recovered(runtime, connection, _job: Job):
    recover.lost_verifications(runtime, connection)


STEPS = {
    "sent": ([], sent, Outcome(JobState.DISPATCHED, 1, 1)),
    "failed": ([], failed, Outcome(JobState.LOST, 1, 1)),
    "started": ([sent], started, Outcome(JobState.STARTED, 1, 1)),
    "verified": ([sent], verified, Outcome(JobState.DONE, 1, 1)),
    "lost": ([sent], recovered, Outcome(JobState.LOST, 1, 2)),
    "started and lost": ([sent, started], recovered, Outcome(JobState.LOST, 1, 2)),
    "sent again": ([sent, recovered], sent, Outcome(JobState.DISPATCHED, 2, 2)),
    "dead": ([sent, recovered, sent, recovered, sent], recovered, Outcome(JobState.DEAD, 3, 3)),
}


def together(processes, step, job):
    """Let both processes do *step* at the same time, each in its own transaction."""
    begin = threading.Barrier(2)

    def act(runtime):
        begin.wait()
        with runtime.database.writing() as connection:
            step(runtime, connection, job)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(act, runtime) for runtime in processes]:
            each.result()


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.usefixtures("estate")
def test_each_step_happens_once(processes, name):
    before, step, expected = STEPS[name]
    for each in before:
        with processes[0].database.writing() as connection:
            each(processes[0], connection, current(processes[0]))
    together(processes, step, current(processes[0]))
    assert outcome(processes[0]) == expected


def test_a_job_that_is_not_needed_any_more_is_unwanted_once(processes, estate):
    with processes[0].database.writing() as connection:
        sent(processes[0], connection, current(processes[0]))
    estate.publish("Till", "2", "b", branch="main")
    requests = outcome(processes[0]).requests
    together(processes, recovered, current(processes[0]))
    assert outcome(processes[0]) == Outcome(JobState.UNWANTED, 1, requests)


def test_what_a_new_head_lacks_is_requested_once(processes, estate, clock):
    estate.version("Ledger", "11", branch="main")
    requests = outcome(processes[0]).requests
    clock.forward(minutes=30)
    together(processes, recovered, current(processes[0]))
    assert outcome(processes[0]) == Outcome(JobState.NEEDED, 0, requests + 1)
