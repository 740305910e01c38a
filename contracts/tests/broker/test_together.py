"""Many clients at once, on both databases, in one process and in several: nothing is refused, lost or doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import requests
from listeners import Listener
from many_clients import PROVIDERS, QUESTION, Client, rummage, visit
from processes import answering, empty_database, wait_for
from sqlalchemy import func, select, text, update

from contracts.broker.actions import clean
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
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


@pytest.mark.thorough
def test_sixty_four_clients_publish_and_verify_at_once(empty):
    with several_processes(empty.url.render_as_string(hide_password=False)) as base_url:
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
        heads = select(branches.c.id, branches.c.head_version_id)
        assert set(connection.execute(heads)) == set(connection.execute(heads))
        heads = select(tag_heads.c.pacticipant_id, tag_heads.c.version_id)
        assert set(connection.execute(heads)) == set(connection.execute(tagged_last))


@pytest.mark.thorough
def test_simultaneous_removals_leave_everything_else(empty):
    with several_processes(empty.url.render_as_string(hide_password=False)) as base_url:
        _publish_what_is_old(empty, base_url)
        with _cleaning(empty):
            left, bad = rummage(base_url, 12, 12)
    assert bad == []
    _require_what_is_left(empty, left)
    _require_heads_that_are_there(empty)


def _publish_what_is_old(database, base_url):
    """Versions that a cleaning removes, with the contents that the crowd publishes."""
    with closing(Client(base_url)) as client:
        for number in range(60):
            client.publish("Till", f"old.{number}", f"content {number % 3}", tags=())
    with database.writing() as connection:
        connection.execute(update(versions).values(created_at=datetime.now(UTC) - timedelta(days=100)))


@contextmanager
def _cleaning(database):
    """Clean up while the block runs, over and over, a little at a time."""
    broker = Runtime(settings=Settings(database_clean_deletion_limit=3), database=database)
    over = threading.Event()

    def work():
        while not over.is_set():
            clean.carry_out(broker, clean.plan(broker))

    with ThreadPoolExecutor(1) as pool:
        cleaner = pool.submit(work)
        try:
            yield
        finally:
            over.set()
            cleaner.result()


def _require_what_is_left(database, left):
    owner = pacticipants.alias()
    provider = pacticipants.alias()
    of_till = (
        select(versions.c.number).join(owner, owner.c.id == versions.c.pacticipant_id).where(owner.c.name == "Till")
    )
    content = pact_publications.join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
    queries = {
        "version": of_till,
        "pact": of_till.add_columns(provider.c.name)
        .join(pact_publications, pact_publications.c.consumer_version_id == versions.c.id)
        .join(provider, provider.c.id == pact_publications.c.provider_id),
        "tag": of_till.add_columns(tags.c.name).join(tags, tags.c.version_id == versions.c.id),
        "branch": of_till.join(branch_versions, branch_versions.c.version_id == versions.c.id),
        "result": of_till.join(content, pact_publications.c.consumer_version_id == versions.c.id).join(
            verifications, verifications.c.pact_version_id == pact_versions.c.id
        ),
    }
    with database.reading() as connection:
        rows = {
            kind: {tuple(row) for row in connection.execute(query) if not row.number.startswith("old.")}
            for kind, query in queries.items()
        }
        bare = select(func.count()).select_from(versions).join(owner, owner.c.id == versions.c.pacticipant_id)
        bare = bare.where(
            owner.c.name == "Kiosk", versions.c.id.not_in(select(pact_publications.c.consumer_version_id))
        )
        assert connection.scalar(bare) == 0
    assert rows["version"] == {(number,) for number in left}
    assert rows["pact"] == {(number, name) for number, remains in left.items() for name in remains.providers}
    assert rows["tag"] == {(number, name) for number, remains in left.items() for name in remains.tags}
    assert rows["branch"] == {(number,) for number, remains in left.items() if remains.on_branch}
    assert rows["result"] >= {(number,) for number, remains in left.items() if remains.verified}


def _require_heads_that_are_there(database):
    """A branch's is the version that joined last or, where that was taken away, the greatest that is left."""
    tagged_last = select(tags.c.pacticipant_id, tags.c.name, func.max(tags.c.version_id))
    with database.reading() as connection:
        heads = select(tag_heads.c.pacticipant_id, tag_heads.c.name, tag_heads.c.version_id)
        assert set(connection.execute(heads)) == set(
            connection.execute(tagged_last.group_by(tags.c.pacticipant_id, tags.c.name))
        )
        for branch in connection.execute(select(branches.c.id, branches.c.head_version_id)):
            on_it = select(branch_versions.c.version_id).where(branch_versions.c.branch_id == branch.id)
            members = connection.scalars(on_it.order_by(branch_versions.c.id)).all()
            assert branch.head_version_id in ({members[-1], max(members)} if members else {None})


@pytest.mark.thorough
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
        assert requests.post(f"{base_url}/webhooks", json=body, timeout=60).status_code == 201
        visit(base_url, 16, 2)
        published = 16 * 2 * len(PROVIDERS)
        wait_for(lambda: _finished(empty) == published)
    deliveries = [(each.json["version"], each.json["consumer"], each.json["provider"]) for each in listener.arrived]
    assert len(deliveries) == len(set(deliveries)) == published


def _finished(database):
    with database.reading() as connection:
        return connection.scalar(text("SELECT count(*) FROM triggered_webhooks WHERE status = 'success'"))


@pytest.mark.thorough
def test_readers_do_not_wait_for_waiting_writers(sqlite_url):
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
                assert arrived.acquire(timeout=60)
            wait_for(lambda: running.broker.limits.writing.statistics().tasks_waiting > 0)
            with closing(Client(running.base_url)) as client:
                client.send("GET", "/pacticipants")
                client.send("POST", "/pacts/provider/Ledger/for-verification", QUESTION)
            assert [status for status, _ in client.answers] == [200, 404]  # nothing is published yet
            assert not any(each.done() for each in sent)
        assert {each.result()[0] for each in sent} == {200}
