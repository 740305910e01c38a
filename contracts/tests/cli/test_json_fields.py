"""The fields of JSON that docs/commands.md promises, in the order in which they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.client import Webhook, WebhookRequest


PAGE = Path(__file__).parents[3] / "docs" / "commands.md"
UUID = "696c5f93-1b7f-44bc-8d03-59440fcaa9a0"
HOOK = ("http://127.0.0.1:1/", "--contract-published")
TILL = ("--pacticipant", "till", "--version", "1")
QUESTIONS = {
    "list-pacticipants": (),
    "describe-pacticipant": ("--name", "till"),
    "create-or-update-pacticipant": ("--name", "till"),
    "describe-version": TILL,
    "create-or-update-version": TILL,
    "describe-version --environment": ("--pacticipant", "till", "--environment", "live"),
    "create-version-tag": (*TILL, "--tag", "a"),
    "delete-version-tag": (*TILL, "--tag", "b"),
    "list-branches": ("--pacticipant", "till"),
    "delete-branch": ("--pacticipant", "till", "--branch", "none"),
    "list-environments": (),
    "describe-environment": ("--name", "live"),
    "create-environment": ("--name", "new"),
    "update-environment": ("--uuid", "{live}", "--display-name", "Live"),
    "delete-environment": ("--name", "old"),
    "record-deployment": (*TILL, "--environment", "live"),
    "record-undeployment": ("--pacticipant", "till", "--environment", "gone"),
    "record-release": (*TILL, "--environment", "live"),
    "record-support-ended": (*TILL, "--environment", "ended"),
    "can-i-deploy": (*TILL, "--to-environment", "live", "--dry-run", "--wait-seconds", "0"),
    "can-i-merge": (*TILL, "--dry-run", "--wait-seconds", "0"),
    "publish": ("pacts", "--version", "1"),
    "list-latest-pact-versions": (),
    "get-pacts": ("--provider", "ledger"),
    "provider-states list": ("--provider", "ledger"),
    "list-webhooks": (),
    "describe-webhook": ("--uuid", UUID),
    "create-webhook": HOOK,
    "create-or-update-webhook": ("--uuid", UUID, *HOOK),
    "delete-webhook": ("--uuid", "a" * 20),
    "webhook-log": (),
    "why": (*TILL, "--to-environment", "live"),
}
ELSEWHERE = {"verify", "test-webhook"}  # they fail here; test_verify and test_webhooks read their JSON


def promised():
    """The fields of each command, as the table says."""
    table = PAGE.read_text(encoding="utf-8").partition("| command | JSON |\n|---|---|\n")[2].partition("\n\n")[0]
    fields = {}
    for row in table.splitlines():
        commands, description = (cell.strip() for cell in row.strip("|").split(" | "))
        text = re.sub(r"\(.*?\)", "", description.partition("; with")[0])
        for command in re.findall(r"`([a-z -]+)`", commands):
            fields[command] = re.findall(r"`([a-zA-Z-]+)`", text)
    return {
        command: fields[names[0]] if names[0] in fields and "-" in names[0] else names
        for command, names in fields.items()
    }


@pytest.fixture(scope="module", autouse=True)
def _estate(client, publish):
    client.create_or_update_pacticipant("till", main_branch="main")
    publish("till", "ledger", "1")
    for name in ("live", "old", "gone", "ended"):
        client.create_environment(name, production=False)
    client.tag(pacticipant="till", version="1", tag="b")
    client.record_deployment(pacticipant="till", version="1", environment="live")
    client.record_deployment(pacticipant="till", version="1", environment="gone")
    client.record_release(pacticipant="till", version="1", environment="ended")
    webhook = Webhook(events=("contract_published",), request=WebhookRequest(url="http://127.0.0.1:1/"))
    for uuid in (UUID, "a" * 20):
        client.put_webhook(uuid, webhook)
    publish("till", "ledger", "2", path="/sets-off-the-webhooks")


def test_the_page_describes_every_command_that_prints_json():
    assert set(promised()) == {*QUESTIONS, *ELSEWHERE}


@pytest.mark.parametrize("command", QUESTIONS)
def test_the_json_has_the_fields_that_the_page_promises(ask, client, tmp_path, command):
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "a-b.json").write_text(
        '{"consumer": {"name": "a"}, "provider": {"name": "b"}, "interactions": [{"description": "x"}]}'
    )
    arguments = [each.format(live=client.environment("live").uuid) for each in QUESTIONS[command]]
    words = [word for word in command.split() if not word.startswith("--")]
    answer = ask(*words, *arguments)
    record = answer[0] if isinstance(answer, list) else answer
    fields = [name for name in record if name != "url" or name in promised()[command]]
    assert fields == promised()[command]
