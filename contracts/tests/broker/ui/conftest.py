"""Fixtures that write an estate, and one that reads pages."""

from __future__ import annotations

import base64
import json

import pytest


@pytest.fixture
def publish(http):
    """Publish a contract of `web` with `api`; returns nothing."""

    def publish(version, *, document=None, consumer="web", provider="api", branch="main", build_url=None):
        content = json.dumps(
            document
            or {
                "consumer": {"name": consumer},
                "provider": {"name": provider},
                "interactions": [
                    {
                        "description": f"a request of {version}",
                        "providerState": "a <product> exists",
                        "request": {"method": "GET", "path": "/products/1"},
                        "response": {"status": 200, "body": {"id": 1}},
                    }
                ],
            }
        )
        contract = {
            "consumerName": consumer,
            "providerName": provider,
            "specification": "pact",
            "contentType": "application/json",
            "content": base64.b64encode(content.encode()).decode(),
        }
        body = {
            "pacticipantName": consumer,
            "pacticipantVersionNumber": version,
            "branch": branch,
            "buildUrl": build_url,
            "contracts": [contract],
        }
        response = http.post("/contracts/publish", json=body)
        assert response.status_code == 200, response.text

    return publish


@pytest.fixture
def verify(http):
    """Publish a result of `api` for the contract of a version of `web`."""

    def verify(version, by, *, success=True, branch="main", consumer="web", provider="api"):
        pact = http.get(f"/pacts/provider/{provider}/consumer/{consumer}/version/{version}").json()
        if branch:
            http.put(f"/pacticipants/{provider}/branches/{branch}/versions/{by}", json={})
        result = {"success": success, "providerApplicationVersion": by, "buildUrl": "javascript:alert(1)"}
        response = http.post(pact["_links"]["pb:publish-verification-results"]["href"], json=result)
        assert response.status_code == 201, response.text

    return verify


@pytest.fixture
def deploy(http):
    """Record that a version is deployed to an environment, and create that first if necessary."""
    environments = {}

    def deploy(pacticipant, version, environment, instance=None):
        if environment not in environments:
            body = {"name": environment, "production": environment == "production"}
            environments[environment] = http.post("/environments", json=body).json()["uuid"]
        path = (
            f"/pacticipants/{pacticipant}/versions/{version}/deployed-versions/environment/{environments[environment]}"
        )
        body = {"applicationInstance": instance} if instance else {}
        assert http.post(path, json=body).status_code == 201

    return deploy


@pytest.fixture
def page(http):
    """The HTML of a page, as a browser asks for it."""

    def page(path, status=200):
        response = http.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
        return response.text

    return page
