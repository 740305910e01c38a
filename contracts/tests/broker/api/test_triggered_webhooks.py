"""What webhooks were triggered for, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate
from hooks import add_webhook, claim_due

from contracts.broker.store import deliveries
from contracts.model.deliveries import DeliveryStatus, Execution, Next


BASE = "http://testserver"
PAIR = "/pacts/provider/Ledger/consumer/Till"
SUCCEEDED = Next(status=DeliveryStatus.SUCCESS, wait=None)
FAILED = Next(status=DeliveryStatus.FAILURE, wait=None)
RETRYING = Next(status=DeliveryStatus.RETRYING, wait=timedelta(seconds=10))


@pytest.fixture
def webhook(broker):
    events = ("contract_published", "provider_verification_published")
    return add_webhook(broker, description="Build", events=events)


@pytest.fixture
def estate(broker, webhook):
    assert webhook.enabled
    estate = Estate(broker)
    estate.publish("Till", "1", "a")
    return estate


@pytest.fixture
def attempt(broker, clock):
    """Note an attempt at everything that is due."""

    def attempt(follows, logs="said\n"):
        clock.forward(seconds=10)
        with broker.database.writing() as connection:
            for each in claim_due(connection, clock(), timedelta(seconds=1), 10):
                success = follows.status is DeliveryStatus.SUCCESS
                execution = Execution(success=success, logs=logs, created_at=clock())
                deliveries.record(connection, each.id, execution, follows)

    return attempt


def _logs(http):
    (item,) = http.get(f"{PAIR}/version/1/triggered-webhooks").json()["_embedded"]["triggeredWebhooks"]
    return item["_links"]["pb:logs"]["href"].removeprefix(BASE)


def test_the_webhooks_of_a_pact_are_listed_with_their_status(http, estate, webhook):
    document = http.get(f"{PAIR}/version/1/triggered-webhooks").json()
    (item,) = document["_embedded"]["triggeredWebhooks"]
    log = {"href": f"{BASE}{_logs(http)}", "title": "What was sent and answered", "name": "POST 127.0.0.1"}
    assert item == {
        "name": "POST 127.0.0.1",
        "status": "not_run",
        "attemptsMade": 0,
        "attemptsRemaining": 7,
        "triggerType": "resource_creation",
        "eventName": "contract_published",
        "triggeredAt": "2026-11-23T08:00:00+00:00",
        "_links": {
            "pb:logs": log,
            "logs": log,
            "pb:webhook": {"href": f"{BASE}/webhooks/{webhook.uuid}", "title": "Webhook", "name": "POST 127.0.0.1"},
            "pb:replay": {"href": BASE + _logs(http).replace("/logs", "/replay"), "title": "POST to send it again"},
        },
    }
    href = f"{BASE}{PAIR}/version/1/triggered-webhooks"
    assert document["_links"] == {"self": {"title": "Triggered webhooks", "href": href}}
    assert estate


def test_the_webhooks_of_a_result_are_listed_under_it(http, estate):
    estate.verify("Till", "1", by="10")
    sha = estate.pact("Till", "1").sha
    for metadata in ("", "/metadata/eHg"):
        path = f"{PAIR}/pact-version/{sha}{metadata}/verification-results/1/triggered-webhooks"
        items = http.get(path).json()["_embedded"]["triggeredWebhooks"]
        assert [each["eventName"] for each in items] == ["provider_verification_published"]


@pytest.mark.parametrize(
    "path",
    [
        f"{PAIR}/version/9/triggered-webhooks",
        f"{PAIR}/pact-version/{'0' * 40}/verification-results/1/triggered-webhooks",
        "/pacts/provider/Ledger/consumer/Nobody/webhooks/status",
        "/pacts/provider/Nobody/consumer/Till/webhooks/status",
        "/triggered-webhooks/9f0c7f0c-0000-4000-8000-000000000000/logs",
    ],
)
def test_unknown_objects_are_a_404(http, estate, path):
    assert estate
    assert http.get(path).status_code == 404


def test_the_status_of_a_pair_counts_and_links_failures(http, estate, attempt):
    attempt(RETRYING)
    estate.verify("Till", "1", by="10")
    document = http.get(f"{PAIR}/webhooks/status").json()
    assert document["summary"] == {"successful": 0, "failed": 0, "retrying": 1, "notRun": 1}
    items = document["_embedded"]["triggeredWebhooks"]
    assert [(each["eventName"], each["status"], each["attemptsRemaining"]) for each in items] == [
        ("contract_published", "retrying", 6),
        ("provider_verification_published", "not_run", 7),
    ]
    assert document["_links"] == {
        "self": {"title": "Webhooks of the pair, as they stand", "href": f"{BASE}{PAIR}/webhooks/status"},
        "pb:error-logs": [items[0]["_links"]["pb:logs"]],
        "pb:pact-webhooks": {"title": "Webhooks of the pair", "href": f"{BASE}{PAIR}/webhooks"},
        "pb:pact-version": {
            "title": "Pact",
            "name": "Pact between Till (1) and Ledger",
            "href": f"{BASE}{PAIR}/version/1",
        },
        "pb:consumer": {"title": "Consumer", "name": "Till", "href": f"{BASE}/pacticipants/Till"},
        "pb:provider": {"title": "Provider", "name": "Ledger", "href": f"{BASE}/pacticipants/Ledger"},
    }


@pytest.mark.parametrize(
    ("follows", "summary", "errors"),
    [(SUCCEEDED, {"successful": 1, "failed": 0}, 0), (FAILED, {"successful": 0, "failed": 1}, 1)],
)
def test_a_summary_leaves_out_zeros_except_successes_and_failures(http, estate, attempt, follows, summary, errors):
    assert estate
    attempt(follows)
    document = http.get(f"{PAIR}/webhooks/status").json()
    assert document["summary"] == summary
    assert len(document["_links"]["pb:error-logs"]) == errors


def test_a_pair_without_a_pact_has_a_status_too(http):
    for name in ("Till", "Ledger"):
        http.post("/pacticipants", json={"name": name})
    document = http.get(f"{PAIR}/webhooks/status").json()
    assert document["summary"] == {"successful": 0, "failed": 0}
    assert "pb:pact-version" not in document["_links"]


def test_logs_are_text_of_every_attempt(http, estate, attempt):
    assert estate
    path = _logs(http)
    waiting = http.get(path, headers={"Accept": "text/plain"})
    assert (waiting.status_code, waiting.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert "has not been sent yet" in waiting.text
    attempt(RETRYING, "first\n")
    attempt(SUCCEEDED, "second\n")
    assert http.get(path, headers={"Accept": "text/plain"}).text == "first\n\nsecond\n"


def test_logs_are_a_document_for_a_client_that_accepts_one(http, estate, attempt, webhook):
    assert estate
    path = _logs(http)
    attempt(RETRYING, "first\n")
    uuid = path.split("/")[2]
    assert http.get(path).json() == {
        "eventName": "contract_published",
        "consumerName": "Till",
        "providerName": "Ledger",
        "executions": [{"success": False, "logs": "first\n", "createdAt": "2026-11-23T08:00:10+00:00"}],
        "_embedded": {"triggeredWebhook": {"uuid": uuid}},
        "_links": {
            "self": {"title": "What was sent and answered", "href": f"{BASE}{path}"},
            "pb:webhook": {"title": "Webhook", "href": f"{BASE}/webhooks/{webhook.uuid}"},
        },
    }


def test_a_webhook_that_is_removed_leaves_its_traces(http, estate, attempt, webhook):
    assert estate
    attempt(FAILED)
    http.delete(f"/webhooks/{webhook.uuid}")
    (item,) = http.get(f"{PAIR}/version/1/triggered-webhooks").json()["_embedded"]["triggeredWebhooks"]
    assert "name" not in item
    assert set(item["_links"]) == {"pb:logs", "logs"}
    assert "name" not in item["_links"]["logs"]
    document = http.get(_logs(http)).json()
    assert set(document["_links"]) == {"self"}
    assert len(document["executions"]) == 1
