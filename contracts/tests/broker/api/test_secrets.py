"""Secrets: creating, listing, replacing and deleting them, without reading their values."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


SHORT = "must have at least 4 characters: the broker cannot remove a shorter text from logs"
SECRET = {"name": "CI_TOKEN", "description": "starts builds", "value": "s3cr3t-value"}


@pytest.fixture
def created(http):
    response = http.post("/secrets", json=SECRET)
    assert response.status_code == 201, response.text
    return response


def test_a_secret_is_created_and_its_value_is_in_no_response(http, created):
    secret = created.json()
    shown = [created, http.get("/secrets"), http.get(f"/secrets/{secret['uuid']}")]

    assert created.headers["Location"] == secret["_links"]["self"]["href"]
    assert (secret["name"], secret["description"], secret["reference"]) == (
        "CI_TOKEN",
        "starts builds",
        "${user.CI_TOKEN}",
    )
    assert shown[1].json()["_embedded"]["secrets"] == [secret] == [shown[2].json()]
    assert not any(SECRET["value"] in each.text for each in shown)


def test_a_value_is_encrypted_in_the_database(http, broker, created):  # noqa: ARG001
    with broker.database.reading() as connection:
        (stored,) = connection.exec_driver_sql("SELECT value FROM secrets").scalars()

    assert SECRET["value"] not in stored
    assert broker.vault.decrypt(stored) == SECRET["value"]


def test_a_secret_shows_its_age_and_when_its_value_was_set(http, broker, clock, created):
    path = f"/secrets/{created.json()['uuid']}"
    clock.forward(days=1)
    described = http.put(path, json={"name": "CI_TOKEN", "description": "other"}).json()
    clock.forward(days=1)
    replaced = http.put(path, json={"name": "CI_TOKEN", "value": "another value"}).json()

    assert [each["valueSetAt"][:10] for each in (created.json(), described, replaced)] == [
        "2026-11-23",
        "2026-11-23",
        "2026-11-25",
    ]
    assert replaced["createdAt"] == created.json()["createdAt"]
    assert "lastUsedAt" not in replaced
    with broker.database.reading() as connection:
        assert broker.vault.decrypt(connection.exec_driver_sql("SELECT value FROM secrets").scalar()) == "another value"


def test_a_deleted_secret_is_gone(http, created):
    path = f"/secrets/{created.json()['uuid']}"

    assert http.delete(path).status_code == 204
    assert [http.get(path).status_code, http.delete(path).status_code, http.put(path, json=SECRET).status_code] == [
        404,
        404,
        404,
    ]


def test_a_name_belongs_to_one_secret(http, created):  # noqa: ARG001
    other = http.post("/secrets", json=SECRET | {"name": "OTHER"}).json()

    for response in (http.post("/secrets", json=SECRET), http.put(f"/secrets/{other['uuid']}", json=SECRET)):
        assert response.status_code == 409
        assert response.json() == {
            "error": "There is already a secret named 'CI_TOKEN'. Replace its value, or choose another name"
        }


def test_an_invalid_secret_is_refused_without_repeating_its_value(http):
    for field, value, problem in (
        ("name", "a b", "must be 1 to 100 of the characters A-Z a-z 0-9 _ -"),
        ("name", None, "must be a string"),
        ("value", "abc", SHORT),
        ("value", "x" * 10_001, "must have at most 10000 characters"),
        ("value", None, "is missing"),
    ):
        response = http.post("/secrets", json=SECRET | {field: value})
        assert (response.status_code, response.json()) == (400, {"errors": {field: [problem]}})


def test_pactflow_s_clients_may_name_a_team(http):
    assert http.post("/secrets", json=SECRET | {"teamUuid": "1da4bc0e-8031-473f-880b-3b3951683284"}).status_code == 201


def test_without_a_key_a_secret_is_refused_with_the_setting_to_set(http, broker, monkeypatch):
    monkeypatch.setattr(type(broker.vault), "file", None)

    response = http.post("/secrets", json=SECRET)

    assert response.status_code == 409
    assert (
        "This broker has no key for secrets, so it stores none. The operator sets PACT_BROKER_SECRETS_KEY"
        in (response.json()["error"])
    )
    assert http.get("/secrets").json()["_embedded"]["secrets"] == []


def test_secrets_need_the_permission_to_change_webhooks(http, broker, created):
    def token(*permissions):
        secret = http.post("/tokens", json={"note": "ci", "permissions": list(permissions)}).json()["token"]
        return {"Authorization": f"Bearer {secret}"}

    path = f"/secrets/{created.json()['uuid']}"
    may, may_not = token({"role": "webhooks"}), token({"role": "publish", "names": None})
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    guarded = TestClient(create_app(broker))

    for method, place in (("GET", "/secrets"), ("POST", "/secrets"), ("GET", path), ("PUT", path), ("DELETE", path)):
        body = None if method in {"GET", "DELETE"} else SECRET | {"name": f"S{method}"}
        assert guarded.request(method, place, json=body, headers=may_not).status_code == 403
        assert guarded.request(method, place, json=body, headers=may).status_code < 300
