"""Limits of a connection: bytes, number and time of what arrives before the application sees it."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest
import uvicorn

from contracts.broker.serving import connections
from contracts.broker.serving.connections import LimitedConnection


async def app(scope, receive, send):
    """Answer with the number of bytes of the body; under /slow, wait until the client has gone."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    if scope["path"] == "/slow":
        await receive()
        return
    body = str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port():
    config = uvicorn.Config(app, http=LimitedConnection, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.001)
        yield listener.getsockname()[1]
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


@contextmanager
def connected(port, *sent):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        for each in sent:
            connection.sendall(each)
        yield connection


def everything(connection):
    """What is received until the server closes the connection."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:  # closed before the whole request was read
        pass
    return received


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"


def test_requests_within_the_limits_get_a_response(port):
    header = b"X: " + b"a" * 60_000 + b"\r\n"
    with connected(port, GET + header, CLOSE) as connection:
        assert everything(connection).startswith(b"HTTP/1.1 200")
    with connected(port, b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n" + CLOSE + b"x" * 200_000) as connection:
        assert everything(connection).endswith(b"200000")


def test_requests_on_one_connection_count_separately(port):
    request = GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n"
    with connected(port) as connection:
        for _ in range(5):
            connection.sendall(request)
            received = b""
            while not received.endswith(b"\r\n\r\n0"):
                received += connection.recv(65536)


@pytest.mark.parametrize(
    "headers",
    [b"X: " + b"a" * 100_000 + b"\r\n", b"".join(b"X%d: y\r\n" % each for each in range(300)), b"X: y\r\n" * 20_000],
    ids=["one long", "many", "very many"],
)
def test_a_head_that_is_too_large_is_refused(port, headers):
    with connected(port) as connection:
        with suppress(ConnectionError):  # it is refused before everything is sent
            connection.sendall(GET + headers + CLOSE)
        received = everything(connection)
    # a reset can overtake the refusal
    assert received == b"" or received.startswith(b"HTTP/1.1 431")


def test_a_long_address_is_refused(port):
    with connected(port, b"GET /?" + b"a" * 70_000) as connection:
        assert not everything(connection).startswith(b"HTTP/1.1 2")


def test_a_head_that_does_not_end_is_closed(port, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    for sent in (b"", b"GET / HTTP/1.1\r\nX"):
        with connected(port, sent) as connection:
            assert everything(connection) == b""


def test_a_second_head_that_does_not_end_is_closed_too(port, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with connected(port, GET + b"\r\n", b"GET / HTTP/1.1\r\nX") as connection:
        assert everything(connection).count(b"HTTP/1.1") == 1


def test_a_body_that_does_not_end_is_a_408(port, monkeypatch):
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.2)
    with connected(port, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{") as connection:
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 408")
    assert b"A body must arrive within" in received


def test_a_body_that_arrives_fast_enough_may_take_longer(port, monkeypatch):
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(connections, "BODY_BYTES_A_SECOND", 10)
    with connected(port, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n" + CLOSE + b"four") as connection:
        time.sleep(0.3)
        connection.sendall(b"5")
        assert everything(connection).endswith(b"5")


def test_the_connection_that_waited_longest_makes_room_for_a_new_one(port, monkeypatch):
    monkeypatch.setattr(connections, "most_connections", lambda: 3)
    with ExitStack() as stack:
        silent = [stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nX")) for _ in range(3)]
        for _ in range(2):
            with connected(port, GET + CLOSE) as another:
                assert everything(another).startswith(b"HTTP/1.1 200")
        closed, _, _ = select.select(silent, [], [], 5)
        assert [each.recv(1) for each in closed] == [b""]


def test_if_all_connections_are_busy_a_new_one_gets_a_503_with_the_reason(port, monkeypatch):
    monkeypatch.setattr(connections, "most_connections", lambda: 2)
    with ExitStack() as stack:
        for _ in range(2):
            busy = stack.enter_context(connected(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"))
            busy.settimeout(0.1)
            with pytest.raises(TimeoutError):
                busy.recv(1)
        with connected(port) as another:
            received = everything(another)
    assert received.startswith(b"HTTP/1.1 503")
    assert b"no free connection" in received


def test_requests_that_wait_behind_another_are_limited(port):
    with connected(port, (b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") * 40) as connection:
        assert b"HTTP/1.1 200" not in everything(connection)
