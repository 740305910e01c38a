"""`contracts why`: what it prints, and its exit status."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from contracts.cli.why import command
from contracts.client import Broker


QUESTION = ("--pacticipant", "kiosk", "--version", "1", "--to-environment", "live")


@pytest.fixture
def run(pact_broker):
    with Broker(pact_broker.base_url) as broker:
        broker.create_environment("live", production=True)
        broker.put_version("kiosk", "1")

    def run(*arguments):
        return CliRunner().invoke(command, [*arguments, "--broker-base-url", pact_broker.base_url])

    return run


def test_the_text_has_the_verdict_and_each_cause_with_its_command(run):
    result = run(*QUESTION)
    assert result.exit_code == 0
    assert "May version 1 of kiosk be deployed to live? Yes" in result.output
    assert "nothing-published" in result.output
    assert "→ contracts publish pacts --pacticipant kiosk --version 1" in result.output


def test_the_json_has_the_question_the_verdict_and_the_causes(run):
    document = json.loads(run(*QUESTION, "--output", "json").output)
    assert {name: document[name] for name in ("pacticipant", "version", "environment", "deployable")} == {
        "pacticipant": "kiosk",
        "version": "1",
        "environment": "live",
        "deployable": True,
    }
    (cause,) = document["causes"]
    assert set(cause) == {"class", "text", "evidence", "command"}
    assert cause["class"] == "nothing-published"


def test_an_unknown_name_is_explained_too(run):
    result = run("--pacticipant", "kisok", "--version", "9", "--to-environment", "live")
    assert (result.exit_code, "Did you mean kiosk?" in result.output) == (0, True)
    assert "be deployed to live? Unknown" in result.output


def test_a_broker_that_cannot_be_reached_ends_with_its_status(monkeypatch):
    monkeypatch.setenv("CONTRACTS_PATIENCE_SECONDS", "0")
    result = CliRunner().invoke(command, [*QUESTION, "--broker-base-url", "http://127.0.0.1:9"])
    assert result.exit_code == 4
