"""`contracts token`."""

from __future__ import annotations

import requests
from click.testing import CliRunner

from contracts.cli import main
from contracts.testing import running_broker


def test_a_token_is_created_listed_and_revoked(ask, contracts):
    created = ask("token", "create", "--note", "ci", "--publish", "web", "--publish", "api", "--deploy", "*")
    assert created["token"].startswith(created["start"])
    assert created["permissions"] == ["publish as api, web", "deploy to any environment"]
    listed = next(each for each in ask("token", "list") if each["uuid"] == created["uuid"])
    assert (listed["note"], listed["lastUsedAt"], "token" in listed) == ("ci", None, False)
    assert "Revoked the token" in contracts("token", "revoke", "--uuid", created["uuid"]).output
    assert created["uuid"] not in [each["uuid"] for each in ask("token", "list")]
    unknown = contracts("token", "revoke", "--uuid", created["uuid"], status=2).output
    assert "List them: contracts token list" in unknown


def test_a_token_is_printed_once_with_its_variable(contracts):
    printed = contracts("token", "create", "--note", "reader", "--expires-in-days", "0").stdout
    assert printed.startswith("contracts_")
    assert "It is shown only now. Use it as PACT_BROKER_TOKEN." in printed


def test_a_token_is_regenerated(ask):
    created = ask("token", "create", "--note", "ci", "--admin", "--webhooks")
    again = ask("token", "regenerate", "--uuid", created["uuid"])
    assert again["uuid"] == created["uuid"]
    assert again["token"] != created["token"]
    assert again["permissions"] == ["change webhooks", "do everything"]


def test_the_first_token_is_made_in_the_database_and_makes_the_others(sqlite_url):
    first = CliRunner().invoke(main, ["token", "create-first", "--database-url", sqlite_url], catch_exceptions=False)
    assert first.exit_code == 0, first.output
    token = first.stdout.strip()
    with running_broker(sqlite_url, require_tokens=True) as running:
        assert requests.get(f"{running.base_url}/pacticipants", timeout=60).status_code == 401
        environ = {"PACT_BROKER_BASE_URL": running.base_url, "PACT_BROKER_TOKEN": token, "GITHUB_ACTIONS": ""}
        created = CliRunner(env=environ).invoke(main, ["token", "create", "--note", "ci", "--publish", "web"])
        assert created.exit_code == 0, created.output
        other = CliRunner(env=environ | {"PACT_BROKER_TOKEN": created.stdout.split()[0]})
        refused = other.invoke(main, ["create-environment", "--name", "live"])
        assert refused.exit_code == 4, refused.output
        assert "The token ci may not do everything, only: publish as web" in refused.output
