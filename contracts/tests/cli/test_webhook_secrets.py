"""`contracts webhook`: signing secrets."""

from __future__ import annotations

import pytest

from contracts.client import Webhook, WebhookRequest


UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9aa"


@pytest.fixture(scope="module")
def first_secret(client):
    webhook = Webhook(events=("contract_published",), request=WebhookRequest(url="http://127.0.0.1:1/"))
    return client.put_webhook(UUID, webhook).signing_secret


def test_a_signing_secret_is_replaced_and_printed_once(contracts, ask, client, first_secret):
    printed = contracts("webhook", "rotate-secret", "--uuid", UUID, "--old-valid-for", "0").stdout
    second = printed.split()[0]
    third = ask("webhook", "rotate-secret", "--uuid", UUID)
    assert third["uuid"] == UUID
    assert len({first_secret, second, third["signingSecret"]}) == 3
    assert second.startswith("whsec_")
    assert "It is shown only now." in printed
    assert client.webhook(UUID).signing_secret is None


@pytest.mark.usefixtures("first_secret")
def test_a_signing_secret_is_removed(contracts):
    done = contracts("webhook", "remove-secret", "--uuid", UUID)
    assert "The deliveries of webhook" in done.output


@pytest.mark.parametrize("command", ["rotate-secret", "remove-secret"])
def test_an_unknown_webhook_is_an_error_with_the_list(contracts, command):
    output = contracts("webhook", command, "--uuid", "unknown-webhook-0001", status=2).output
    assert "List them: contracts list-webhooks" in output


def test_a_new_webhook_prints_its_secret_only_for_a_receiver_of_your_own(ask, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "t0ken")
    event = "--contract-published"
    own = ask("create-webhook", "http://127.0.0.1:1/hook", event)
    service = ask("create-webhook", "--slack", "http://127.0.0.1:1/services/x", event)
    assert own["signingSecret"].startswith("whsec_")
    assert "signingSecret" not in service
