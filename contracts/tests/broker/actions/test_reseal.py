"""Encrypting what is stored: secrets in clear text of older versions, and everything after a change of the key."""

from __future__ import annotations

import dataclasses
import logging

import pytest
from hooks import add_webhook
from sqlalchemy import text

from contracts.broker.actions import reseal, sign
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import audit, sealed_texts, secrets, webhooks
from contracts.broker.vault import Vault
from contracts.broker.vault_keys import add_to_file, generate
from contracts.model.errors import Locked
from contracts.model.secrets import NewSecret, Sealed


CLEAR = "clear-text-of-an-older-version"


@pytest.fixture
def runtime(database, clock):
    """A broker over each kind of database, with a key."""
    url = database.url.render_as_string(hide_password=False)
    return Runtime(settings=Settings(database_url=url, secrets_key=generate()), database=database, now=clock)


def store_as_before(runtime):
    """Store a webhook as a version without encryption did."""
    webhook = add_webhook(runtime, username="ci")
    with runtime.database.writing() as connection:
        connection.execute(
            text("UPDATE webhooks SET password = :clear, headers = :headers"),
            {"clear": CLEAR, "headers": f'{{"x-token": "{CLEAR}", "x-plain": "plain"}}'},
        )
    return webhook


def stored(runtime):
    with runtime.database.reading() as connection:
        (webhook,) = webhooks.all(connection)
    return webhook


def test_secrets_in_clear_text_are_encrypted_at_start_and_stay_the_same(runtime, caplog):
    before = store_as_before(runtime)

    reseal.at_start(runtime)
    reseal.at_start(runtime)

    after = stored(runtime)
    assert after.request.is_sealed
    assert CLEAR not in str(after.request)
    clear = after.request.unsealed(runtime.vault.decrypt)
    assert (clear.password, clear.headers) == (CLEAR, {"x-token": CLEAR, "x-plain": "plain"})
    assert (after.updated_at, after.events) == (before.updated_at, before.events)
    assert caplog.messages == ["Secrets of webhooks were stored in clear text, and are encrypted now (1)"]
    with runtime.database.reading() as connection:
        (entry,) = audit.every(connection)
    assert (entry.act.subject, entry.act.names) == ("system:encryption", {"webhooks": "1"})


def test_the_files_of_sqlite_contain_no_clear_text_afterwards(broker, tmp_path):
    store_as_before(broker)
    assert any(CLEAR.encode() in each.read_bytes() for each in tmp_path.iterdir())

    reseal.at_start(broker)

    assert not any(CLEAR.encode() in each.read_bytes() for each in tmp_path.iterdir())


def test_without_a_key_nothing_is_lost_and_the_log_says_what_to_do(runtime, caplog, monkeypatch):
    store_as_before(runtime)
    runtime.vault = Vault(dataclasses.replace(runtime.settings, secrets_key=""), runtime.database)
    monkeypatch.setattr(Vault, "file", None)  # as on PostgreSQL

    reseal.at_start(runtime)

    assert stored(runtime).request.password == CLEAR
    (message,) = caplog.messages
    assert message.startswith("The database contains secrets of webhooks in clear text (1). This broker has no key")
    assert "PACT_BROKER_SECRETS_KEY_FILE" in message


def test_a_missing_key_is_named_at_start(runtime, caplog):
    add_webhook(runtime, username="ci", password="hush-hush")
    (key_id,) = runtime.vault.key_ids()
    runtime.vault = Vault(dataclasses.replace(runtime.settings, secrets_key=generate()), runtime.database)

    with caplog.at_level(logging.WARNING):
        reseal.at_start(runtime)

    (message,) = caplog.messages
    assert message.startswith(f"A secret was encrypted with the key {key_id}, which this broker does not have.")
    assert message.endswith("(1 of them)")


def test_every_secret_is_encrypted_with_the_new_key(runtime):
    headers = {"x-token": "t0ken", "x-plain": "plain"}
    webhook = add_webhook(runtime, username="ci", password="hush-hush", headers=headers)
    with runtime.database.writing() as connection:
        _, signing = sign.begin(runtime, connection, webhook)
        new = NewSecret(name="T", description=None, created_by="", value=Sealed(runtime.vault.encrypt("named-value")))
        secrets.add(connection, new, "a-secret", runtime.now())
    old = runtime.settings.secrets_key
    runtime.vault = Vault(dataclasses.replace(runtime.settings, secrets_key=f"{generate()} {old}"), runtime.database)

    assert reseal.renew(runtime) == 4
    assert reseal.renew(runtime) == 0

    runtime.vault = Vault(
        dataclasses.replace(runtime.settings, secrets_key=_first_key(runtime)), runtime.database
    )  # without the old one
    with runtime.database.reading() as connection:
        assert list(sealed_texts.count(connection)) == [runtime.vault.first_key_id()]
        _, value = secrets.values(connection, ["T"])["T"]
    clear = stored(runtime).request.unsealed(runtime.vault.decrypt)
    assert (clear.password, clear.headers) == ("hush-hush", headers)
    assert runtime.vault.decrypt(value) == "named-value"
    assert sign.signing(runtime, stored(runtime), "x").secrets == (signing,)


def _first_key(runtime):
    return runtime.vault._settings.secrets_key.split()[0]


def test_a_missing_key_changes_nothing(broker):
    add_webhook(broker, username="ci", password="hush-hush")
    before = stored(broker).request.password
    broker.vault.file.write_text(f"{generate()}\n")

    with pytest.raises(Locked, match="which this broker does not have"):
        reseal.renew(broker)

    assert stored(broker).request.password == before


def test_a_running_broker_takes_up_a_new_key_by_itself(broker):
    add_webhook(broker, username="ci", password="hush-hush")
    other = Runtime(settings=broker.settings, database=broker.database, now=broker.now)
    add_to_file(other.vault.file)

    assert reseal.renew(other) == 1
    assert broker.vault.decrypt(stored(broker).request.password) == "hush-hush"
