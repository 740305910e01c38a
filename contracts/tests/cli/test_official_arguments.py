"""Command lines that are written for the official client, run by ours."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner
from estates import Estate
from hooks import add_webhook
from official_commands import COMMANDS

from contracts.cli import main
from contracts.testing import running_broker


pytestmark = pytest.mark.thorough
PACT = {
    "consumer": {"name": "Till"},
    "provider": {"name": "Ledger"},
    "interactions": [
        {
            "description": "a request for tea",
            "providerState": "there is tea",
            "request": {"method": "GET", "path": "/tea"},
            "response": {"status": 200},
        }
    ],
}


@pytest.fixture
def till(tmp_path):
    """Run a command at a broker in which Till is verified, deployed and released."""
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(PACT))
    with running_broker() as running:
        estate = Estate(running.broker)
        estate.publish("Till", "1", "a", branch="main", tags=("dev",))
        estate.version("Ledger", "10", branch="main")
        estate.verify("Till", "1", by="10")
        estate.environment("live")
        estate.deploy("Till", "1", "live")
        estate.deploy("Ledger", "10", "live")
        estate.release("Till", "1", "live")

        def run(name, arguments, *more):
            words = shlex.split(arguments.format(**names))
            broker = () if name == "generate-uuid" else ("--broker-base-url", running.base_url, "--retries", "1")
            return CliRunner(env={"GITHUB_ACTIONS": ""}).invoke(main, [name, *words, *more, *broker])

        listed = json.loads(
            CliRunner().invoke(main, ["list-environments", "-o", "json", "-b", running.base_url]).stdout
        )
        names = {
            "pact": file,
            "environment": listed[0]["uuid"],
            "webhook": add_webhook(running.broker, url="http://127.0.0.1:1/").uuid,
        }
        yield run


def forms():
    return [(name, form) for name, command in COMMANDS.items() for form in (None, *command.forms)]


@pytest.mark.parametrize(("name", "form"), forms())
def test_arguments_of_the_official_client_succeed_in_each_format(till, name, form):
    if before := COMMANDS[name].after:
        assert till(before, COMMANDS[before].succeeds).exit_code == 0
    result = till(name, COMMANDS[name].succeeds, *(("--output", form) if form else ()))
    if name == "test-webhook":
        assert result.exit_code == 1  # nothing listens there; the official client ends with 0
        return
    assert result.exit_code == 0, result.output
    if form in {"json", "pretty"}:
        assert json.loads(result.stdout)
    else:
        assert result.stdout.strip()


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.fails])
def test_wrong_arguments_fail_here_too(till, name):
    result = till(name, COMMANDS[name].fails)
    assert result.exit_code in {1, 2}, result.output
    assert "Traceback" not in result.output
