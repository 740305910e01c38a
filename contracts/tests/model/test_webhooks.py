"""Webhooks: their secrets, display and events."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.model.errors import InvalidFields
from contracts.model.webhooks import EVENTS, RESULT_EVENTS, STARS, Side, Webhook, WebhookRequest, described, is_secret


REQUEST = WebhookRequest(
    method="post",
    url="https://ci.example.org/x?y=${pactbroker.consumerName}",
    headers={"authorization": "Bearer t0ken", "x-api-key": "k3y", "accept": "text/plain"},
    username="u",
    password="s3cret",
)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "x-auth-token",
        "X-API-Key",
        "apikey",
        "private-token",
        "Cookie",
        "x-secret",
        "password",
        "X-Key",
        "X-Pat",
        "X-Hub-Signature-256",
        "x-functions-key",
        "X_Pwd",
    ],
)
def test_a_header_with_a_credential_is_secret(name):
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["content-type", "accept", "x-request-id", "x-keyboard", "x-path", "user-agent", "idempotency-key"]
)
def test_another_header_is_not_secret(name):
    assert not is_secret(name)


@pytest.mark.parametrize(
    "value",
    ["Bearer abc", "token abc", "Basic dTpw", "ghp_abc", "github_pat_abc", "glpat-abc", "xoxb-1-2", "eyJhbGci.e30.x"],
)
def test_a_value_that_looks_like_a_token_is_secret_under_any_name(value):
    request = WebhookRequest(method="POST", url="https://h/", headers={"x-custom": value, "x-plain": "plain"})
    assert request.redacted_headers() == {"x-custom": STARS, "x-plain": "plain"}
    assert value in request.secrets()


def test_secrets_are_shown_as_stars():
    assert REQUEST.redacted_headers() == {"authorization": STARS, "x-api-key": STARS, "accept": "text/plain"}
    assert "s3cret" not in repr(REQUEST)


def test_secrets_are_the_values_with_and_without_their_scheme_and_the_password():
    assert REQUEST.secrets() == {"Bearer t0ken", "t0ken", "k3y", "s3cret"}
    assert WebhookRequest(method="POST", url="https://h/").secrets() == set()


def test_stars_keep_the_stored_secret():
    read = WebhookRequest(
        method="POST", url=REQUEST.url, headers={"authorization": STARS, "x-other": STARS, "accept": "a"}, password="*"
    )
    request = read.kept_from(REQUEST)
    assert request.headers == {"authorization": "Bearer t0ken", "x-other": STARS, "accept": "a"}
    assert request.password == "s3cret"


@pytest.mark.parametrize("password", [None, "", "new", "*a*"])
def test_a_new_password_replaces_the_stored_one(password):
    assert WebhookRequest(method="POST", url="https://h/", password=password).kept_from(REQUEST).password == password


def test_a_request_is_described_by_method_and_host():
    assert described(REQUEST) == "POST ci.example.org"
    assert described(WebhookRequest(method="POST", url="nowhere")) == "POST"


@pytest.mark.parametrize(("description", "shown"), [("Build", "Build"), (None, "POST ci.example.org"), ("", None)])
def test_a_webhook_is_shown_as_its_description_or_what_it_does(description, shown):
    webhook = Webhook(
        id=1,
        uuid="u",
        description=description,
        enabled=True,
        consumer=Side(name="Till"),
        provider=None,
        request=REQUEST,
        events=EVENTS,
        created_at=NOW,
        updated_at=NOW,
    )
    assert webhook.shown_as == (shown or "POST ci.example.org")


def test_three_events_are_about_results():
    assert {each for each in EVENTS if "verification_" in each and each.startswith("provider")} == RESULT_EVENTS


@pytest.mark.parametrize(
    "url",
    [
        "https://attacker.example/build",
        "http://ci.example.org/build",
        "https://ci.example.org:8443/build",
        "https://ci.example.org@attacker.example/build",
    ],
)
def test_secrets_do_not_follow_to_another_place(url):
    for secret in ({"headers": {"authorization": STARS}}, {"password": STARS}):
        with pytest.raises(InvalidFields, match="Enter it again"):
            WebhookRequest(method="POST", url=url, **secret).kept_from(REQUEST)
    own = WebhookRequest(method="POST", url=url, headers={"authorization": "mine"}, password="mine")
    assert own.kept_from(REQUEST) == own
