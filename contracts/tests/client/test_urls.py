"""Where credentials may go: strictly below the configured base URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client import ForeignLink, UsageError, require_same_broker
from contracts.client.urls import belongs, local, place


BROKER = "https://broker.example.com/pact"


@pytest.mark.parametrize(
    "url",
    [
        f"{BROKER}/pacts/provider/P/consumer/C/pact-version/1",
        f"{BROKER}/can-i-deploy?pacticipant=a%20b&q[][x]=1",
        "HTTPS://Broker.EXAMPLE.com:443/pact/pacticipants/feat%2Fx",
        BROKER,
    ],
)
def test_an_address_below_the_base_url_belongs_to_the_broker(url):
    assert belongs(url, place(BROKER))
    assert require_same_broker(url, BROKER).startswith(BROKER)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/pact/x",
        "http://broker.example.com/pact/x",
        "https://broker.example.com:8443/pact/x",
        "https://broker.example.com/pactx",
        "https://broker.example.com/other/x",
        "https://broker.example.com",
        "https://broker.example.com@evil.example.com/pact/x",
        "https://user:password@broker.example.com/pact/x",
        "https://evil.example.com\\@broker.example.com/pact/x",
        "https://evil.example.com#@broker.example.com/pact/x",
        "https://broker.example.com/pact/../other/x",
        "https://broker.example.com/pact/%2e%2E/other/x",
        "https://broker.example.com/pact/x#fragment",
        "https://broker.example.com.evil.example.com/pact/x",
        "https://broker.example.com:port/pact/x",
        "https://broker.example.com:99999/pact/x",
        "https://[broker.example.com/pact/x",
        "//broker.example.com/pact/x",
        "file:///etc/passwd",
        "https:/broker.example.com/pact/x",
        "https://bröker.example.com/pact/x",
        " https://broker.example.com/pact/x",
        "https://broker.example.com/pact/x\nHost: evil",
        "https://broker.example.com/pact/\tx",
        "https://:443/pact",
        "",
    ],
)
def test_any_other_address_is_refused(url):
    with pytest.raises(ForeignLink, match="is not on the configured broker") as refused:
        require_same_broker(url, BROKER)
    assert "no credential" in str(refused.value)


@given(st.text())
def test_every_accepted_address_is_below_the_base_url(text):
    for url in (text, f"https://broker.example.com{text}", f"https://{text}broker.example.com/pact/"):
        try:
            accepted = require_same_broker(url, BROKER)
        except ForeignLink:
            continue
        assert accepted == BROKER or accepted.startswith((f"{BROKER}/", f"{BROKER}?"))


@pytest.mark.parametrize(
    ("base_url", "written"),
    [
        ("http://LOCALHOST:9292/", "http://localhost:9292"),
        ("https://broker.example.com:443/pact/", BROKER),
        ("http://[::1]:9292", "http://[::1]:9292"),
        ("http://broker:80/a/b/", "http://broker/a/b"),
    ],
)
def test_a_base_url_is_written_in_one_way(base_url, written):
    assert str(place(base_url)) == written


@pytest.mark.parametrize("base_url", ["broker.example.com", "ftp://broker", "http://broker?x=1", "", "http://a b"])
def test_an_invalid_base_url_is_refused(base_url):
    with pytest.raises(UsageError, match=r"must look like https://broker\.example\.com"):
        place(base_url)


def test_credentials_in_the_base_url_are_refused_and_not_repeated():
    with pytest.raises(UsageError, match="Set the credentials separately") as refused:
        place("https://user:secret@broker.example.com")
    assert "secret" not in str(refused.value)


def test_a_link_on_the_brokers_own_base_url_is_brought_onto_the_configured_one():
    advertised = place("http://internal:9292")
    configured = place(BROKER)
    assert local("http://internal:9292/pacts/latest?x=1", configured, advertised) == (f"{BROKER}/pacts/latest?x=1")
    assert local(f"{BROKER}/pacts/latest", configured, advertised) == f"{BROKER}/pacts/latest"


def test_a_link_to_any_third_place_is_not_followed():
    with pytest.raises(ForeignLink, match="which was not followed"):
        local("http://evil.example.com/x", place(BROKER), place("http://internal:9292"))
