"""A server process: stopped while it sends a webhook, with errors, and with clients that leave."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from hooks import document
from listeners import Listener, Reply
from processes import answering
from sqlalchemy import select

from contracts.broker.grants import GRANTS
from contracts.broker.runtime import Runtime
from contracts.broker.serving import server
from contracts.broker.serving.server import announce
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database
from contracts.broker.store.tables import triggered_webhooks


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@contextmanager
def sending(url, listener, *options):
    """A process that sends a webhook to *listener*, which holds it."""
    listener.answers["/hook"] = Reply(hold=threading.Event())
    with answering(url, *options) as (base_url, process):
        hook = document(f"{listener.url}/hook")
        requests.post(f"{base_url}/webhooks", json=hook, timeout=60).raise_for_status()
        pact = {"consumer": {"name": "Till"}, "provider": {"name": "Ledger"}, "interactions": []}
        pact_url = f"{base_url}/pacts/provider/Ledger/consumer/Till/version/1"
        requests.put(pact_url, json=pact, timeout=60).raise_for_status()
        listener.wait_for(1)
        yield process


def delivery(url):
    """The status of the one delivery, its attempts, and whether somebody still claims it."""
    columns = triggered_webhooks.c
    database = Database(url)
    with database.reading() as connection:
        row = connection.execute(select(columns.status, columns.attempts_made, columns.claimed_until)).one()
    database.dispose()
    return row.status, row.attempts_made, row.claimed_until is not None


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("signals", "options"),
    [
        ([signal.SIGTERM], ()),
        ([signal.SIGINT], ("--workers", "2")),
        ([signal.SIGINT, signal.SIGTERM], ("--workers", "2")),
    ],
    ids=["alone", "workers", "workers, twice"],
)
def test_a_current_webhook_is_finished_and_recorded_before_the_stop(sqlite_url, listener, signals, options):
    with sending(sqlite_url, listener, *options) as process:
        for each in signals:
            process.send_signal(each)
        # the target answers while the process is ending already
        threading.Timer(0.5, listener.answers["/hook"].hold.set).start()
        assert process.wait(timeout=60) == 0
    assert delivery(sqlite_url) == ("success", 1, False)


@pytest.mark.thorough
def test_an_endless_webhook_is_sent_again_by_the_next_process(sqlite_url, listener):
    with sending(sqlite_url, listener) as process:
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert delivery(sqlite_url) == ("not_run", 0, False)
    listener.answers["/hook"].hold.set()
    with answering(sqlite_url):
        listener.wait_for(2)


@pytest.mark.thorough
def test_a_webhook_test_ends_with_a_response_when_the_broker_stops(sqlite_url, listener, capfd):
    listener.answers["/hook"] = Reply(hold=threading.Event())
    with answering(sqlite_url) as (base_url, process), ThreadPoolExecutor() as pool:
        hook = document(f"{listener.url}/hook")
        tested = pool.submit(requests.post, f"{base_url}/webhooks/execute", json=hook, timeout=60)
        listener.wait_for(1)
        process.terminate()
        assert tested.result().json()["error"] == {"message": "No response before the broker stopped"}
        assert process.wait(timeout=60) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.thorough
def test_an_unexpected_error_is_logged_once_and_the_connection_stays_open(sqlite_url, capfd):
    with (
        answering(sqlite_url) as (base_url, _),
        closing(http.client.HTTPConnection(urlsplit(base_url).netloc)) as connection,
    ):
        connection.connect()
        connection.auto_open = 0
        answers = []
        for path in ("/test/error", "/test/error", "/pacticipants"):
            connection.request("GET", path)
            response = connection.getresponse()
            answers.append((response.status, json.loads(response.read())))
    assert [status for status, _ in answers] == [500, 500, 200]
    log = capfd.readouterr().err
    assert log.count("Traceback") == 2
    for _, error in answers[:2]:
        assert log.count(error["error"]["reference"]) == 1


@pytest.mark.thorough
def test_a_client_that_leaves_in_the_middle_of_a_body_is_not_an_error(sqlite_url, capfd):
    with answering(sqlite_url) as (base_url, process):
        parts = urlsplit(base_url)
        with socket.create_connection((parts.hostname, parts.port)) as leaving:
            leaving.sendall(b"POST /contracts/publish HTTP/1.1\r\nHost: broker\r\nContent-Length: 9\r\n\r\n{")
            requests.get(base_url, timeout=60)
        requests.get(base_url, timeout=60)
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("connections", "warnings"), [(1, 0), (100_000, 1)])
def test_more_connections_than_postgresql_allows_are_reported_at_start(postgresql_url, caplog, connections, warnings):
    database = Database(postgresql_url)
    settings = Settings(database_url=postgresql_url, database_max_connections=connections)
    announce(Runtime(settings=settings, database=database), Bound("127.0.0.1"))
    database.dispose()

    assert len(caplog.messages) == warnings
    assert all("PACT_BROKER_DATABASE_MAX_CONNECTIONS" in each for each in caplog.messages)


class Bound:
    """A listener with an address."""

    def __init__(self, address):
        self.address = address

    def getsockname(self):
        return self.address, 9292


@pytest.mark.parametrize("address", ["0.0.0.0", "10.1.2.3", "::", "2001:db8::1", "fe80::1%eth0"])  # noqa: S104
def test_other_machines_are_not_served_without_a_password_unless_everyone_may_write(address):
    with pytest.raises(server.ServerError, match="--allow-public-write"):
        server._require_guard(Settings(host=address), Bound(address))

    server._require_guard(Settings(host=address, allow_public_write=True), Bound(address))
    server._require_guard(Settings(basic_auth_username="u", basic_auth_password="p"), Bound(address))
    server._require_guard(Settings(require_tokens=True), Bound(address))
    people = {
        "base_url": ("https://broker.example.org",),
        "sign_in_issuer": "https://issuer.example.org",
        "sign_in_client_id": "contracts",
        "sign_in_permissions": GRANTS.read('{"*": [{"role": "read"}]}'),
    }
    server._require_guard(Settings(**people), Bound(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.1.1", "::1"])
def test_this_machine_is_served_without_a_password(address):
    server._require_guard(Settings(), Bound(address))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_command_does_not_start_for_other_machines_without_a_password(tmp_path, workers):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"sqlite:///{tmp_path / 'broker.sqlite3'}"

    with pytest.raises(server.ServerError, match="does not require a password"):
        server.serve(Settings(host="0.0.0.0", port=port, database_url=url, workers=workers))  # noqa: S104, refused
    assert not (tmp_path / "broker.sqlite3").exists()
