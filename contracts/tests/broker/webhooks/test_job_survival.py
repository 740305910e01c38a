"""Verification jobs survive processes that are killed at any moment."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

import killed_workers
import pytest
from estates import Estate
from hooks import add_webhook
from listeners import Listener
from processes import empty_database, wait_for
from sqlalchemy import func, select

from contracts.broker.runtime import Runtime
from contracts.broker.store import job_lists, migrations
from contracts.broker.store.tables import triggered_webhooks
from contracts.broker.webhooks import worker
from contracts.model.jobs import JobState
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED as REQUIRED


@pytest.mark.thorough
@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 70), ("postgresql", 30)])
def test_no_job_is_lost_or_requested_twice_however_often_processes_are_killed(request, tmp_path, kind, kills):
    with empty_database(kind, tmp_path, request) as database, Listener() as listener:
        migrations.prepare(database)
        estate = Estate(Runtime(settings=killed_workers.SETTINGS, database=database))
        add_webhook(
            estate.broker, url=f"{listener.url}/verify", events=(REQUIRED,), body="${pactbroker.consumerVersionNumber}"
        )
        estate.version("Ledger", "10")
        estate.environment("live")
        estate.deploy("Ledger", "10", "live")

        url, beginning = database.url.render_as_string(hide_password=False), time.time()
        command = [sys.executable, killed_workers.__file__, url, str(beginning), str(kills)]
        killing = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        published = set(killing.stdout.split())
        assert len(published) > kills / 2

        jobs, requests = settled(database, url, beginning)
        assert published <= set(jobs)
        assert {(each.state, each.attempts) for each in jobs.values()} == {(JobState.DEAD, 3)}
        assert requests == dict.fromkeys(jobs, 3), "each attempt has one row in the outbox"
        arrivals = Counter(each.body.decode() for each in listener.arrived)
        assert set(arrivals) == set(jobs)
        assert min(arrivals.values()) >= 3, "each request was sent"
        assert arrivals.total() <= 3 * len(jobs) + worker.AT_ONCE * kills, "only what a kill interrupted is sent again"


def settled(database, url, beginning):
    """Let one more process work until nothing is left to do; return the jobs and their numbers of requests, by version.

    The request of a version has its number as a parameter.
    """
    runtime = killed_workers.runtime_over(url, beginning)
    last = worker.Worker(runtime)
    last.start()

    def jobs():
        with database.reading() as connection:
            return job_lists.search(connection, limit=1_000, offset=0)

    try:
        wait_for(lambda: all(each.state is JobState.DEAD for each in jobs()))
    finally:
        last.stop()
        runtime.database.dispose()
    by_version = {each.consumer_version: each for each in jobs()}
    with database.reading() as connection:
        parameters = connection.scalars(select(triggered_webhooks.c.parameters)).all()
        assert connection.scalar(select(func.count()).where(triggered_webhooks.c.next_attempt_at.is_not(None))) == 0
    return by_version, Counter(each["consumerVersionNumber"] for each in parameters)
