"""Testing a webhook by sending it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from estates import Estate
from hooks import add_webhook, document
from in_process import TestClient
from listeners import Listener, Reply, until

from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.testing import running_broker


BASE = "http://testserver"


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


def test_a_webhook_is_sent_with_the_newest_pact(http, broker, listener):
    Estate(broker).publish("Till", "1", "a")
    listener.answers["/hook"] = Reply(202, b'{"ok": true}')
    webhook = add_webhook(
        broker,
        url=f"{listener.url}/hook?v=${{pactbroker.consumerVersionNumber}}",
        headers={"authorization": "Bearer t0ken"},
        body={"event": "${pactbroker.eventName}"},
    )
    response = http.post(f"/webhooks/{webhook.uuid}/execute")
    executed = response.json()
    assert response.status_code == 200
    assert listener.wait_for(1)[0].json == {"event": "test"}
    logs = executed.pop("logs")
    headers = executed["request"].pop("headers")
    sent = {"accept", "authorization", "content-length", "content-type", "host", "user-agent"}
    assert set(headers) == sent | {"idempotency-key", "webhook-id", "webhook-timestamp"}
    assert (headers["authorization"], headers["host"]) == ("*" * 10, f"127.0.0.1:{listener.port}")
    assert executed["response"].pop("headers")["content-type"] == "application/json"
    assert executed == {
        "request": {"body": {"event": "test"}, "url": "/hook?v=1"},
        "response": {"status": 202, "body": {"ok": True}},
        "success": True,
        "_links": {
            "try-again": {"title": "Send it again", "href": f"{BASE}/webhooks/{webhook.uuid}/execute"},
            "webhook": {"href": f"{BASE}/webhooks/{webhook.uuid}"},
        },
    }
    assert "Succeeded" in logs
    assert "t0ken" not in response.text


def test_other_requests_do_not_wait_for_the_receiver_of_a_test(listener):
    hold = threading.Event()
    listener.answers["/hook"] = Reply(hold=hold)
    count = 20  # more than any limit
    with running_broker() as running, ThreadPoolExecutor(count) as pool:
        tested = document(f"{listener.url}/hook")
        tests = [pool.submit(requests.post, f"{running.base_url}/webhooks/execute", json=tested) for _ in range(count)]
        try:
            until(lambda: running.broker.limits.sending.statistics().tasks_waiting > 0)
            url = f"{running.base_url}/pacticipants/Till/versions/1"
            assert requests.put(url, json={}, timeout=60).status_code == 201
            assert requests.get(url, timeout=60).status_code == 200
        finally:
            hold.set()
        assert {each.result().status_code for each in tests} == {200}


def test_a_test_stores_nothing(http, broker, listener):
    Estate(broker).publish("Till", "1", "a")
    webhook = add_webhook(broker, url=f"{listener.url}/hook")
    http.post(f"/webhooks/{webhook.uuid}/execute", content=b"anything", headers={"Content-Type": "text/plain"})
    status = http.get("/pacts/provider/Ledger/consumer/Till/webhooks/status").json()
    assert status["_embedded"]["triggeredWebhooks"] == []


def test_a_webhook_that_is_not_saved_is_sent_with_an_example(http, listener):
    body = '{"consumer": "${pactbroker.consumerName}"}'
    listener.answers["/hook"] = Reply(500, b"plain")
    response = http.post("/webhooks/execute", json=document(f"{listener.url}/hook", request={"body": body}))
    executed = response.json()
    assert (response.status_code, executed["success"]) == (200, False)
    assert executed["request"]["body"] == {"consumer": "placeholder-consumer"}
    assert (executed["response"]["status"], executed["response"]["body"]) == (500, "plain")
    assert executed["_links"] == {"try-again": {"title": "Send it again", "href": f"{BASE}/webhooks/execute"}}


def test_an_error_replaces_the_response(http):
    executed = http.post("/webhooks/execute", json=document("http://127.0.0.1:1")).json()
    assert executed["success"] is False
    assert executed["error"]["message"] == "127.0.0.1 cannot be reached on port 1 (Connection refused)"
    assert executed["request"]["url"] == "/"
    assert "response" not in executed


def test_without_listed_hosts_nothing_inside_is_reached(database, listener):
    broker = Runtime(settings=Settings(webhook_scheme_whitelist=("http",)), database=database)
    with TestClient(create_app(broker)) as http:
        executed = http.post("/webhooks/execute", json=document(f"{listener.url}/x")).json()
    assert "does not have a public address" in executed["error"]["message"]
    assert "PACT_BROKER_WEBHOOK_HOST_WHITELIST" in executed["message"]
    assert "response" not in executed
    assert listener.arrived == []


def test_without_listed_hosts_an_answer_is_hidden(database, listener, monkeypatch):
    """The address counts as public here, since a test reaches none that is."""
    monkeypatch.setattr("ipaddress.IPv4Address.is_global", True)
    listener.answers["/x"] = Reply(200, b"inner secrets")
    broker = Runtime(settings=Settings(webhook_scheme_whitelist=("http",)), database=database)
    with TestClient(create_app(broker)) as http:
        response = http.post("/webhooks/execute", json=document(f"{listener.url}/x"))
    assert response.json()["success"] is True
    assert "PACT_BROKER_WEBHOOK_HOST_WHITELIST" in response.json()["message"]
    assert not {"response", "error"} & set(response.json())
    assert "inner secrets" not in response.text


def test_a_webhook_that_breaks_a_rule_or_is_not_there_is_not_sent(http, listener):
    sent = document(f"{listener.url}/x", request={"method": "FETCH"})
    assert http.post("/webhooks/execute", json=sent).status_code == 400
    assert http.post("/webhooks/no-such-webhook-1/execute").status_code == 404
    assert listener.arrived == []


def test_tests_of_a_silent_host_do_not_hold_up_those_of_another(http, broker, listener):
    silent = add_webhook(broker, url="http://127.0.0.1:9/silent")
    webhook = add_webhook(broker, url=f"{listener.url}/hook")
    for _ in range(2):
        broker.tests.begin("127.0.0.1:9")

    refused = http.post(f"/webhooks/{silent.uuid}/execute").json()
    executed = http.post(f"/webhooks/{webhook.uuid}/execute").json()

    assert refused["success"] is False
    assert "Other tests of webhooks to 127.0.0.1:9 have no response yet" in refused["error"]["message"]
    assert executed["success"] is True
