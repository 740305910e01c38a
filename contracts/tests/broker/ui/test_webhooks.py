"""The pages of webhooks and their deliveries."""

from __future__ import annotations

import html
import re

import pytest

from contracts.broker.store import deliveries
from contracts.broker.ui import webhooks as webhooks_page
from contracts.model.deliveries import DeliveryStatus, Execution, Next


def words(markup):
    markup = markup.replace("<wbr>", "")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


@pytest.fixture
def webhook(http):
    """Create a webhook; returns its path."""

    def webhook(**fields):
        body = {
            "description": "Build api",
            "events": [{"name": "contract_published"}],
            "request": {
                "method": "POST",
                "url": "http://127.0.0.1:9/build",
                "headers": {"Authorization": "Bearer s3cret-token"},
                "body": {"pact": "${pactbroker.pactUrl}"},
            },
        } | fields
        response = http.post("/webhooks", json=body)
        assert response.status_code == 201, response.text
        return response.headers["location"].removeprefix("http://testserver")

    return webhook


@pytest.fixture
def record(broker):
    """Record an attempt of the newest delivery; returns the path of its log."""

    def record(*, success, logs="POST http://127.0.0.1:9/build\nResponse: 200\n", status=DeliveryStatus.SUCCESS):
        with broker.database.writing() as connection:
            (newest,) = deliveries.newest(connection, 1)
            execution = Execution(success=success, logs=logs, created_at=broker.now())
            deliveries.record(connection, newest.id, execution, Next(status=status, wait=None))
        return f"/triggered-webhooks/{newest.uuid}/logs"

    return record


def test_a_long_list_of_webhooks_comes_in_pages(page, webhook, monkeypatch):
    monkeypatch.setattr(webhooks_page, "PAGE_SIZE", 1)
    webhook(description="First")
    webhook(description="Second", provider={"label": "team"})
    webhook(description="Third", provider={"label": "team"}, events=[{"name": "provider_verification_failed"}])

    first = page("/webhooks?q=team")

    assert "2 webhooks with “team”" in words(first)
    assert '<a href="/webhooks?q=team&amp;page=2">Next' in first
    last = page("/webhooks?q=team&page=2")
    assert "Third" in last
    assert "Second" not in last
    assert "1 webhook with “verification”" in words(page("/webhooks?q=verification"))
    assert "3 webhooks with “127.0.0.1”" in words(page("/webhooks?q=127.0.0.1"))
    assert "No webhook." in words(page("/webhooks?q=nothing"))


def test_without_webhooks_the_page_says_how_to_create_one(page):
    text = words(page("/webhooks"))

    assert "No webhook exists yet." in text
    assert "contracts create-webhook" in text
    assert "Newest deliveries" not in text


def test_the_list_has_each_webhook_and_the_newest_deliveries(page, publish, webhook, record):
    path = webhook()
    publish("1")
    record(success=True)

    shown = page("/webhooks")
    text = words(shown)

    assert f'<a href="{path}"><bdi>Build api</bdi></a>' in shown
    assert "any consumer → any provider contract_published" in text
    assert "Build api just now ✔ delivered 1 attempt contract_published web → api" in text


def test_a_webhook_shows_its_request_without_secrets(page, webhook):
    shown = page(webhook(enabled=False))
    text = words(shown)

    assert "POST http://127.0.0.1:9/build authorization: **********" in text
    assert '{"pact": "${pactbroker.pactUrl}"}' in text
    assert "State disabled" in text
    assert "s3cret" not in shown


def test_a_delivery_shows_its_state_and_the_log_of_each_attempt(page, publish, webhook, record):
    path = webhook()
    publish("1")
    record(success=False, logs="Error: ci.example.org cannot be reached\nFailed\n", status=DeliveryStatus.RETRYING)
    log = record(success=False, logs="Error: no <response>\nFailed\n", status=DeliveryStatus.FAILURE)

    shown = page(log)
    text = words(shown)

    assert f'<a href="{path}"><bdi>Build api</bdi></a>' in shown
    assert "failed just now Event contract_published Contract web → api Attempts 2 made, 0 more possible" in text
    assert text.index("Attempt 1 just now Error: ci.example.org cannot be reached") < text.index("Attempt 2")
    assert "Error: no <response>" in html.unescape(shown)
    assert "<response>" not in shown


def test_a_delivery_that_waits_says_so(page, publish, webhook, broker):
    webhook()
    publish("1")
    with broker.database.reading() as connection:
        (newest,) = deliveries.newest(connection, 1)

    text = words(page(f"/triggered-webhooks/{newest.uuid}/logs"))

    assert "waiting just now" in text
    assert "The webhook has not been sent yet." in text


def test_the_deliveries_of_a_removed_webhook_stay(page, publish, webhook, record, http):
    path = webhook()
    publish("1")
    log = record(success=True)
    assert http.delete(path).status_code == 204

    assert "a removed webhook" in words(page("/webhooks"))
    assert "A removed webhook" in words(page(log))


def test_a_page_of_a_webhook_has_only_its_own_deliveries(page, publish, webhook):
    first, second = webhook(), webhook(events=[{"name": "provider_verification_published"}])
    publish("1")

    assert "contract_published web → api" in words(page(first))
    assert "No event has triggered this webhook yet." in words(page(second))


@pytest.mark.parametrize("path", ["/webhooks/none", "/triggered-webhooks/none/logs"])
def test_a_missing_webhook_or_delivery_is_a_page_that_says_so(page, path):
    assert "Not found" in page(path, status=404)


def test_names_do_not_become_markup(page, webhook):
    path = webhook(description="<script>alert(1)</script>")

    for each in (path, "/webhooks"):
        assert "<script" not in page(each)


def test_a_webhook_shows_why_an_event_did_not_send_it(page, publish, webhook):
    path = webhook(branches=["release/*"], labels=["core"])
    publish("1")
    text = words(page(path))
    assert "Branches release/* Labels core" in text
    assert "not triggered It is for applications with a label of core; the contract had no label. web 1 → api" in text


def test_a_webhook_shows_what_would_happen_now_and_the_curl_command(page, publish, webhook):
    path = webhook()
    publish("1")
    shown = page(path)
    assert "contract_published of web 1 and api : ✔ would be sent" in words(shown)
    assert "--header 'authorization: <AUTHORIZATION>'" in html.unescape(shown)
    refused = words(page(f"{path}?event=contract_requiring_verification_published"))
    assert "would not be sent It listens to contract_published;" in refused
    assert "would be sent" in words(page(f"{path}?event=typo"))


def test_changes_of_a_webhook_and_a_replay_lead_to_the_form_that_checks_them(page, publish, webhook, record):
    path = webhook()
    publish("1")
    links = html.unescape(page(path))
    for method, target in (("POST", f"{path}/execute"), ("DELETE", path)):
        assert f"/ui/requests?method={method}&path={target.replace('/', '%2F')}&next=" in links
    assert f"/ui/webhook/form?webhook={path.rpartition('/')[2]}" in links
    log = record(success=True)
    (href,) = re.findall(r'href="(/ui/requests[^"]*replay[^"]*)"', page(log))
    form = page(html.unescape(href))
    assert 'name="token"' in form
    assert ">Send it again</button>" in form


def test_a_delivery_shows_the_other_decisions_about_its_event(page, publish, webhook, broker):
    webhook()
    webhook(description="Off", enabled=False)
    publish("1")
    with broker.database.reading() as connection:
        (newest,) = deliveries.newest(connection, 1)
    text = words(page(f"/triggered-webhooks/{newest.uuid}/logs"))
    assert "Other decisions about this event Off ○ not triggered It was disabled." in text
