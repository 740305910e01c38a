"""Clients that wait for a verdict, at a broker in a process of its own."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest
import requests
from benchmark_clients import WaitingClients
from estates import Estate
from hooks import add_webhook
from processes import answering, empty_database

from contracts.broker.runtime import Runtime
from contracts.broker.serving.connection_limits import raise_descriptors
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED


def filled(database, consumers):
    """The estate of *consumers* that each need a result of Ledger 10, which a webhook to a closed port requests."""
    migrations.prepare(database)
    broker = Runtime(settings=Settings(), database=database)
    events = (CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,)
    add_webhook(broker, url="http://127.0.0.1:9/hook", events=events)
    estate = Estate(broker)
    estate.environment("production")
    estate.version("Ledger", "10")
    estate.deploy("Ledger", "10", "production")
    for number in range(consumers):
        estate.publish(f"Consumer{number}", "1", f"{number}")
    return estate


def question(number, seconds=60):
    return f"/can-i-deploy?pacticipant=Consumer{number}&version=1&environment=production&wait={seconds}"


def ordinary_seconds(base_url):
    """The time of an ordinary request."""
    began = time.monotonic()
    assert requests.get(f"{base_url}/pacticipants/Ledger", timeout=60).ok
    return time.monotonic() - began


def test_waiting_clients_disturb_nobody_and_get_their_results_and_the_stop_ends_them(tmp_path, request):
    with empty_database("sqlite", tmp_path, request) as database:
        estate = filled(database, 4)
        with answering(database.url.render_as_string(), "--workers", "1") as (base_url, process):
            paths = [question(number % 4) for number in range(40)]
            with WaitingClients(urlsplit(base_url).port, paths) as clients:
                assert clients.receive(0.3) == {}
                assert ordinary_seconds(base_url) < 5
                clients.leave([0])
                published_at = time.monotonic()
                estate.verify("Consumer1", "1", by="10")  # in this process, so the broker has to look for it
                received = clients.receive(10, count=10)
                assert sorted(received) == list(range(1, 40, 4))
                assert all(each.summary["deployable"] for each in received.values())
                assert max(each.moment for each in received.values()) - published_at < 5
                process.terminate()
                rest = clients.receive(10)
            assert process.wait(timeout=60) == 0
        assert len(rest) == 39
        assert {each.status for each in rest.values()} == {200}
        assert [each.summary["resultsExpected"] for _, each in sorted(rest.items())].count(True) == 29


@pytest.mark.thorough
def test_a_thousand_clients_wait_at_two_processes(tmp_path, request):
    raise_descriptors(1_512)
    with empty_database("sqlite", tmp_path, request) as database:
        estate = filled(database, 20)
        with answering(database.url.render_as_string(), "--workers", "2") as (base_url, process):
            paths = [question(number % 20, 120) for number in range(1000)]
            with WaitingClients(urlsplit(base_url).port, paths) as clients:
                assert ordinary_seconds(base_url) < 10
                assert clients.receive(4) == {}
                published_at = time.monotonic()
                estate.verify("Consumer7", "1", by="10")
                received = clients.receive(20, count=50)
                assert sorted(received) == list(range(7, 1000, 20))
                assert all(each.summary["deployable"] for each in received.values())
                assert max(each.moment for each in received.values()) - published_at < 15
                process.terminate()
                rest = clients.receive(20)
            assert process.wait(timeout=60) == 0
        assert len(rest) == 1000
        assert {each.status for each in rest.values()} <= {200, 503}
