"""Requests over a real socket: credentials, time-outs, what is repeated and what never."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from fake_broker import Answer

from contracts.client import Conflict, Refused, UnexpectedAnswer, Unreachable
from contracts.client.credentials import Credentials
from contracts.client.transport import Transport


OK = Answer(document={"ok": True})


@pytest.fixture
def transport(fake):
    transport = Transport(fake.base_url, credentials=Credentials(), timeout_seconds=5)
    yield transport
    transport.close()


def connected(fake, **credentials):
    return Transport(fake.base_url, credentials=Credentials(**credentials))


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        ({"token": "t0k"}, "Bearer t0k"),
        ({"username": "ü", "password": "p:w"}, "Basic w7w6cDp3"),
        ({"username": "u"}, "Basic dTo="),
        ({}, None),
    ],
)
def test_credentials_are_sent_with_the_first_request(fake, credentials, header):
    fake.on("GET", "/x", OK)
    transport = connected(fake, **credentials)
    assert transport.send("GET", f"{fake.base_url}/x") == {"ok": True}
    assert fake.requests[0].headers.get("Authorization") == header
    transport.close()


def test_credentials_never_show_in_a_representation():
    assert "s3cret" not in repr(Credentials(token="s3cret"))


def test_no_other_credentials_are_looked_for(fake, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fake.on("GET", "/x", OK)
    transport = connected(fake, token="mine")
    transport.send("GET", f"{fake.base_url}/x")
    assert fake.requests[0].headers["Authorization"] == "Bearer mine"
    transport.close()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("first", [Answer(502), Answer(503), Answer(504), None])
def test_a_safe_request_is_repeated(fake, transport, method, first):
    """An answer 502, 503 or 504, or a connection that breaks, is tried again while patience lasts."""
    fake.on(method, "/x", first, first, OK)
    assert transport.send(method, f"{fake.base_url}/x") == {"ok": True}
    assert len(fake.requests) == 3


@pytest.mark.parametrize("first", [Answer(502), Answer(503), Answer(504), None])
def test_a_post_is_repeated_where_its_caller_says_that_it_may_be(fake, transport, first):
    fake.on("POST", "/x", first, first, OK)
    assert transport.send("POST", f"{fake.base_url}/x", body={"a": 1}, repeatable=True) == {"ok": True}
    assert [request.json for request in fake.requests] == [{"a": 1}] * 3


def test_a_broker_that_asks_for_more_patience_than_there_is_is_given_up_at_once(fake, transport):
    fake.on("GET", "/x", Answer(503, {"error": "overloaded"}, {"Retry-After": "3600"}))
    started = time.monotonic()
    with pytest.raises(UnexpectedAnswer, match=r"status 503.*The broker says: overloaded"):
        transport.send("GET", f"{fake.base_url}/x")
    assert len(fake.requests) == 1
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(("answer", "error"), [(Answer(503), UnexpectedAnswer), (None, Unreachable)])
def test_a_request_that_may_have_taken_effect_is_never_repeated(fake, transport, method, answer, error):
    fake.on(method, "/x", answer)
    with pytest.raises(error):
        transport.send(method, f"{fake.base_url}/x", body={})
    assert fake.request_lines() == [f"{method} /x"]


def test_an_account_that_may_only_read_gets_an_error_that_says_so(fake, transport):
    """401 is what the protocol says of both: only what was answered before tells them apart."""
    fake.on("GET", "/x", OK).on("POST", "/x", Answer(401))
    with pytest.raises(Refused, match="does not accept these credentials"):
        transport.send("POST", f"{fake.base_url}/x", body={})
    transport.send("GET", f"{fake.base_url}/x")
    with pytest.raises(Refused, match="may read, but not write"):
        transport.send("POST", f"{fake.base_url}/x", body={})


@pytest.mark.parametrize("status", [500, 501, 429, 409])
def test_other_failures_are_not_repeated(fake, transport, status):
    fake.on("GET", "/x", Answer(status))
    with pytest.raises((UnexpectedAnswer, Conflict)):
        transport.send("GET", f"{fake.base_url}/x")
    assert len(fake.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_port_without_a_listener_fails_within_seconds(method):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"cannot be reached .*: connection refused\. Check PACT_BROKER_BASE_URL"):
        Transport(base_url, credentials=Credentials()).send(method, f"{base_url}/", body={})
    assert time.monotonic() - started < 20


def test_an_unknown_host_fails_within_seconds():
    base_url = "http://broker.invalid"
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"http://broker\.invalid cannot be reached"):
        Transport(base_url, credentials=Credentials()).send("GET", f"{base_url}/")
    assert time.monotonic() - started < 20


def test_a_silent_broker_is_given_up_after_the_time_out_and_not_asked_again(fake):
    release = threading.Event()
    fake.on("GET", "/x", Answer(document={}, hold=release))
    transport = Transport(fake.base_url, credentials=Credentials(), timeout_seconds=0.2)
    with pytest.raises(Unreachable, match=r"did not answer within 0\.2 seconds"):
        transport.send("GET", f"{fake.base_url}/x")
    release.set()
    assert len(fake.requests) == 1
    transport.close()


def test_a_host_that_does_not_take_connections_is_given_up_after_the_time_out():
    # A full backlog: the system neither accepts nor refuses.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(("127.0.0.1", port))
        base_url = f"http://127.0.0.1:{port}"
        with pytest.raises(Unreachable, match=r"no connection was made within 0\.2 seconds"):
            Transport(base_url, credentials=Credentials(), timeout_seconds=0.2).send("GET", f"{base_url}/")
        for each in waiting:
            each.close()


def test_tls_to_a_broker_without_it_says_so(fake):
    base_url = fake.base_url.replace("http:", "https:")
    with pytest.raises(Unreachable, match=r"does not speak TLS at this port\. Write http:// instead"):
        Transport(base_url, credentials=Credentials()).send("GET", f"{base_url}/")


def test_a_proxy_that_fails_is_named_as_the_cause(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
    base_url = "http://broker.example.com"
    with pytest.raises(Unreachable, match=r"proxy .*Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY"):
        Transport(base_url, credentials=Credentials()).send("GET", f"{base_url}/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_get_within_the_broker_is_followed(fake, transport, status):
    fake.on("GET", "/x", Answer(status, headers={"Location": "/y"})).on("GET", "/y", OK)
    assert transport.send("GET", f"{fake.base_url}/x") == {"ok": True}


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_that_keeps_the_method_is_followed_with_the_body(fake, transport, status):
    fake.on("POST", "/x", Answer(status, headers={"Location": "/y"})).on("POST", "/y", OK)
    assert transport.send("POST", f"{fake.base_url}/x", body={"a": 1}) == {"ok": True}
    assert fake.requests[-1].json == {"a": 1}


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_turn_a_write_into_a_read_is_an_error(fake, transport, status):
    fake.on("POST", "/x", Answer(status, headers={"Location": "/y"})).on("GET", "/y", OK)
    with pytest.raises(UnexpectedAnswer, match="redirects POST"):
        transport.send("POST", f"{fake.base_url}/x", body={})
    assert fake.request_lines() == ["POST /x"]


@pytest.mark.parametrize("location", ["http://evil.example.com/x", "https://127.0.0.1/x", "//evil.example.com/", ""])
def test_a_redirect_to_another_place_is_not_followed(fake, location):
    """Credentials stay with the configured address; the error names where the redirect leads."""
    transport = connected(fake, token="t0k")
    fake.on("GET", "/x", Answer(302, headers={"Location": location}))
    with pytest.raises(UnexpectedAnswer, match="redirects"):
        transport.send("GET", f"{fake.base_url}/x")
    transport.close()


def test_redirects_in_circles_end(fake, transport):
    fake.on("GET", "/x", Answer(302, headers={"Location": "/x"}))
    with pytest.raises(UnexpectedAnswer, match="redirects in circles"):
        transport.send("GET", f"{fake.base_url}/x")
