"""Tokens: creating, listing, using and revoking them."""

from __future__ import annotations

import dataclasses
import logging
from datetime import datetime, timedelta

import pytest
from in_process import TestClient

from contracts.broker.api import access
from contracts.broker.app import create_app
from contracts.model.tokens import PREFIX


@pytest.fixture
def create(http):
    def create(**fields):
        response = http.post("/tokens", json={"note": "ci of web"} | fields)
        assert response.status_code == 201, response.text
        return response.json()

    return create


@pytest.fixture
def guarded(broker):
    """A client of the broker once it requires credentials."""
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    return TestClient(create_app(broker))


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_shown_once_and_stored_nowhere(http, create, database):
    token = create()["token"]
    assert token.startswith(PREFIX)
    (listed,) = http.get("/tokens").json()["_embedded"]["tokens"]
    assert "token" not in listed
    assert listed["start"] == token[: len(listed["start"])]
    assert len(listed["start"]) < len(token) / 2
    with database.reading() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM tokens").all())
    assert token not in stored


def test_a_request_needs_a_token_that_exists(create, guarded):
    token = create(permissions=[{"role": "publish", "names": ["web"]}])["token"]
    assert guarded.get("/pacticipants").status_code == 401
    assert guarded.get("/pacticipants", headers=bearer(token)).status_code == 200
    assert guarded.put("/pacticipants/web/versions/1", json={}, headers=bearer(token)).status_code == 201


@pytest.mark.parametrize("token", ["", "x", PREFIX, f"{PREFIX}unknown"])
def test_another_token_is_refused_and_logged(guarded, caplog, token):
    with caplog.at_level(logging.WARNING, access.__name__):
        response = guarded.get("/pacticipants", headers=bearer(token))
    assert response.status_code == 401
    if token:
        assert "unknown, revoked or expired" in response.text
        assert response.headers["www-authenticate"].startswith("Bearer ")
        assert "Wrong password for a token from testclient" in caplog.text
    if token.endswith("unknown"):
        assert "unknown" not in caplog.text


def test_a_revoked_token_is_refused_at_once(http, create, guarded):
    token = create()
    assert guarded.get("/pacticipants", headers=bearer(token["token"])).status_code == 200
    assert http.delete(f"/tokens/{token['uuid']}").status_code == 204
    assert guarded.get("/pacticipants", headers=bearer(token["token"])).status_code == 401
    assert http.get(f"/tokens/{token['uuid']}").status_code == 404


def test_a_regenerated_token_replaces_the_old_one(http, create, guarded):
    old = create()
    assert guarded.get("/pacticipants", headers=bearer(old["token"])).status_code == 200
    new = http.post(f"/tokens/{old['uuid']}/regenerate")
    assert (new.status_code, new.json()["uuid"]) == (201, old["uuid"])
    assert guarded.get("/pacticipants", headers=bearer(old["token"])).status_code == 401
    assert guarded.get("/pacticipants", headers=bearer(new.json()["token"])).status_code == 200


def test_a_token_expires(create, guarded, clock):
    token = create(expiresInDays=1)["token"]
    clock.forward(hours=23)
    assert guarded.get("/pacticipants", headers=bearer(token)).status_code == 200
    clock.forward(hours=1)
    assert guarded.get("/pacticipants", headers=bearer(token)).status_code == 401


def test_a_token_expires_within_a_year_unless_it_never_does(http):
    created = http.post("/tokens", json={"note": "ci"}).json()
    assert datetime.fromisoformat(created["expiresAt"]) - datetime.fromisoformat(created["createdAt"]) == timedelta(365)
    assert http.post("/tokens", json={"note": "ci", "expiresInDays": None}).json()["expiresAt"] is None


def test_the_last_use_is_recorded_at_most_once_a_minute(http, create, guarded, clock, broker):
    token = create()
    uses = []
    for seconds in (0, 30, 40):
        clock.forward(seconds=seconds)
        broker.bearers.forget()
        guarded.get("/pacticipants", headers=bearer(token["token"]))
        uses.append(http.get(f"/tokens/{token['uuid']}").json()["lastUsedAt"])
    assert uses == ["2026-11-23T08:00:00+00:00", "2026-11-23T08:00:00+00:00", "2026-11-23T08:01:10+00:00"]


def test_the_change_s_line_in_the_log_names_the_token(create, guarded, caplog):
    token = create(permissions=[{"role": "admin"}])["token"]
    with caplog.at_level(logging.INFO, access.__name__):
        guarded.put("/pacticipants/web/versions/1", json={}, headers=bearer(token))
    assert "PUT /pacticipants/web/versions/1 by the token ci of web: 201" in caplog.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"note": ""}, "note"),
        ({"note": "ci\nof web"}, "note"),
        ({"permissions": [{"role": "emperor"}]}, "permissions"),
        ({"permissions": [{"role": {}}]}, "permissions"),
        ({"permissions": [{"role": "webhooks", "names": ["x"]}]}, "permissions"),
        ({"permissions": [{"role": "publish", "names": []}]}, "permissions"),
        ({"permissions": [{"role": "publish", "names": "web"}]}, "permissions"),
        ({"expiresInDays": 0}, "expiresInDays"),
        ({"expiresInDays": 4000}, "expiresInDays"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_its_field(http, fields, field):
    response = http.post("/tokens", json={"note": "x"} | fields)
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


def test_passwords_still_work_beside_tokens(broker, create):
    token = create()["token"]
    accounts = {"basic_auth_username": "ann", "basic_auth_password": "secret"}
    broker.settings = dataclasses.replace(broker.settings, **accounts)
    client = TestClient(create_app(broker))
    assert client.get("/tokens", auth=("ann", "secret")).status_code == 200
    assert client.get("/tokens", headers=bearer(token)).status_code == 403


def test_everyone_s_reading_does_not_include_the_tokens(broker, create):
    create()
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True, allow_public_read=True)
    client = TestClient(create_app(broker))
    assert client.get("/pacticipants").status_code == 200
    response = client.get("/tokens")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="Restricted area"')


def test_a_token_of_a_team_publishes_as_its_applications(broker):
    broker.settings = dataclasses.replace(broker.settings, teams=(("shop", ("web",)),))
    broker.__post_init__()
    http = TestClient(create_app(broker))
    permission = {"role": "publish", "teams": ["shop"]}
    token = http.post("/tokens", json={"note": "shop", "permissions": [permission]}).json()
    assert token["permissions"] == [permission]
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    guarded = TestClient(create_app(broker), headers=bearer(token["token"]))
    assert guarded.put("/pacticipants/web/versions/1", json={}).status_code == 201
    refused = guarded.put("/pacticipants/api/versions/1", json={})
    assert refused.status_code == 403
    assert "may not publish as api, only: publish as web, the team shop" in refused.text


def test_an_unknown_team_is_an_error(http):
    permissions = [{"role": "publish", "teams": ["shop"]}]
    response = http.post("/tokens", json={"note": "shop", "permissions": permissions})
    assert response.status_code == 400
    assert "there is no team 'shop' in PACT_BROKER_TEAMS" in response.text


def test_too_many_wrong_tokens_get_a_429_but_never_stop_a_right_one(create, guarded):
    token = create()["token"]
    statuses = [guarded.get("/", headers=bearer(f"{PREFIX}{each}")).status_code for each in range(11)]

    assert statuses == [401] * 10 + [429]
    assert guarded.get("/", headers=bearer(token)).status_code == 200
