"""The official verifier, pact-python's, with a token instead of a password."""

from __future__ import annotations

import pytest
import requests
from official_loop import BRANCH, PROVIDER, Loop

from contracts.client import Broker
from contracts.model.permissions import publish
from contracts.testing import running_broker


ACCOUNT = ("ann", "secret")


@pytest.mark.thorough
def test_the_verifier_publishes_as_its_own_application_only(provider_url):
    with running_broker(basic_auth_username="ann", basic_auth_password="secret") as running:
        with Broker(running.base_url, username="ann", password="secret") as client:
            token = {
                name: client.create_token(name, [publish(name)], expires_in_days=1).secret for name in ("web", PROVIDER)
            }
        pact = f"{running.base_url}/pacts/provider/Product%20Catalogue%2F1/consumer/web"
        content = {
            "consumer": {"name": "web"},
            "provider": {"name": PROVIDER},
            "interactions": [
                {
                    "description": "a good request",
                    "request": {"method": "GET", "path": "/good"},
                    "response": {"status": 200},
                }
            ],
        }
        headers = {"Authorization": f"Bearer {token['web']}"}
        published = requests.put(f"{pact}/version/1", json=content, headers=headers, timeout=60)
        assert published.status_code == 201

        for name, status in (("web", 404), (PROVIDER, 200)):
            loop = Loop(running, provider_url)
            builder = loop.verifier("1").broker_source(running.base_url, token=token[name], selector=True)
            results = loop.run(builder.provider_branch(BRANCH).consumer_version(latest=True).build())
            assert len(results["interactionResults"]) == 1
            latest = requests.get(f"{pact}/version/1/verification-results/latest", auth=ACCOUNT, timeout=60)
            assert latest.status_code == status
        assert latest.json()["success"] is True
