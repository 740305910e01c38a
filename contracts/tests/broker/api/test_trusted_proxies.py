"""The headers of a proxy count only if the operator names it."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker.api import access_log
from contracts.broker.app import create_app
from contracts.broker.settings import Settings, SettingsError


HEADERS = {"X-Forwarded-Host": "b.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def ask(broker, caplog):
    """The index's link to itself, and the client in the log, for a request from *peer*."""
    caplog.set_level("INFO", access_log.__name__)

    def ask(peer, headers, proxies=("10.0.0.7", "fd00::/8")):
        broker.settings = dataclasses.replace(broker.settings, trusted_proxies=proxies, access_log=True)
        with TestClient(create_app(broker), client=(peer, 1)) as client:
            response = client.get("/", headers=headers)
        ask.headers = response.headers
        (line,) = (each for each in caplog.records if each.name == access_log.__name__)
        return response.json()["_links"]["self"]["href"], line.fields["client"]

    return ask


@pytest.mark.parametrize("peer", ["10.0.0.7", "::ffff:10.0.0.7", "fd00::1"])
def test_a_named_proxy_is_believed(ask, peer):
    assert ask(peer, HEADERS) == ("https://b.example", "203.0.113.9")
    assert "strict-transport-security" in ask.headers


@pytest.mark.parametrize("peer", ["10.0.0.8", "127.0.0.1", "::1", "testclient"])
@pytest.mark.parametrize(
    "headers", [HEADERS, {"Forwarded": "for=203.0.113.9;host=b.example;proto=https"}, {"X-Forwarded-Ssl": "on"}]
)
def test_nobody_else_is_believed(ask, peer, headers):
    assert ask(peer, headers) == ("http://testserver", peer)
    assert "strict-transport-security" not in ask.headers


def test_by_default_a_proxy_on_the_same_machine_is_believed(ask):
    assert ask("127.0.0.1", HEADERS, Settings().trusted_proxies) == ("https://b.example", "203.0.113.9")


def test_no_proxy_at_all_can_be_trusted(ask):
    assert ask("127.0.0.1", HEADERS, ()) == ("http://testserver", "127.0.0.1")


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the client itself wrote the first one
        ("1.1.1.1, 203.0.113.9, fd00::2", "203.0.113.9"),
        ("fd00::3, fd00::2", "fd00::3"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("unknown", "10.0.0.7"),
        ("1.1.1.1, <script>", "10.0.0.7"),
        ("", "10.0.0.7"),
    ],
)
def test_the_client_is_the_last_address_that_no_proxy_can_have_invented(ask, header, client):
    assert ask("10.0.0.7", {"X-Forwarded-For": header})[1] == client


@pytest.mark.parametrize(
    ("header", "url", "client"),
    [
        ("for=203.0.113.9;host=b.example;proto=https", "https://b.example", "203.0.113.9"),
        ('For="[2001:db8::1]:4711"; Proto=https, for=fd00::2', "https://testserver", "2001:db8::1"),
        ('host="b.example:8443"', "http://b.example:8443", "10.0.0.7"),
        ("for=_hidden", "http://testserver", "10.0.0.7"),
        ("nonsense", "http://testserver", "10.0.0.7"),
    ],
)
def test_the_standard_header_means_the_same(ask, header, url, client):
    assert ask("10.0.0.7", {"Forwarded": header}) == (url, client)


def test_a_proxy_that_writes_the_older_headers_does_not_vouch_for_the_standard_one(ask):
    headers = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=1.1.1.1;host=evil.example;proto=https"}

    assert ask("10.0.0.7", headers) == ("http://testserver", "203.0.113.9")


def test_an_ignored_proxy_is_a_warning_once_that_says_what_to_do(broker, caplog):
    with TestClient(create_app(broker), client=("10.0.0.8", 1)) as client:
        for _ in range(3):
            client.get("/", headers=HEADERS)

    (warning,) = (each for each in caplog.messages if "X-Forwarded" in each)
    assert "of 10.0.0.8. If this is your proxy, add it to PACT_BROKER_TRUSTED_PROXIES" in warning


def test_what_is_not_a_network_is_refused_at_start():
    with pytest.raises(SettingsError, match=r"TRUSTED_PROXIES must be .*: proxy\.internal is neither"):
        Settings.from_environment({"PACT_BROKER_TRUSTED_PROXIES": "10.0.0.7 proxy.internal"})
