"""The official command line with a token instead of a password."""

from __future__ import annotations

import json

import pytest
from official_cli import FAILED, run

from contracts.client import Broker
from contracts.model.permissions import deploy, publish
from contracts.testing import running_broker


@pytest.fixture(scope="module")
def broker():
    """A broker that requires credentials, and a token of Till's pipeline."""
    accounts = {"basic_auth_username": "ann", "basic_auth_password": "secret"}
    with running_broker(**accounts) as running:
        with Broker(running.base_url, username="ann", password="secret") as client:
            client.create_environment(name="staging", production=False)
            client.create_environment(name="production", production=True)
            token = client.create_token("CI of Till", [publish("Till"), deploy("staging")], expires_in_days=1)
        yield lambda *arguments, status=0, secret=token.secret: run(
            *arguments, "--broker-base-url", running.base_url, "--broker-token", secret, "--retries", "1", status=status
        )


@pytest.fixture
def pact_file(tmp_path):
    def pact_file(consumer):
        document = {"consumer": {"name": consumer}, "provider": {"name": "Ledger"}, "interactions": []}
        path = tmp_path / f"{consumer}.json"
        path.write_text(json.dumps(document))
        return str(path)

    return pact_file


def test_a_pipeline_publishes_and_deploys_as_its_own_application_only(broker, pact_file):
    version = ("--consumer-app-version", "1", "--branch", "main")
    assert "Till" in broker("publish", pact_file("Till"), *version)
    broker("publish", pact_file("Other"), *version, status=FAILED)
    deployed = ("--pacticipant", "Till", "--version", "1")
    assert "Recorded deployment" in broker("record-deployment", *deployed, "--environment", "staging")
    broker("record-deployment", *deployed, "--environment", "production", status=FAILED)
    assert "Till" in broker("list-pacticipants")
    assert "Other" not in broker("list-pacticipants")


def test_another_token_is_refused(broker):
    broker("list-pacticipants", secret="contracts_unknown", status=FAILED)
