"""`/admin/system-accounts`, as the contracts of PactFlow's Terraform provider and MCP server have it."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


@pytest.fixture
def guarded(broker):
    """A client of the broker once it requires credentials."""
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    return TestClient(create_app(broker))


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def create(http, **fields):
    response = http.post("/admin/system-accounts", json={"name": "CI Bot"} | fields)
    assert response.status_code == 201, response.text
    return response


def test_an_account_is_a_token_that_is_shown_once(http):
    response = create(http, active=True, type=1, _embedded={}, permissions=[{"role": "publish", "names": ["web"]}])
    assert response.headers["content-type"] == "application/hal+json;charset=utf-8"
    account = response.json()
    location = response.headers["location"]
    assert location.endswith(f"/admin/system-accounts/{account['uuid']}")
    shown = http.get(location.removeprefix("http://testserver")).json()
    assert shown == {name: value for name, value in account.items() if name != "token"}
    assert (shown["name"], shown["type"], shown["active"]) == ("CI Bot", 1, True)
    token = http.get(f"/tokens/{account['uuid']}").json()
    assert (token["note"], token["permissions"]) == ("CI Bot", [{"role": "publish", "names": ["web"]}])
    assert http.get("/admin/system-accounts").json()["users"] == [shown]


def test_the_tokens_of_an_account_have_no_value_that_works(http):
    account = create(http).json()
    listed = http.get(f"/admin/system-accounts/{account['uuid']}/tokens").json()
    start = account["token"][:16]
    assert listed["_embedded"]["items"] == [{"uuid": account["uuid"], "description": "CI Bot", "value": f"{start}…"}]
    assert "_links" in listed


def test_without_permissions_the_token_of_an_account_reads(http, guarded):
    token = bearer(create(http).json()["token"])
    assert guarded.get("/pacticipants", headers=token).status_code == 200
    assert guarded.put("/pacticipants/web/versions/1", json={}, headers=token).status_code == 403


def test_only_an_admin_sees_and_creates_accounts(http, guarded):
    admin = bearer(create(http, permissions=[{"role": "admin"}]).json()["token"])
    other = create(http, permissions=[{"role": "publish"}, {"role": "webhooks"}]).json()
    path = f"/admin/system-accounts/{other['uuid']}"
    for each in ("/admin/system-accounts", path, f"{path}/tokens"):
        assert guarded.get(each, headers=bearer(other["token"])).status_code == 403
        assert guarded.get(each, headers=admin).status_code == 200
    body = {"name": "another"}
    assert guarded.post("/admin/system-accounts", json=body, headers=bearer(other["token"])).status_code == 403
    assert guarded.post("/admin/system-accounts", json=body, headers=admin).status_code == 201


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": None}, {"permissions": [{"role": "owner"}]}, {"expiresInDays": 0}]
)
def test_an_invalid_account_is_refused(http, fields):
    response = http.post("/admin/system-accounts", json={"name": "CI Bot"} | fields)
    assert response.status_code == 400
    assert next(iter(fields)) in response.json()["errors"]
    assert http.get("/admin/system-accounts").json()["users"] == []


def test_a_revoked_account_is_not_found(http):
    account = create(http).json()
    http.delete(f"/tokens/{account['uuid']}")
    assert http.get(f"/admin/system-accounts/{account['uuid']}").status_code == 404
    assert http.get(f"/admin/system-accounts/{account['uuid']}/tokens").status_code == 404
