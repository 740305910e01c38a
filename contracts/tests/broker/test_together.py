"""Many clients at once, on both databases, in one process and in several: nothing is refused, lost or doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
import requests
from crowds import PROVIDERS, QUESTION, Client, visit
from listeners import Listener
from processes import answering, empty_database, wait_for
from sqlalchemy import func, select, text

from contracts.broker.store.tables import (
    branch_versions,
    branches,
    pact_publications,
    pact_versions,
    pacticipants,
    tag_heads,
    tags,
    verifications,
    versions,
)
from contracts.testing import running_broker


CLIENTS = 64
ROUNDS = 2
CONSUMERS = CLIENTS // 2 + 1


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database of each kind in turn, without a table."""
    with empty_database(request.param, tmp_path, request) as database:
        yield database


@contextmanager
def several_processes(url):
    with answering(url, "--workers", "2") as (base_url, _):
        yield base_url


@contextmanager
def one_process(url):
    with running_broker(url) as running:
        yield running.base_url


@pytest.mark.parametrize("served", [one_process, several_processes])
def test_sixty_four_clients_publish_and_verify_at_once(empty, served):
    with served(empty.url.render_as_string(hide_password=False)) as base_url:
        answers = visit(base_url, CLIENTS, ROUNDS)
    assert [text for status, text in answers if status >= 300] == []
    _require_nothing_lost_or_doubled(empty)
    _require_heads_as_a_search_finds_them(empty)


def _require_nothing_lost_or_doubled(database):
    published = CLIENTS * ROUNDS
    with database.reading() as connection:

        def count(table, *conditions):
            return connection.scalar(select(func.count()).select_from(table).where(*conditions))

        assert count(pacticipants) == CONSUMERS + len(PROVIDERS)
        assert count(versions) == published + ROUNDS * len(PROVIDERS)
        assert count(branch_versions) == count(tags) == published
        assert count(pact_publications) == published * len(PROVIDERS)
        assert count(pact_publications, pact_publications.c.revision_number != 1) == 0
        assert count(pact_versions) == CONSUMERS * ROUNDS * len(PROVIDERS)
        assert count(verifications) == published * len(PROVIDERS)
        newest = select(func.max(verifications.c.id)).group_by(
            verifications.c.pact_version_id, verifications.c.provider_version_id
        )
        latest = select(verifications.c.id).where(verifications.c.latest)
        assert set(connection.scalars(latest)) == set(connection.scalars(newest))


def _require_heads_as_a_search_finds_them(database):
    joined_last = select(func.max(branch_versions.c.id)).group_by(branch_versions.c.branch_id)
    heads = select(branch_versions.c.branch_id, branch_versions.c.version_id).where(
        branch_versions.c.id.in_(joined_last)
    )
    tagged_last = select(tags.c.pacticipant_id, func.max(tags.c.version_id)).group_by(tags.c.pacticipant_id)
    with database.reading() as connection:
        kept = select(branches.c.id, branches.c.head_version_id)
        assert set(connection.execute(kept)) == set(connection.execute(heads))
        kept = select(tag_heads.c.pacticipant_id, tag_heads.c.version_id)
        assert set(connection.execute(kept)) == set(connection.execute(tagged_last))


def test_a_webhook_goes_out_once_whichever_process_sends_it(empty):
    with Listener() as listener, several_processes(empty.url.render_as_string(hide_password=False)) as base_url:
        body = {
            "events": [{"name": "contract_published"}],
            "request": {
                "method": "POST",
                "url": f"http://127.0.0.1:{listener.port}/",
                "body": {
                    "version": "${pactbroker.consumerVersionNumber}",
                    "consumer": "${pactbroker.consumerName}",
                    "provider": "${pactbroker.providerName}",
                },
            },
        }
        assert requests.post(f"{base_url}/webhooks", json=body, timeout=10).status_code == 201
        visit(base_url, 16, 2)
        published = 16 * 2 * len(PROVIDERS)
        wait_for(lambda: _finished(empty) == published)
    told = [(each.json["version"], each.json["consumer"], each.json["provider"]) for each in listener.arrived]
    assert len(told) == len(set(told)) == published


def _finished(database):
    with database.reading() as connection:
        return connection.scalar(text("SELECT count(*) FROM triggered_webhooks WHERE status = 'success'"))


def test_who_reads_does_not_wait_for_those_who_wait_to_write(sqlite_url):
    """Sixty-four clients stand in line for SQLite's one writer; one more only asks."""
    with running_broker(sqlite_url) as running, ThreadPoolExecutor(CLIENTS) as pool:
        arrived = threading.Semaphore(0)

        def publish(number):
            with closing(Client(running.base_url)) as client:
                arrived.release()
                client.publish("Till", str(number), "a")
                return client.answers[-1]

        with running.broker.database.writing():
            sent = [pool.submit(publish, number) for number in range(CLIENTS)]
            for _ in sent:
                assert arrived.acquire(timeout=20)
            wait_for(lambda: running.broker.turns.writing.statistics().tasks_waiting > 0)
            with closing(Client(running.base_url)) as client:
                client.send("GET", "/pacticipants")
                client.send("POST", "/pacts/provider/Ledger/for-verification", QUESTION)
            assert [status for status, _ in client.answers] == [200, 404]  # nothing is published yet
            assert not any(each.done() for each in sent)
        assert {each.result()[0] for each in sent} == {200}
