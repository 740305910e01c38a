"""Which web sites a request may come from, and under which names the broker answers."""

from __future__ import annotations

import dataclasses

import pytest
from asgi import Caller, RawRequest

from contracts.broker.app import create_app


@pytest.fixture
def ask(broker):
    """Send a request with these headers, as they are, to a broker with these settings; the server is at 10.1.2.3."""

    def ask(method="GET", path="/pacticipants", content=b"", headers=(), **settings):
        broker.settings = dataclasses.replace(broker.settings, **settings)
        encoded = tuple((name.lower().encode(), value.encode()) for name, value in headers)
        with Caller(create_app(broker), host=None) as call:
            return call(RawRequest(method=method, path=path.encode(), headers=encoded, content=content))

    return ask


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:9292",
        "127.0.0.1:9292",
        "127.8.8.8",
        "[::1]",
        "[::1]:9292",
        "a.localhost:1",
        "localhost.",
    ],
)
def test_without_a_password_loopback_names_are_answered(ask, host):
    assert ask(headers=[("Host", host)]).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "evil.test:9292",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "10.0.0.1",
        "[::2]",
        "",
        ".",
        "[",
        "]",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_without_a_password_other_names_are_refused_with_the_next_step(ask, host, method):
    refused = ask(method, headers=[("Host", host)])

    assert refused.status == 403
    assert b"PACT_BROKER_BASE_URL" in refused.content


@pytest.mark.parametrize("host", ["example.org", "example.com:80", "other.example"])
def test_host_names_that_nobody_can_own_are_accepted(ask, host):
    assert ask(headers=[("Host", host)]).status == 200


@pytest.mark.parametrize("host", ["evil.example.org", "evil.example.com", "notexample.org", "example.org.evil.test"])
def test_names_like_them_are_not(ask, host):
    assert ask(headers=[("Host", host)]).status == 403


def test_of_two_names_both_are_judged(ask):
    assert ask(headers=[("Host", "localhost"), ("Host", "evil.test")]).status == 403


def test_the_names_of_the_base_urls_are_answered(ask):
    urls = ("https://broker.example.com/pacts", "http://broker:9292")

    assert ask(headers=[("Host", "broker.example.com")], base_url=urls).status == 200
    assert ask(headers=[("Host", "Broker:1")], base_url=urls).status == 200
    assert ask(headers=[("Host", "other:9292")], base_url=urls).status == 403


def test_the_address_that_the_connection_came_to_is_answered(ask):
    assert ask(headers=[("Host", "broker")]).status == 200  # the server's name in `Caller`


def test_with_a_password_every_name_is_answered(ask):
    account = {"basic_auth_enabled": True, "basic_auth_username": "u", "basic_auth_password": "p"}

    assert ask(headers=[("Host", "evil.test")], **account).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "http://evil.test")],
        [("Origin", "null")],
        [("Origin", "http://localhost:3000")],
        [("Origin", "http://localhost.evil.test:9292")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://evil.test")],
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost:9292")],
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/pacticipants"),
        ("PUT", "/pacticipants/A"),
        ("PATCH", "/pacticipants/A"),
        ("DELETE", "/integrations"),
        ("POST", "/webhooks/execute"),
        ("POST", "/pacts/provider/P/for-verification"),
    ],
)
def test_a_page_of_another_site_changes_nothing(ask, method, path, headers):
    refused = ask(method, path, b'{"name":"A"}', [("Host", "localhost:9292"), *headers])

    assert refused.status == 403
    assert b"another site" in refused.content


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Sec-Fetch-Site", "none")],
        [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost:9292")],
        [("Origin", "http://localhost:9292")],
        [("Origin", "https://broker.example.com")],
        [("Origin", "https://proxied.example"), ("X-Forwarded-Host", "proxied.example:443")],
    ],
)
def test_programs_and_the_broker_s_own_pages_change_things(ask, headers):
    json = ("Content-Type", "application/json")
    sent = [("Host", "localhost:9292"), json, *headers]

    answer = ask("POST", "/pacticipants", b'{"name":"A"}', sent, base_url=("https://broker.example.com",))

    assert answer.status == 201


def test_other_sites_links_still_lead_here(ask):
    headers = [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")]

    assert ask("GET", "/pacticipants", headers=headers).status == 200


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/pacticipants", b'{"name":"A"}'),
        ("/environments", b'{"name":"e","production":true}'),
        ("/pacts/provider/P/for-verification", b"{}"),
        ("/webhooks/execute", b'{"request":{"method":"POST","url":"https://127.0.0.1:1/x"}}'),
    ],
)
def test_a_body_without_a_content_type_is_refused(ask, path, content):
    assert ask("POST", "/pacticipants", b'{"name":"P"}', [("Content-Type", "application/json")]).status == 201

    assert ask("POST", path, content).status == 415
    assert [each["name"] for each in ask().json()["pacticipants"]] == ["P"]


def test_an_empty_body_needs_no_content_type(ask):
    assert ask("PUT", "/pacticipants/A/versions/1/tags/t").status == 201
    assert ask("PUT", "/pacticipants/A/labels/x").status == 201
