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
    user = path.replace("system-accounts", "users")
    for each in ("/admin/system-accounts", path, f"{path}/tokens", user):
        assert guarded.get(each, headers=bearer(other["token"])).status_code == 403
        assert guarded.get(each, headers=admin).status_code == 200
    body = {"name": "another"}
    assert guarded.post("/admin/system-accounts", json=body, headers=bearer(other["token"])).status_code == 403
    assert guarded.put(user, json=body, headers=bearer(other["token"])).status_code == 403
    assert guarded.put(f"{user}/roles", json={"roles": []}, headers=bearer(other["token"])).status_code == 403
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


def test_an_account_is_renamed_and_keeps_what_is_not_sent(http):
    account = create(http, expiresInDays=7, permissions=[{"role": "publish", "names": ["web"]}]).json()
    before = http.get(f"/tokens/{account['uuid']}").json()
    changed = http.put(f"/admin/users/{account['uuid']}", json={"name": "CI of web", "active": True, "type": 1})
    assert (changed.status_code, changed.json()["name"], changed.json()["active"]) == (200, "CI of web", True)
    after = http.get(f"/tokens/{account['uuid']}").json()
    for each in ("permissions", "expiresAt", "start", "createdAt"):
        assert after[each] == before[each]
    http.put(f"/admin/users/{account['uuid']}", json={})
    assert http.get(f"/tokens/{account['uuid']}").json() == after


def test_an_account_that_is_not_active_is_refused_at_once_until_it_is_again(http, guarded, clock):
    account = create(http).json()
    path, token = f"/admin/users/{account['uuid']}", bearer(account["token"])
    assert guarded.get("/pacticipants", headers=token).status_code == 200
    assert http.put(path, json={"active": False}).json()["active"] is False
    assert guarded.get("/pacticipants", headers=token).status_code == 401
    clock.forward(days=400)
    assert http.put(path, json={"active": False}).json()["active"] is False
    assert http.get(path).json()["active"] is False
    assert http.put(path, json={"active": True}).json()["active"] is True
    assert guarded.get("/pacticipants", headers=token).status_code == 200
    clock.forward(days=365)
    assert guarded.get("/pacticipants", headers=token).status_code == 401


def test_the_roles_of_an_account_are_its_permissions(http, guarded):
    account = create(http, permissions=[{"role": "publish", "names": ["web"]}]).json()
    path, token = f"/admin/users/{account['uuid']}", bearer(account["token"])
    (own,) = account["_embedded"]["roles"]
    assert own["name"] == "Publish as web"
    roles = {each["name"]: each["uuid"] for each in http.get("/admin/system-accounts").json()["_embedded"]["roles"]}
    assert set(roles) == {"Publish as any application", "Deploy to any environment", "Change webhooks", "Do everything"}
    webhooks = roles["Change webhooks"]
    assert guarded.get("/secrets", headers=token).status_code == 403
    assert http.put(f"{path}/roles", json={"roles": [own["uuid"], webhooks]}).status_code == 204
    assert http.get(path).json()["permissions"] == [{"role": "publish", "names": ["web"]}, {"role": "webhooks"}]
    assert guarded.get("/secrets", headers=token).status_code == 200
    assert http.put(f"{path}/roles", json={"roles": []}).status_code == 204
    assert http.get(path).json()["permissions"] == [{"role": "read"}]
    assert http.get(path).json()["_embedded"]["roles"] == []
    assert guarded.get("/secrets", headers=token).status_code == 403


def test_an_unknown_role_is_refused_and_changes_nothing(http):
    account = create(http).json()
    path = f"/admin/users/{account['uuid']}"
    response = http.put(f"{path}/roles", json={"roles": ["none"]})
    assert response.status_code == 400
    assert response.json()["errors"] == {"roles": ["there is no role 'none'; GET /admin/system-accounts lists them"]}
    assert http.get(path).json()["permissions"] == [{"role": "read"}]


def test_a_role_publishes_as_a_team(http, broker):
    broker.settings = dataclasses.replace(broker.settings, teams=(("shop", ("web",)),))
    roles = {each["name"]: each["uuid"] for each in http.get("/admin/system-accounts").json()["_embedded"]["roles"]}
    account = create(http).json()
    path = f"/admin/users/{account['uuid']}"
    http.put(f"{path}/roles", json={"roles": [roles["Publish as the team shop"]]})
    assert http.get(path).json()["permissions"] == [{"role": "publish", "teams": ["shop"]}]
