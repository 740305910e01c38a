"""Commands against an embedded broker: one for each module of tests, so tests use names of their own."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from command_lines import COMMIT

from contracts.cli import main
from contracts.client import Broker, Contract
from contracts.testing import running_broker


@pytest.fixture(scope="module")
def broker_url():
    hosts = ("127.0.0.1", "localhost", "api.github.com")
    with running_broker(webhook_host_whitelist=hosts) as running:
        yield running.base_url


@pytest.fixture(scope="module")
def client(broker_url):
    with Broker(broker_url, patience_seconds=0) as broker:
        yield broker


@pytest.fixture
def contracts(broker_url, tmp_path, monkeypatch):
    """Run a command in an empty folder, as the build of COMMIT on branch main."""
    monkeypatch.chdir(tmp_path)

    def contracts(*arguments, status=0, **variables):
        environ = {"PACT_BROKER_BASE_URL": broker_url, "GIT_COMMIT": COMMIT, "GIT_BRANCH": "main"}
        cleared = dict.fromkeys(("GITHUB_ACTIONS", "CI", "PACT_BROKER_TOKEN", "GITHUB_TOKEN"))
        result = CliRunner(env={**cleared, **environ, **variables}).invoke(
            main, arguments, prog_name="contracts", catch_exceptions=False
        )
        assert result.exit_code == status, f"{arguments}: {result.output}"
        return result

    return contracts


@pytest.fixture
def ask(contracts):
    """Run a command with `--output json`, and return what it prints."""

    def ask(*arguments, status=0, **variables):
        return json.loads(contracts(*arguments, "--output", "json", status=status, **variables).stdout)

    return ask


@pytest.fixture(scope="module")
def publish(client):
    """Publish a pact of a consumer's version, with one interaction in a provider state."""

    def publish(consumer, provider, version, *, branch="main", path="/a"):
        interaction = {
            "description": f"a request for {path}",
            "providerState": "a book exists",
            "request": {"method": "GET", "path": path},
            "response": {"status": 200},
        }
        document = {
            "consumer": {"name": consumer},
            "provider": {"name": provider},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "2.0.0"}},
        }
        contract = Contract(consumer=consumer, provider=provider, content=json.dumps(document).encode())
        return client.publish_contracts(pacticipant=consumer, version=version, contracts=[contract], branch=branch)

    return publish


@pytest.fixture(scope="module")
def verify(client):
    """Publish the result of a provider version for a consumer version's pact."""

    def verify(consumer, provider, consumer_version, provider_version, *, success=True):
        url = f"{client.base_url}/pacts/provider/{provider}/consumer/{consumer}/version/{consumer_version}"
        result = {"success": success, "providerApplicationVersion": provider_version}
        client.publish_result(client.pact(url), result)

    return verify
