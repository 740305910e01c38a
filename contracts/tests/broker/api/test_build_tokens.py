"""Builds that present the token of their CI service: what each may do, and why another is refused."""

from __future__ import annotations

import dataclasses
import logging
import time

import pytest
from in_process import TestClient
from issuers import AUDIENCE, BUILDS, CLAIMS, DISCOVERY, Issuing, SigningKey, build_token, trusting
from listeners import Reply

from contracts.broker.api import access
from contracts.broker.app import create_app
from contracts.broker.build_tokens import BuildTokens
from contracts.broker.settings import Settings
from contracts.model.trusted_builds import parse


@pytest.fixture(scope="module")
def key():
    return SigningKey()


@pytest.fixture
def guarded(broker, key, tmp_path):
    """A client of a broker that trusts the builds of org/web."""
    return TestClient(create_app(trusting(broker, key, tmp_path)))


@pytest.fixture
def bearer(key):
    return lambda **claims: {"Authorization": f"Bearer {build_token(key, **claims)}"}


def test_a_build_publishes_only_as_its_applications(guarded, bearer):
    def publish(application):
        return guarded.put(f"/pacticipants/{application}/versions/1", json={}, headers=bearer())

    assert [publish(each).status_code for each in ("web", "cart", "api")] == [201, 201, 403]
    refusal = publish("api").json()["error"]
    assert refusal.startswith(
        "The build org/web (GitHub Actions, run 12) may not publish as api, only: publish as cart, web"
    )
    assert refusal.endswith("Someone who runs the broker can permit it in the file of trusted builds")


def test_a_fork_or_another_branch_publishes_nothing(guarded, bearer):
    for claims, reason in (
        ({"event_name": "pull_request", "ref": "refs/pull/1/merge"}, "event_name is pull_request, so it may run the"),
        ({"event_name": "pull_request_target"}, "event_name is pull_request_target, so it may run the code of a fork"),
        ({"repository": "fork/web"}, "not trust the build fork/web (GitHub Actions, run 12): no entry is about its"),
        ({"ref": "refs/heads/x"}, "ref is refs/heads/x, not refs/heads/main"),
    ):
        for method, path in (("PUT", "/pacticipants/web/versions/1"), ("GET", "/pacticipants")):
            response = guarded.request(method, path, json={}, headers=bearer(**claims))

            assert response.status_code == 403
            assert reason in response.text
            assert "file of trusted builds" in response.text
            assert "repository" not in claims or "org/web" not in response.text


def test_an_invalid_token_says_why_and_is_logged_without_it(guarded, bearer, caplog):
    for claims, reason in (
        ({"exp": time.time() - 900}, "it has expired"),
        ({"aud": "https://elsewhere"}, f"it is for another audience. Request it for {AUDIENCE}"),
        ({"iss": "https://elsewhere"}, "this broker does not trust its issuer"),
        ({"iss": None}, "it names no issuer"),
    ):
        header = bearer(**claims)
        with caplog.at_level(logging.WARNING, access.__name__):
            response = guarded.get("/pacticipants", headers=header)

        assert response.status_code == 401
        assert response.text.startswith(f"The token of the build is not accepted: {reason}")
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert "elsewhere" not in response.text
        assert header["Authorization"][-20:] not in caplog.text + response.text
    (line,) = caplog.messages  # the first of each address
    assert line.startswith("The token of the build is not accepted: it has expired. Request a new one, from testclient")


def test_wrong_tokens_of_builds_lock_no_other_build_of_their_address_out(broker, bearer, key, tmp_path):
    client = TestClient(create_app(trusting(broker, key, tmp_path, max_failed_logins=2)))

    for _ in range(5):
        assert client.get("/pacticipants", headers=bearer(exp=1)).status_code == 401

    assert client.get("/pacticipants", headers=bearer()).status_code == 200


def test_a_token_counts_only_until_it_expires(guarded, bearer, monkeypatch):
    header = bearer(exp=int(time.time()) + 40)
    assert guarded.get("/pacticipants", headers=header).status_code == 200
    real = time.monotonic

    monkeypatch.setattr("contracts.broker.build_tokens.time.monotonic", lambda: real() + 41)
    monkeypatch.setattr("contracts.broker.openid._LEEWAY_SECONDS", -41)

    assert guarded.get("/pacticipants", headers=header).status_code == 401


def test_a_build_is_identified_before_its_result_takes_a_thread_of_writers(broker, key, tmp_path):
    builds, token = trusting(broker, key, tmp_path).build_tokens, build_token(key)
    identified = []

    async def app(scope, _receive, send):
        identified.append((scope["method"], builds.remembered(token) is not None))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    client = TestClient(access.BasicAuth(app, Settings(), build_tokens=builds), headers={"Build-Token": token})
    assert [client.get("/").status_code, client.post("/").status_code] == [204, 204]
    assert identified == [("GET", False), ("POST", True)]


def test_the_broker_says_that_it_takes_tokens_of_builds(guarded, broker):
    assert guarded.get("/").headers["www-authenticate"] == 'Basic realm="Restricted area", Bearer realm="builds"'

    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    with TestClient(create_app(broker)) as other:
        assert other.get("/").headers["www-authenticate"] == 'Bearer realm="Restricted area"'


def test_keys_are_found_at_the_issuer_and_their_absence_is_a_503(broker):
    with Issuing() as issuer:
        builds = parse(BUILDS.replace('keys = "keys.json"', f'issuer = "{issuer.url}"'))
        broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
        header = {"Authorization": f"Bearer {issuer.token(**CLAIMS)}"}

        def ask():
            broker.build_tokens = BuildTokens(builds, {})
            return TestClient(create_app(broker)).get("/pacticipants", headers=header)

        assert ask().status_code == 200
        issuer.answers[DISCOVERY] = Reply(status=500)
        response = ask()

    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert "cannot be checked now" in response.text
