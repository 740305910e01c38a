"""The fields of JSON that docs/commands.md promises, in the order in which they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_lines import QUESTIONS, UUID

from contracts.client import Webhook, WebhookRequest


PAGE = Path(__file__).parents[3] / "docs" / "commands.md"
ELSEWHERE = {
    "login",
    "logout",
    "jobs show",
    "jobs retry",
    "secret create",
    "secret delete",
    "token create",
    "token regenerate",
    "token revoke",
    "webhook rotate-secret",
    "webhook remove-secret",
    "verify",
    "test-webhook",
    "replay-webhook",
    "publish-results",
}


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
    client.create_secret(name="CI_TOKEN", value="s3cr3t-value", description="starts builds")
    client.create_token("ci", expires_in_days=1)
    client.add_branch(pacticipant="ledger", version="9", branch="main")
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
