"""Signing secrets of webhooks over HTTP, and what a receiver gets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hooks import add_webhook, document
from listeners import Listener
from sqlalchemy import select

from contracts.broker.store.tables import webhooks
from contracts.broker.vault import Vault
from contracts.model import signatures
from contracts.model.signatures import InvalidDelivery


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


def verified(broker, secret, arrived):
    """Return the id of a delivery that a receiver with *secret* verifies."""
    return signatures.verify(secret, arrived.headers, arrived.body, broker.now())


def test_a_new_webhook_shows_its_signing_secret_once_and_stores_it_encrypted(http, broker):
    created = http.post("/webhooks", json=document("http://127.0.0.1:9/x")).json()
    assert created["signingSecret"].startswith("whsec_")
    with broker.database.reading() as connection:
        (stored,) = connection.scalars(select(webhooks.c.signing_secrets))
    assert created["signingSecret"] not in str(stored)
    assert broker.vault.decrypt(stored[0]["sealed"]) == created["signingSecret"]
    assert http.get(f"/webhooks/{created['uuid']}").json() == {
        name: value for name, value in created.items() if name != "signingSecret"
    }


def test_a_change_of_a_webhook_keeps_its_signing_secret(http, broker, listener):
    url = "/webhooks/my-own-identifier-0001"
    secret = http.put(url, json=document(listener.url)).json()["signingSecret"]
    changed = http.put(url, json=document(f"{listener.url}/other", description="Build")).json()
    assert "signingSecret" not in changed
    http.post(f"{url}/execute")
    assert verified(broker, secret, listener.wait_for(1)[0])


def test_both_secrets_sign_while_the_old_one_is_valid(http, broker, listener, clock):
    created = http.post("/webhooks", json=document(listener.url)).json()
    address = created["_links"]["pb:signing-secret"]["href"]
    old, response = created["signingSecret"], http.post(address, json={"oldValidForHours": 2})
    new = response.json()["signingSecret"]
    assert (response.status_code, new != old) == (201, True)
    assert response.json()["signing"] == {
        "createdAt": "2026-11-23T08:00:00+00:00",
        "previousValidUntil": "2026-11-23T10:00:00+00:00",
    }
    http.post(created["_links"]["pb:execute"]["href"])
    clock.forward(hours=2)
    http.post(created["_links"]["pb:execute"]["href"])
    during, after = listener.wait_for(2)
    at = broker.now() - timedelta(hours=2)
    assert signatures.verify(old, during.headers, during.body, at) == signatures.verify(
        new, during.headers, during.body, at
    )
    assert verified(broker, new, after)
    with pytest.raises(InvalidDelivery, match="No signature"):
        verified(broker, old, after)


def test_a_webhook_that_existed_before_is_unsigned_until_it_gets_a_secret(http, broker, listener):
    webhook = add_webhook(broker, url=listener.url)
    execute = f"/webhooks/{webhook.uuid}/execute"
    assert "signing" not in http.get(f"/webhooks/{webhook.uuid}").json()
    http.post(execute)
    secret = http.post(f"/webhooks/{webhook.uuid}/signing-secret").json()["signingSecret"]
    http.post(execute)
    assert http.delete(f"/webhooks/{webhook.uuid}/signing-secret").status_code == 204
    http.post(execute)
    before, signed, after = listener.wait_for(3)
    assert verified(broker, secret, signed) == signed.headers["idempotency-key"]
    assert "webhook-signature" not in before.headers | after.headers
    assert len({each.headers["webhook-id"] for each in (before, signed, after)}) == 3


def test_a_rotation_does_not_count_as_a_change_of_the_webhook(http, clock):
    webhook = http.post("/webhooks", json=document("http://127.0.0.1:9/x")).json()
    clock.forward(hours=1)
    http.post(webhook["_links"]["pb:signing-secret"]["href"])
    assert "updatedAt" not in http.get(f"/webhooks/{webhook['uuid']}").json()


@pytest.mark.parametrize("hours", [-1, 721, "x", None])
def test_the_hours_of_the_old_secret_have_limits(http, hours):
    webhook = http.post("/webhooks", json=document("http://127.0.0.1:9/x")).json()
    response = http.post(webhook["_links"]["pb:signing-secret"]["href"], json={"oldValidForHours": hours})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["oldValidForHours"])


def test_an_unknown_webhook_has_no_signing_secret(http):
    assert http.post("/webhooks/unknown-webhook-0001/signing-secret").status_code == 404
    assert http.delete("/webhooks/unknown-webhook-0001/signing-secret").status_code == 404


def test_a_broker_without_a_key_creates_webhooks_unsigned_and_says_how_to_sign(http, monkeypatch):
    monkeypatch.setattr(Vault, "file", None)  # as over PostgreSQL without the setting
    created = http.post("/webhooks", json=document("http://127.0.0.1:9/x"))
    assert created.status_code == 201
    assert not {"signing", "signingSecret"} & created.json().keys()
    response = http.post(created.json()["_links"]["pb:signing-secret"]["href"])
    assert response.status_code == 409
    assert "PACT_BROKER_SECRETS_KEY" in response.text


def test_a_webhook_is_not_sent_unsigned_after_its_key_was_lost(http, broker, listener):
    webhook = http.post("/webhooks", json=document(listener.url)).json()
    broker.vault.file.unlink()
    broker.vault = Vault(broker.settings, broker.database)
    attempt = http.post(f"/webhooks/{webhook['uuid']}/execute").json()
    assert not attempt["success"]
    assert "which this broker does not have" in attempt["logs"]
    assert listener.arrived == []
