"""The rate of requests of each account."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient
from starlette.responses import PlainTextResponse

from contracts.broker.api import request_rates
from contracts.broker.api.request_rates import Buckets, Rates, RequestRates
from contracts.broker.app import create_app
from contracts.broker.settings import Settings


class Seconds:
    """A clock in seconds."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def send(broker, monkeypatch):
    """Send requests to a broker that allows three in a minute; `send()` is a status."""
    broker.settings = dataclasses.replace(
        broker.settings,
        basic_auth_username="full",
        basic_auth_password="s3cret",
        basic_auth_read_only_username="reader",
        basic_auth_read_only_password="r3ad",
        allow_public_read=True,
        max_requests_per_minute=3,
    )
    monkeypatch.setattr(request_rates, "monotonic", Seconds())
    app = create_app(broker)

    def send(auth=("full", "s3cret"), address="10.0.0.1", path="/"):
        with TestClient(app, client=(address, 1)) as client:
            send.last = client.get(path, auth=auth)
        return send.last.status_code

    return send


def test_a_bucket_is_full_at_first_and_fills_steadily():
    clock = Seconds()
    buckets = Buckets(60, clock)
    assert [buckets.take("ci") for _ in range(60)] == [0.0] * 60
    assert buckets.take("ci") == pytest.approx(1)
    clock.now += 0.75
    assert buckets.take("ci") == pytest.approx(0.25)
    clock.now += 1
    assert buckets.take("ci") == 0
    clock.now += 3600
    assert [buckets.take("ci") == 0 for _ in range(61)] == [True] * 60 + [False]


def test_each_account_has_a_bucket(send):
    assert [send(("full", "s3cret")) for _ in range(4)] == [200, 200, 200, 429]
    assert send(("full", "s3cret"), address="10.0.0.2") == 429
    assert send(("reader", "r3ad")) == 200


def test_without_an_account_each_address_has_a_bucket(send):
    assert [send(None) for _ in range(4)] == [200, 200, 200, 429]
    assert send(None, "10.0.0.2") == 200
    assert send(("full", "s3cret")) == 200
    assert [send(None, f"2001:db8::{each}") for each in range(4)] == [200, 200, 200, 429]


def test_refused_requests_count_for_their_address_and_stop_no_right_account(broker, monkeypatch):
    account = {"basic_auth_username": "full", "basic_auth_password": "s3cret"}
    broker.settings = dataclasses.replace(broker.settings, **account, max_requests_per_minute=3)
    monkeypatch.setattr(request_rates, "monotonic", Seconds())
    client = TestClient(create_app(broker), client=("10.0.0.1", 1))
    wrong = {"Authorization": "Bearer contracts_wrong"}
    assert [client.get("/", headers=each).status_code for each in (wrong, {}, wrong)] == [401] * 3
    refused = client.get("/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
    assert client.get("/", auth=("full", "s3cret")).status_code == 200


def test_the_refusal_says_when_to_try_again_and_it_works_then():
    clock, settings = Seconds(), Settings(max_requests_per_minute=3)
    client = TestClient(RequestRates(PlainTextResponse("ok"), Rates(settings, clock)), client=("10.0.0.1", 1))
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3
    refused = client.get("/")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
    assert "more than 3 requests in a minute. Try again in 20 s" in refused.text
    clock.now += 20
    assert [client.get("/").status_code for _ in range(2)] == [200, 429]


def test_the_log_names_the_account_once(send, caplog):
    for _ in range(6):
        send()

    assert [each for each in caplog.messages if "requests in a minute" in each] == [
        "account:full sends more than 3 requests in a minute, and gets a 429 for the others"
    ]


def test_the_heartbeat_and_this_machine_without_an_account_are_not_limited(send):
    assert {send(path="/diagnostic/status/heartbeat") for _ in range(5)} == {200}
    assert {send(None, "127.0.0.1") for _ in range(5)} == {200}
    assert [send(("full", "s3cret"), "127.0.0.1") for _ in range(4)] == [200, 200, 200, 429]


def test_no_limit_is_no_limit(broker):
    broker.settings = dataclasses.replace(broker.settings, max_requests_per_minute=0)
    with TestClient(create_app(broker), client=("10.0.0.1", 1)) as client:
        assert client.get("/").status_code == 200


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(request_rates, "MOST_BUCKETS", 10)
    buckets = Buckets(60)
    for each in range(100):
        buckets.take(f"address {each}")

    assert len(buckets) == 10
