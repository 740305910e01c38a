"""What may go wrong beside the broker: a client that is gone, a process that is killed, a disk that is full."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from many_clients import PROVIDERS, Client
from processes import answering, empty_database
from sqlalchemy import event, func, select, text

from contracts.broker.store.tables import pact_publications, versions
from contracts.testing import running_broker


def rows(database):
    """How many versions there are, and how many pacts each has."""
    query = (
        select(versions.c.number, func.count(pact_publications.c.id))
        .outerjoin(pact_publications, pact_publications.c.consumer_version_id == versions.c.id)
        .group_by(versions.c.number)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


@pytest.mark.thorough
def test_an_aborted_request_writes_nothing(tmp_path):
    with (
        running_broker(f"sqlite:///{tmp_path / 'broker.sqlite3'}") as running,
        closing(Client(running.base_url)) as client,
    ):
        client.publish("Till", "1", "a")
        parts = urlsplit(running.base_url)
        for sent in (
            b"POST /contracts/publish HTTP/1.1\r\nHost: broker\r\nContent-Length: 100000\r\n\r\n{",
            b"GET /pacts/latest HTTP/1.1\r\nHost: broker\r\nAccept: application/hal+json\r\n\r\n",
            b"GET /pacts/lat",
        ):
            for _ in range(50):
                with socket.create_connection((parts.hostname, parts.port)) as connection:
                    connection.sendall(sent)
        client.publish("Till", "2", "b")
        pool = running.broker.database.engine.pool
        assert [status for status, _ in client.answers] == [200, 200]
        assert rows(running.broker.database) == {"1": 2, "2": 2}
    assert pool.checkedout() == 0


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_process_that_is_killed_has_written_requests_whole_or_not_at_all(request, tmp_path, kind):
    with empty_database(kind, tmp_path, request) as database:
        url = database.url.render_as_string(hide_password=False)
        enough = threading.Semaphore(0)
        answered = []

        def publish(number):
            with (
                closing(Client(base_url)) as client,
                contextlib.suppress(OSError, http.client.HTTPException, ValueError),
            ):
                for serial in range(1000):
                    version = f"{number}.{serial}"
                    client.publish("Till", version, f"content {serial}")
                    answered.append((version, client.answers[-1][0]))
                    enough.release()

        with answering(url) as (base_url, process), ThreadPoolExecutor(8) as pool:
            for number in range(8):
                pool.submit(publish, number)
            for _ in range(40):
                assert enough.acquire(timeout=60)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        written = rows(database)
        assert {status for _, status in answered} == {200}
        assert {version for version, _ in answered} <= set(written)
        assert set(written.values()) == {len(PROVIDERS)}
        if kind == "sqlite":
            with database.reading() as connection:
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        with answering(url) as (base_url, _), closing(Client(base_url)) as client:
            client.publish("Till", "after", "the next")
            assert client.answers[-1][0] == 200


@pytest.mark.thorough
def test_a_full_disk_is_reported_and_nothing_is_half_written(tmp_path):
    with (
        running_broker(f"sqlite:///{tmp_path / 'broker.sqlite3'}") as running,
        closing(Client(running.base_url)) as client,
    ):
        database = running.broker.database
        client.publish("Till", "0", "x")
        with database.reading() as connection:
            pages = connection.scalar(text("PRAGMA page_count"))
        database.engine.dispose()
        limit = [pages + 20]

        @event.listens_for(database.engine, "checkout")
        def _limit(connection, *_):
            connection.execute(f"PRAGMA max_page_count={limit[0]}")

        number = 0
        while client.answers[-1][0] == 200:
            number += 1
            client.publish("Till", str(number), str(number) * 2000)
        status, reason = client.answers[-1]
        assert status == 507
        assert "The broker's database is full; nothing was changed" in reason
        assert set(rows(database)) == {str(each) for each in range(number)}
        assert set(rows(database).values()) == {len(PROVIDERS)}
        limit[0] = 1_000_000
        client.publish("Till", str(number), str(number) * 2000)
        assert client.answers[-1][0] == 200


@pytest.mark.thorough
def test_a_locked_database_is_a_503_with_its_reason(sqlite_url):
    with running_broker(sqlite_url) as running:
        database = running.broker.database

        @event.listens_for(database.engine, "checkout")
        def _impatient(connection, *_):
            connection.execute("PRAGMA busy_timeout=50")

        with closing(Client(running.base_url)) as client, database.engine.connect() as other:
            other.exec_driver_sql("ROLLBACK")
            other.exec_driver_sql("BEGIN IMMEDIATE")
            client.publish("Till", "1", "x")
            status, reason = client.answers[-1]
            assert status == 503
            assert "database is locked" in reason
            client.send("GET", "/pacticipants")
            assert client.answers[-1][0] == 200
