"""What a token permits, for every route that changes something."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker import urls
from contracts.broker.api.permissions import NEEDS
from contracts.broker.app import ROUTES, create_app
from contracts.model import permissions as rules


PACT = {
    "consumer": {"name": "web"},
    "provider": {"name": "api"},
    "interactions": [],
}
ADMINS = {method_and_path for method_and_path, needs in NEEDS.items() if needs.__name__ == "_admin"}


@pytest.fixture
def as_token(http, broker):
    """Send requests with a token that has these permissions, to a broker that requires one."""
    settings = broker.settings
    broker.settings = dataclasses.replace(settings, require_tokens=True)
    guarded = TestClient(create_app(broker))
    broker.settings = settings

    def as_token(*permissions, **fields):
        token = http.post("/tokens", json={"note": "ci", "permissions": list(permissions), **fields}).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}

        def send(method, path, body=None):
            patch = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}
            return guarded.request(method, path, json=body, headers=headers | patch)

        return send

    return as_token


@pytest.fixture
def written(http):
    """A pact of web with api, and two environments; their uuids by name."""
    assert http.put("/pacts/provider/api/consumer/web/version/1", json=PACT).status_code == 201
    http.put("/pacticipants/api/versions/10", json={})
    return {
        name: http.post("/environments", json={"name": name, "production": False}).json()["uuid"]
        for name in ("staging", "production")
    }


@pytest.mark.parametrize("path", ["/audit", "/secrets", "/tokens"])
def test_a_head_needs_the_permission_of_its_get(as_token, path):
    send = as_token()
    assert (send("HEAD", path).status_code, send("GET", path).status_code) == (403, 403)


def test_every_route_that_changes_something_is_in_the_table():
    routes = {
        (method, declared.operation.path)
        for resources in ROUTES
        for declared in resources._declared
        for method in declared.operation.methods
        if declared.operation.changes or declared.operation.sends
    }
    assert routes - set(NEEDS) == set()
    declared = {
        (method, each.operation.path)
        for resources in ROUTES
        for each in resources._declared
        for method in each.operation.methods
    }
    assert set(NEEDS) - declared == set()


def publish(*names):
    return {"role": "publish", "names": list(names)}


def deploy(*names):
    return {"role": "deploy", "names": list(names)}


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("PUT", "/pacts/provider/api/consumer/web/version/2", PACT, publish("web")),
        ("PUT", "/pacticipants/web/versions/1/tags/prod", {}, publish("web")),
        ("PUT", "/pacticipants/web/branches/main/versions/1", {}, publish("web")),
        ("PATCH", "/pacticipants/web", {"displayName": "Web"}, publish("web")),
        ("POST", "/pacticipants", {"name": "new"}, publish("new")),
        ("POST", "/environments", {"name": "e", "production": False}, {"role": "admin"}),
        ("POST", "/webhooks", {"events": [{"name": "contract_published"}]}, {"role": "webhooks"}),
        ("DELETE", "/pacticipants/web", None, {"role": "admin"}),
    ],
)
def test_a_change_needs_its_permission(as_token, written, method, path, body, permission):
    assert written
    refusing = as_token(publish("other"), deploy("other"))(method, path, body)
    assert refusing.status_code == 403, refusing.text
    assert "only: publish as other; deploy to other" in refusing.json()["error"]
    assert as_token(permission)(method, path, body).status_code != 403


def test_a_publication_is_judged_by_the_name_in_its_body(as_token, written):
    assert written
    body = {"pacticipantName": "web", "pacticipantVersionNumber": "3", "contracts": []}
    refused = as_token(publish("api"))("POST", "/contracts/publish", body)
    assert refused.json()["error"] == (
        "The token ci may not publish as web, only: publish as api. Someone who may do everything here can create a "
        "token that may: contracts token create"
    )
    assert as_token(publish("web"))("POST", "/contracts/publish", body).status_code != 403


@pytest.mark.parametrize("body", [None, [], {"pacticipantName": 1}, {"contracts": []}])
def test_a_publication_without_a_name_is_not_permitted_by_any_name(as_token, body):
    assert as_token(publish("web"))("POST", "/contracts/publish", body).status_code == 403


def test_a_deployment_needs_the_application_and_the_environment(as_token, written):
    path = f"/pacticipants/api/versions/10/deployed-versions/environment/{written['production']}"
    assert as_token(publish("api"))("POST", path, {}).status_code == 403
    assert as_token(deploy("production"))("POST", path, {}).status_code == 403
    assert as_token(publish("api"), deploy("staging"))("POST", path, {}).status_code == 403
    deployed = as_token(publish("api"), deploy("production"))("POST", path, {})
    assert deployed.status_code == 201
    end = f"/deployed-versions/{deployed.json()['uuid']}"
    assert as_token(publish("api"), deploy("staging"))("PATCH", end, {"currentlyDeployed": False}).status_code == 403
    both = as_token(publish("api"), deploy("production"))
    assert both("PATCH", end, {"currentlyDeployed": False}).status_code == 200


def test_a_tag_that_deploys_needs_the_environment_with_its_name(as_token, written, http, broker):
    path, deployed = (
        "/pacticipants/api/versions/10/tags/production",
        "/environments/{}/deployed-versions/currently-deployed",
    )

    def applications():
        documents = http.get(deployed.format(written["production"])).json()["_embedded"]["deployedVersions"]
        return [each["_embedded"]["pacticipant"]["name"] for each in documents]

    refused = as_token(publish("api"))("PUT", path, {})
    assert (refused.status_code, applications()) == (403, [])
    assert "may not deploy to production, only: publish as api" in refused.json()["error"]
    assert http.get(path).status_code == 404
    assert as_token(publish("api"), deploy("staging"))("PUT", path, {}).status_code == 403
    assert as_token(publish("api"))("PUT", "/pacticipants/api/versions/10/tags/prod", {}).status_code == 201

    broker.settings = dataclasses.replace(broker.settings, create_deployed_versions_for_tags=False)
    assert (as_token(publish("api"))("PUT", path, {}).status_code, applications()) == (201, [])
    broker.settings = dataclasses.replace(broker.settings, create_deployed_versions_for_tags=True)
    assert as_token(publish("api"), deploy("production"))("PUT", path, {}).status_code == 200
    assert applications() == ["api"]


def test_the_end_of_a_release_needs_the_application_and_the_environment(as_token, written):
    path = f"/pacticipants/api/versions/10/released-versions/environment/{written['production']}"
    both = as_token(publish("api"), deploy("production"))
    end = f"/released-versions/{both('POST', path, {}).json()['uuid']}"
    for granted in ([publish("api")], [deploy("production")], [publish("api"), deploy("staging")]):
        assert as_token(*granted)("PATCH", end, {"currentlySupported": False}).status_code == 403
    assert both("PATCH", end, {"currentlySupported": False}).status_code == 200


def test_a_publication_needs_the_application_that_publishes():
    names = {"consumer": "the consumer", "provider": "the provider", "pacticipant": "the application"}
    of_one = {key: needs for key, needs in NEEDS.items() if needs.__qualname__.startswith("_as.")}
    for (method, path), needs in of_one.items():
        publisher = "provider" if "verification" in path else "consumer" if "{consumer}" in path else "pacticipant"
        assert needs(None, names) == [rules.publish(names[publisher])], (method, path)
    assert {path for method, path in of_one if method == "DELETE"} == {
        urls.PACTICIPANT_LABEL,
        urls.VERSION_TAG,
        urls.BRANCHES,
        urls.BRANCH,
        urls.BRANCH_VERSION,
    }


def test_a_route_without_an_entry_needs_an_admin(as_token, written, monkeypatch):
    assert written
    monkeypatch.delitem(NEEDS, ("PUT", urls.VERSION))
    path = "/pacticipants/web/versions/9"
    assert "may not do everything" in as_token(publish("web"))("PUT", path, {}).text
    assert as_token({"role": "admin"})("PUT", path, {}).status_code == 201


def test_a_role_without_names_is_for_all_of_them(as_token, written):
    assert written
    send = as_token({"role": "publish"})
    assert send("PUT", "/pacticipants/web/versions/9", {}).status_code == 201
    assert send("PUT", "/pacticipants/api/versions/9", {}).status_code == 201


def test_a_token_without_permissions_reads(as_token, written):
    assert written
    send = as_token()
    assert send("GET", "/pacts/latest").status_code == 200
    assert send("POST", "/pacts/provider/api/for-verification", {}).status_code == 200
    assert send("PUT", "/pacticipants/web/versions/9", {}).status_code == 403
    assert send("GET", "/tokens").status_code == 403


def test_an_admin_may_do_everything(as_token):
    send = as_token({"role": "admin"})
    assert send("GET", "/tokens").status_code == 200
    assert send("POST", "/environments", {"name": "e", "production": False}).status_code == 201


def test_deletions_and_environments_need_an_admin():
    assert {path for _, path in ADMINS} >= {
        urls.PACTICIPANT,
        urls.INTEGRATION,
        urls.ENVIRONMENT,
        urls.PACT,
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_without_admin_neither_lists_nor_creates_tokens(as_token, method):
    refused = as_token({"role": "publish"})(method, "/tokens", {"note": "another"} if method == "POST" else None)
    assert refused.status_code == 403
    assert "may not do everything" in refused.text


def test_an_unknown_environment_is_not_found_and_not_forbidden(as_token, written):
    assert written
    path = "/pacticipants/api/versions/10/deployed-versions/environment/none"
    assert as_token(publish("api"), deploy("production"))("POST", path, {}).status_code == 404
