"""Requests that are repeated, and responses that are bounded, over real sockets."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time

import pytest
import requests
from fake_broker import Answer

from contracts.client import UnexpectedAnswer, exchanges
from contracts.client.credentials import Credentials
from contracts.client.exchanges import Exchanges, TooSlow


OK = Answer(document={"ok": True})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextlib.contextmanager
def asking(address, *, timeout_seconds=2.0, patience_seconds=5.0):
    client = Exchanges(
        address,
        Credentials(),
        timeout=(timeout_seconds, timeout_seconds),
        patience_seconds=patience_seconds,
        ca_bundle=None,
    )
    try:
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def serving(*answers, port=0, every_seconds=0.0):
    """A server that sends each connection the next of *answers*, byte by byte where a pause is given, and hangs up."""
    with socket.create_server(("127.0.0.1", port)) as server:
        ended = threading.Event()

        def serve():
            for answer in answers:
                with contextlib.suppress(OSError):
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65_536)
                        pieces = [answer[at : at + 1] for at in range(len(answer))] if every_seconds else [answer]
                        for piece in pieces:
                            connection.sendall(piece)
                            if every_seconds and ended.wait(every_seconds):
                                return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def response(content, *, length=None, headers=b""):
    return HEAD + headers + f"Content-Length: {len(content) if length is None else length}\r\n\r\n".encode() + content


def test_a_truncated_response_is_requested_again():
    with serving(response(b"{", length=2), response(b"{}")) as url, asking(url) as client:
        assert client.ask("GET", f"{url}/x").content == b"{}"


def test_a_truncated_response_in_chunks_is_requested_again():
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    whole = chunked + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    with serving(chunked + b"5\r\n{", whole) as url, asking(url) as client:
        assert client.ask("GET", f"{url}/x").content == b"{}"


def test_a_write_that_may_have_been_done_is_not_sent_again():
    with serving(response(b"{", length=2)) as url, asking(url) as client, pytest.raises(requests.ConnectionError):
        client.ask("POST", f"{url}/x", content=b"{}")


def test_a_restarting_broker_is_waited_for_with_a_message(caplog):
    """Nobody listens for as long as a restart takes; even a write is sent then, as nobody can have seen it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with contextlib.ExitStack() as stack:
        start = threading.Timer(1.5, lambda: stack.enter_context(serving(response(b"{}"), port=port)))
        start.start()
        with asking(url, patience_seconds=20) as client:
            assert client.ask("POST", f"{url}/x", content=b"{}").status == 200
        start.join()
    messages = [record.getMessage() for record in caplog.records if record.name == "contracts.client"]
    assert len(messages) == 1
    assert messages[0].startswith(f"The broker at {url}: it does not accept connections. Trying again for up to 20 s.")


@pytest.mark.parametrize(("method", "status"), [("GET", 503), ("GET", 429), ("POST", 429)])
def test_the_time_that_the_broker_asks_for_is_kept(fake, method, status):
    fake.on(method, "/x", Answer(status, headers={"Retry-After": "1"}), OK)
    started = time.monotonic()
    with asking(fake.base_url) as client:
        assert client.ask(method, f"{fake.base_url}/x").status == 200
    assert time.monotonic() - started >= 1


def test_after_a_vain_wait_the_next_request_does_not_wait_again(fake):
    fake.on("GET", "/x", Answer(503))
    with asking(fake.base_url, patience_seconds=1.5) as client:
        assert client.ask("GET", f"{fake.base_url}/x").status == 503
        first = len(fake.requests)
        assert client.ask("GET", f"{fake.base_url}/x").status == 503
        assert 1 < len(fake.requests) - first < first


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(exchanges, "MOST_RESPONSE_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    with serving(response(bomb, headers=b"Content-Encoding: gzip\r\n")) as url, asking(url) as client:
        refused = pytest.raises(UnexpectedAnswer, match=r"more than 1,000,000 bytes, so reading it was stopped")
        with refused:
            client.ask("GET", f"{url}/x")


@pytest.mark.parametrize(
    ("encoding", "words"), [(b"gzip", "not compressed as its headers claim"), (b"gzip, gzip", "did not ask for that")]
)
def test_a_broken_compression_is_an_error(encoding, words):
    headers = b"Content-Encoding: " + encoding + b"\r\n"
    with serving(response(b"plain", headers=headers)) as url, asking(url) as client:
        refused = pytest.raises(UnexpectedAnswer, match=words)
        with refused:
            client.ask("GET", f"{url}/x")


def test_a_compressed_response_is_read(fake):
    content = gzip.compress(b'{"ok": true}')
    fake.on("GET", "/x", Answer(content=content, headers={"Content-Encoding": "gzip"}))
    with asking(fake.base_url) as client:
        assert client.ask("GET", f"{fake.base_url}/x").content == b'{"ok": true}'


def test_a_head_that_trickles_in_is_given_up_after_the_time_out():
    """Each byte comes well within the socket's time-out, and the head never ends."""
    started = time.monotonic()
    head = HEAD + b"X-Slow: " + b"a" * 1000
    with (
        serving(head, every_seconds=0.03) as url,
        asking(url, timeout_seconds=0.6) as client,
        pytest.raises(requests.ReadTimeout),
    ):
        client.ask("GET", f"{url}/x")
    assert time.monotonic() - started < 25


def test_a_body_that_trickles_in_is_given_up_after_twice_the_time_out():
    head = HEAD + b"Content-Length: 1000\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                connection.sendall(head)
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.02)

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with asking(url, timeout_seconds=0.4) as client, pytest.raises(TooSlow, match=r"0\.8"):
            client.ask("GET", f"{url}/x")
        thread.join(10)


def test_a_connection_is_used_again(fake):
    ports = set()
    fake.on("GET", "/x", OK).on("DELETE", "/x", Answer(204))
    with asking(fake.base_url) as client:
        for method in ("GET", "DELETE", "GET"):
            client.ask(method, f"{fake.base_url}/x")
        (pool,) = client._session.get_adapter("http://").poolmanager.pools._container.values()
        ports.add(pool.num_connections)
    assert ports == {1}
