"""Webhooks without their secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from contracts.model.archive.missing_secrets import without_secrets
from contracts.model.archive.records import Webhook, name


CREATED = datetime(2026, 3, 1, tzinfo=UTC)
WEBHOOK = Webhook(
    uuid="0123456789abcdef",
    enabled=True,
    events=("contract_published",),
    method="POST",
    url="https://ci.example.org/hook",
    headers={"content-type": "application/json"},
    created_at=CREATED,
    updated_at=CREATED,
)


def test_a_webhook_without_secrets_stays_as_it_is():
    assert without_secrets(WEBHOOK) == [WEBHOOK]


def test_a_webhook_with_secrets_is_disabled_and_a_gap_names_them():
    secret = replace(WEBHOOK, headers={"x-auth-token": "t", "accept": "*/*"}, username="u", password="p")
    shown, gap = without_secrets(secret)
    assert shown == replace(secret, headers={"accept": "*/*"}, password=None, enabled=False)
    assert gap.inherent
    assert gap.what == "secrets of the webhook 'POST ci.example.org' (0123456789abcdef)"
    assert "header x-auth-token, password (it was enabled" in gap.reason
    assert "it was disabled before" in without_secrets(replace(secret, enabled=False))[1].reason


def test_a_webhook_without_its_signing_secret_stays_enabled_and_a_gap_says_how_to_create_one():
    shown, gap = without_secrets(replace(WEBHOOK, signing_secret="whsec_x"))
    assert (shown, shown.signing_secret) == (WEBHOOK, None)
    assert gap.what == "the signing secret of the webhook 'POST ci.example.org' (0123456789abcdef)"
    assert gap.reason.endswith("contracts webhook rotate-secret --uuid 0123456789abcdef")


def test_the_name_of_a_record_is_its_key():
    assert name(WEBHOOK) == "webhook 0123456789abcdef"
