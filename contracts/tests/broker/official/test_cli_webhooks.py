"""Webhooks, by the command line."""

from __future__ import annotations

import json

import pytest
from official_cli import FAILED, UUID, run


@pytest.mark.thorough
def test_webhooks_are_made_changed_sent_and_removed(pact, address):
    pact("create-or-update-pacticipant", "--name", "Caller")
    body = json.dumps({"name": "Called"})
    posting = (f"{address}/pacticipants", "--request", "POST", "--header", "Content-Type: application/json")
    webhook = json.loads(
        pact(
            *("create-webhook", *posting, "--data", body, "--consumer", "Caller", "--description", "call"),
            *("--contract-content-changed", "--provider-verification-published"),
        )
    )
    assert [each["name"] for each in webhook["events"]] == [
        "contract_content_changed",
        "provider_verification_published",
    ]
    this = ("--uuid", webhook["_links"]["self"]["href"].rpartition("/")[2])
    assert '"success":true' in pact("test-webhook", *this)
    assert "Called" in pact("list-pacticipants")
    assert "successfully deleted" in pact("delete-webhook", *this)
    assert "not found" in pact("delete-webhook", *this)
    assert "404" in pact("test-webhook", *this, status=FAILED)


@pytest.mark.thorough
def test_a_webhook_can_have_a_chosen_uuid(pact):
    unheard = ("http://127.0.0.1:1/one", "--request", "POST", "--contract-published")
    webhook = json.loads(pact("create-or-update-webhook", "--uuid", UUID, *unheard))
    assert webhook["_links"]["self"]["href"].endswith(UUID)
    changed = pact("create-or-update-webhook", "--uuid", UUID, "http://127.0.0.1:1/two", *unheard[1:])
    assert json.loads(changed)["request"]["url"] == "http://127.0.0.1:1/two"
    assert '"success":false' in pact("test-webhook", "--uuid", UUID)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("http://127.0.0.1:1/", "-X", "POST"), "No events specified"),
        (("ftp://127.0.0.1/", "-X", "POST", "--contract-published"), "request.url"),
        (("http://127.0.0.1:1/", "-X", "POST", "--contract-published", "--consumer", "Nobody"), "consumer.name"),
    ],
)
def test_a_webhook_that_could_never_work_is_refused(pact, arguments, reason):
    assert reason in pact("create-webhook", *arguments, status=FAILED)


@pytest.mark.thorough
def test_a_uuid_is_generated_without_a_broker():
    assert len(run("generate-uuid").strip()) == len(UUID)
