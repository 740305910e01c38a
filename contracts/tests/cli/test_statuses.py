"""The exit statuses that all commands share."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from command_lines import QUESTIONS, UUID
from fake_broker import Answer, FakeBroker

from contracts.cli import main
from contracts.cli.commands import COMMANDS
from contracts.cli.connections import BrokerCommand


ARGUMENTS = QUESTIONS | {
    "test-webhook": ("--uuid", UUID),
    "replay-webhook": ("--delivery", UUID),
    "verify": ("--provider", "till", "--version", "1", "--provider-base-url", "http://127.0.0.1:1"),
}


@pytest.fixture(scope="module")
def refusing():
    with FakeBroker() as fake:
        fake.answer_to = lambda _: Answer(401, {"error": "no"})
        yield fake.base_url


def run(command, url, *more):
    words = [word for word in command.split() if not word.startswith("--")]
    environ = {"PACT_BROKER_BASE_URL": url, "GITHUB_ACTIONS": "", "PACT_URL": ""}
    return CliRunner(env=environ).invoke(main, [*words, *ARGUMENTS[command], *more], catch_exceptions=False)


OWN_TESTS = {
    "publish-results",
    "import",
    "export",
    "webhook-curl",
    "login",
    "logout",
}  # no --output, or they ask the broker late


def test_every_command_that_talks_to_a_broker_is_tested_here():
    context = click.Context(main)
    commands = set()
    for name in COMMANDS:
        command = main.get_command(context, name)
        commands |= {f"{name} list"} if isinstance(command, click.Group) and "list" in command.commands else set()
        commands |= {name} if isinstance(command, BrokerCommand) else set()
    assert commands - OWN_TESTS == {command for command in ARGUMENTS if " --" not in command}


@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_broker_that_refuses_is_status_4_with_a_reason_on_one_stream(refusing, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "a-b.json").write_text(
        '{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [{"description": "x"}]}'
    )
    result = run(command, refusing, "--output", "json")
    assert (result.exit_code, "does not accept these credentials" in result.stderr) == (4, True)
    assert result.stdout == ""


@pytest.mark.parametrize("command", ARGUMENTS)
def test_an_unknown_option_is_status_2(refusing, command):
    assert run(command, refusing, "--typo").exit_code == 2
