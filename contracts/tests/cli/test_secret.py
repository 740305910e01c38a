"""`contracts secret`."""

from __future__ import annotations

import json
from datetime import timedelta

from click.testing import CliRunner
from hooks import add_webhook

from contracts.broker import vault_keys
from contracts.broker.actions import sign
from contracts.broker.app import connected
from contracts.broker.settings import Settings
from contracts.broker.store import webhooks
from contracts.cli import main


def test_generate_key_prints_a_new_key_each_time():
    first, second = (CliRunner().invoke(main, ["secret", "generate-key"]).output for _ in range(2))

    (key,) = vault_keys.parse(first, "the output")
    assert key.id != vault_keys.parse(second, "the output")[0].id


def test_a_secret_is_created_replaced_listed_and_deleted_without_showing_its_value(broker_url, tmp_path):
    runner = CliRunner(env={"PACT_BROKER_BASE_URL": broker_url, "GITHUB_ACTIONS": ""})
    file = tmp_path / "value.txt"
    file.write_text("second value\n")

    first = runner.invoke(main, ["secret", "create", "--name", "NPM", "--description", "of npm"], input="first value\n")
    second = runner.invoke(main, ["secret", "create", "--name", "NPM", "--file", str(file), "--output", "json"])
    listed = runner.invoke(main, ["secret", "list"])
    deleted = runner.invoke(main, ["secret", "delete", "--name", "NPM"])
    again = runner.invoke(main, ["secret", "delete", "--name", "NPM"])

    assert [each.exit_code for each in (first, second, listed, deleted, again)] == [0, 0, 0, 0, 2], first.output
    assert "Stored the secret NPM. A webhook refers to it as ${user.NPM}." in first.output
    assert json.loads(second.stdout)["description"] == "of npm"
    assert "NPM" in listed.output
    assert "List them: contracts secret list" in again.output
    assert not any("value\n" in each.output or "first value" in each.output for each in (first, second, listed))


def test_a_value_is_never_an_argument():
    result = CliRunner().invoke(main, ["secret", "create", "--name", "NPM", "--value", "s3cret"])

    assert (result.exit_code, "No such option" in result.output) == (2, True)


def test_rotating_the_key_encrypts_everything_again_and_removes_old_keys_on_request(sqlite_url, tmp_path):
    with connected(Settings(database_url=sqlite_url)) as runtime:
        added = add_webhook(runtime, username="ci", password="hush-hush")
        with runtime.database.writing() as connection:
            _, signing_secret = sign.rotate(runtime, connection, added, timedelta())
        old = runtime.vault.first_key_id()

    rotated = CliRunner().invoke(main, ["secret", "rotate-key", "--database-url", sqlite_url])
    keys = vault_keys.read_file(tmp_path / "broker.sqlite3.key", "the file")
    removed = CliRunner().invoke(main, ["secret", "rotate-key", "--remove-old-keys", "--database-url", sqlite_url])

    assert rotated.output == f"Encrypted 2 secrets with the key {keys[0].id}.\n"
    assert [each.id for each in keys[1:]] == [old]
    assert removed.exit_code == 0, removed.output
    with connected(Settings(database_url=sqlite_url)) as runtime, runtime.database.reading() as connection:
        (webhook,) = webhooks.all(connection)
        assert len(runtime.vault.key_ids()) == 1
        assert webhook.request.unsealed(runtime.vault.decrypt).password == "hush-hush"
        assert list(sign.signing(runtime, webhook, "d-1").secrets) == [signing_secret]


def test_keys_outside_of_a_file_are_not_removed(sqlite_url, monkeypatch):
    with connected(Settings(database_url=sqlite_url)):
        pass
    monkeypatch.setenv("PACT_BROKER_SECRETS_KEY", vault_keys.generate())

    result = CliRunner().invoke(main, ["secret", "rotate-key", "--remove-old-keys", "--database-url", sqlite_url])

    assert (result.exit_code, "remove them where they are set" in result.output) == (2, True)
