"""Pages show a control only to those who may use it."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
APPLICATION, VERSION = "/pacticipants/web", "/pacticipants/web/versions/1"
PACT = "/pacts/provider/api/consumer/web/version/1"
ANYTHING = {"/pacticipants/web/branches": {"Change…"}, "/hal-browser/browser.html": {"Change this…"}}
PUBLISHER = ANYTHING | {
    APPLICATION: {"Edit…"},
    VERSION: {"Record a deployment…"},
}
WEBHOOKS = ANYTHING | {
    "/webhooks": {"Create a webhook…", "Secrets"},
    "webhook": {"Edit…", "Test it…", "Delete…", "create a new one", "New signing secret…"},
    "job": {"Request it now…"},
}
ADMIN = WEBHOOKS | {
    APPLICATION: {"Edit…", "Delete this application…"},
    "/pacticipants/api": {"Edit…", "Delete this application…"},
    VERSION: {"Record a deployment…", "Delete this version…"},
    PACT: {"Delete this contract…", "Delete all contracts of web with api…"},
    "/environments": {"Edit…", "New environment…"},
}


def controls(markup):
    """The texts of the links that lead to a form or to secrets."""
    links = re.findall(
        r'<a\b[^>]*href="(?:/ui/requests|/ui/\w+/form|/ui/webhook|/secrets)[^"]*"[^>]*>([^<]+)</a>', markup
    )
    return {html.unescape(each) for each in links}


@pytest.fixture
def paths(http, publish):
    """The paths of an estate that has one of each thing."""
    http.post("/environments", json={"name": "live", "production": True})
    http.put("/pacticipants/api/branches/main/versions/1", json={})
    http.patch("/pacticipants/api", json={"mainBranch": "main"}, headers={"Content-Type": "application/json"})
    body = {
        "events": [{"name": "contract_requiring_verification_published"}],
        "request": {"method": "POST", "url": "http://127.0.0.1:9/"},
    }
    webhook = http.post("/webhooks", json=body).headers["location"].removeprefix("http://testserver")
    publish("1")
    (job,) = http.get("/verification-jobs").json()["_embedded"]["verificationJobs"]
    named = {"webhook": webhook, "job": f"/verification-jobs/{job['uuid']}"}
    return {each: named.get(each, each) for each in (*ADMIN, "/can-i-deploy")}


@pytest.mark.parametrize(
    ("permissions", "shown"),
    [
        ([{"role": "read"}], {}),
        ([{"role": "publish", "names": ["web"]}], PUBLISHER),
        ([{"role": "webhooks"}], WEBHOOKS),
        ([{"role": "admin"}], ADMIN),
    ],
)
def test_who_may_not_use_a_control_does_not_see_it(broker, http, paths, permissions, shown):
    token = http.post("/tokens", json={"note": "someone", "permissions": permissions}).json()["token"]
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    someone = TestClient(create_app(broker), headers=BROWSER | {"Authorization": f"Bearer {token}"})

    seen = {name: controls(someone.get(path).text) for name, path in paths.items()}

    assert {name: texts for name, texts in seen.items() if texts} == shown


@pytest.mark.usefixtures("paths")
def test_who_has_not_said_who_they_are_sees_each_control_and_is_asked_then(broker):
    broker.settings = dataclasses.replace(
        broker.settings,
        basic_auth_enabled=True,
        basic_auth_username="full",
        basic_auth_password="s3cret",
        allow_public_read=True,
    )
    nobody = TestClient(create_app(broker), headers=BROWSER)

    assert controls(nobody.get(APPLICATION).text) == ADMIN[APPLICATION]
    response = nobody.get("/ui/application/form?application=web")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Basic realm="Restricted area"')
    assert "<h1>You are not signed in</h1>" in response.text
