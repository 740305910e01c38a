"""Limits of a connection: bytes, number and time of what arrives before the application sees it."""

from __future__ import annotations

import select
import socket
import time
from contextlib import ExitStack, suppress

import pytest
from sockets import connected, everything

from contracts.broker.response_headers import DOCUMENT
from contracts.broker.serving.connection_limits import ConnectionLimits
from contracts.broker.settings import Settings


@pytest.fixture
def port(serve):
    return serve()


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


def test_a_head_that_does_not_end_is_closed(serve):
    port = serve(head_seconds=0.2)
    with connected(port, b"GET / HTTP/1.1\r\nX") as connection:
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 408")
    assert b"The URL and headers of a request must arrive within" in received


def test_a_connection_without_a_request_is_closed(serve):
    with connected(serve(head_seconds=0.2)) as connection:
        assert everything(connection) == b""


def test_a_second_head_that_does_not_end_is_closed_too(serve):
    with connected(serve(head_seconds=0.2), GET + b"\r\n", b"GET / HTTP/1.1\r\nX") as connection:
        statuses = [line for line in everything(connection).split(b"\r\n") if b"HTTP/1.1 " in line]
    assert [status.partition(b"HTTP/1.1 ")[2][:3] for status in statuses] == [b"200", b"408"]


def test_a_body_that_does_not_end_is_a_408(serve):
    port = serve(body_seconds=0.2)
    with connected(port, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{") as connection:
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 408")
    assert b"A body must arrive within" in received


def test_a_body_that_arrives_fast_enough_may_take_longer(serve):
    port = serve(body_seconds=0.1, body_bytes_a_second=10)
    with connected(port, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n" + CLOSE + b"four") as connection:
        time.sleep(0.3)
        connection.sendall(b"5")
        assert everything(connection).endswith(b"5")


def test_the_connection_that_waited_longest_makes_room_for_a_new_one(serve):
    port = serve(connections=3)
    with ExitStack() as stack:
        silent = [stack.enter_context(connected(port, b"GET / HTTP/1.1\r\nX")) for _ in range(3)]
        for _ in range(2):
            with connected(port, GET + CLOSE) as another:
                assert everything(another).startswith(b"HTTP/1.1 200")
        closed, _, _ = select.select(silent, [], [], 5)
        assert [each.recv(1) for each in closed] == [b""]


def take_two(stack, port):
    """Open two connections that wait for their responses."""
    for _ in range(2):
        busy = stack.enter_context(connected(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"))
        busy.settimeout(0.1)
        with pytest.raises(TimeoutError):
            busy.recv(1)


def test_if_all_connections_are_busy_a_new_one_gets_a_503_with_the_reason(serve):
    port = serve(connections=2)
    with ExitStack() as stack:
        take_two(stack, port)
        with connected(port) as another:
            received = everything(another)
    assert received.startswith(b"HTTP/1.1 503")
    assert b"no free connection" in received


def test_requests_that_wait_behind_another_are_limited(port):
    with connected(port, (b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") * 40) as connection:
        assert b"HTTP/1.1 200" not in everything(connection)


def test_a_client_that_takes_nothing_of_its_response_is_closed(serve):
    with connected(serve(response_seconds=0.2), GET.replace(b"/", b"/large", 1), b"\r\n") as connection:
        connection.recv(1, socket.MSG_PEEK)
        while len(serve.places):
            time.sleep(0.01)
        received = everything(connection)
    assert received.startswith(b"HTTP/1.1 200")
    assert len(received) < 50_000_000


def test_an_address_has_a_share_of_the_connections(serve):
    port = serve(connections_of_address=2)
    with ExitStack() as stack:
        take_two(stack, port)
        with connected(port) as another:
            received = everything(another)
    assert received.startswith(b"HTTP/1.1 429")
    assert b"\r\nretry-after: 2\r\n" in received
    assert received.endswith(b"Your address has 2 connections, the limit. Close some, and try again\n")


def test_the_own_idle_connection_of_an_address_makes_room_first(serve):
    port = serve(connections_of_address=1)
    with connected(port, GET + b"\r\n") as idle:
        idle.recv(65536)
        with connected(port, GET + CLOSE) as another:
            assert everything(another).startswith(b"HTTP/1.1 200")
        assert everything(idle) in {b"", b"0"}


def test_the_response_before_the_application_has_the_security_headers(serve):
    with connected(serve(headers=3), GET + b"A: 1\r\n" * 5 + CLOSE) as connection:
        head = everything(connection).partition(b"\r\n\r\n")[0]
    lines = head.split(b"\r\n")[1:]
    assert {line.partition(b":")[0] for line in lines} >= {name for name, _ in DOCUMENT}


def test_every_limit_is_a_setting():
    names = {
        "max_connections": "connections",
        "max_connections_per_address": "connections_of_address",
        "max_header_bytes": "head_bytes",
        "max_headers": "headers",
        "header_timeout": "head_seconds",
        "body_timeout": "body_seconds",
        "min_body_rate": "body_bytes_a_second",
        "response_timeout": "response_seconds",
    }
    environ = {f"PACT_BROKER_{name.upper()}": str(1_100 + each) for each, name in enumerate(names)}
    limits = ConnectionLimits.of(Settings.from_environment(environ))
    assert [getattr(limits, each) for each in list(names.values())[1:]] == list(range(1_101, 1_100 + len(names)))
    assert limits.connections <= 1_100
