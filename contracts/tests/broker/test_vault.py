"""The vault: encryption of secrets, and derived keys."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from contracts.broker import vault_keys
from contracts.broker.settings import Settings, SettingsError
from contracts.broker.store.database import Database
from contracts.broker.vault import Vault
from contracts.broker.vault_keys import generate
from contracts.model.errors import Locked
from contracts.model.secrets import key_id


on_posix = pytest.mark.skipif(os.name != "posix", reason="modes of files")


def vault_of(url="sqlite:///never-opened.sqlite3", **settings):
    return Vault(Settings(database_url=url, **settings), Database(url))


def test_a_secret_is_encrypted_with_a_random_nonce_and_decrypted():
    vault = vault_of(secrets_key=generate())

    first, second = vault.encrypt("s3cret ✓"), vault.encrypt("s3cret ✓")

    assert first != second
    assert "s3cret" not in first
    assert [vault.decrypt(first), vault.decrypt(second)] == ["s3cret ✓", "s3cret ✓"]


def test_each_ciphertext_names_its_key_and_older_keys_decrypt():
    old, new = generate(), generate()
    before = vault_of(secrets_key=old)
    after = vault_of(secrets_key=f"{new} {old}")
    sealed = before.encrypt("s3cret")

    assert after.decrypt(sealed) == "s3cret"
    assert key_id(sealed) == before.key_ids()[0] == after.key_ids()[1]
    assert key_id(after.encrypt("s3cret")) == after.key_ids()[0] != key_id(sealed)


def test_a_missing_key_is_named_with_what_to_do():
    sealed = vault_of(secrets_key=generate()).encrypt("s3cret")

    with pytest.raises(Locked, match=f"the key {key_id(sealed)}, which this broker does not have. Add that key"):
        vault_of(secrets_key=generate()).decrypt(sealed)


def test_a_changed_ciphertext_is_refused():
    vault = vault_of(secrets_key=generate())
    sealed = vault.encrypt("s3cret")

    for changed in (sealed[:-8] + "AAAAAAA=", sealed[:40], "sealed:v2:x"):
        with pytest.raises(Locked, match="A stored secret is damaged"):
            vault.decrypt(changed)


def test_a_sqlite_database_has_a_key_file_of_its_own_once_it_is_needed(sqlite_url, tmp_path):
    vault, file = vault_of(sqlite_url), tmp_path / "broker.sqlite3.key"
    vault.require()
    assert (vault.key_ids(), file.exists()) == ((), False)

    sealed = vault.encrypt("s3cret")

    assert vault_of(sqlite_url).decrypt(sealed) == "s3cret"
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert os.name != "posix" or stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_file_that_disappears_is_not_replaced_by_another(sqlite_url, tmp_path):
    vault = vault_of(sqlite_url)
    vault.encrypt("s3cret")
    (tmp_path / "broker.sqlite3.key").unlink()

    with pytest.raises(Locked, match=r"broker.sqlite3.key cannot be read: No such file"):
        vault.encrypt("s3cret")


def test_a_new_key_in_the_file_encrypts_from_now_on_without_a_restart(sqlite_url):
    vault = vault_of(sqlite_url)
    sealed = vault.encrypt("s3cret")

    vault_keys.add_to_file(vault.file)

    assert key_id(vault.encrypt("s3cret")) != key_id(sealed)
    assert vault.decrypt(sealed) == "s3cret"


@on_posix
def test_a_key_file_that_others_may_read_is_refused(tmp_path):
    file = tmp_path / "key"
    file.write_text(generate())
    file.chmod(0o640)

    with pytest.raises(Locked, match=rf"\(mode 640\), so its keys are not used. Run: chmod 600 {file}"):
        vault_of(secrets_key_file=str(file)).require()

    file.chmod(0o600)
    vault_of(secrets_key_file=str(file)).require()


@on_posix
def test_a_command_prints_the_keys():
    key = generate()
    vault = vault_of(secrets_key_command=f"{sys.executable} -c 'print(\"{key}\")'")

    assert vault.decrypt(vault_of(secrets_key=key).encrypt("s3cret")) == "s3cret"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("does-not-exist-anywhere", "PACT_BROKER_SECRETS_KEY_COMMAND cannot be run"),
        ("'", "PACT_BROKER_SECRETS_KEY_COMMAND cannot be run: No closing quotation"),
        (f"{sys.executable} -c 'raise SystemExit(\"s3cret\")'", "failed with exit status 1"),
    ],
)
def test_a_command_that_fails_is_reported_without_what_it_prints(command, problem):
    with pytest.raises(Locked, match=problem) as failure:
        vault_of(secrets_key_command=command).require()

    assert "s3cret" not in str(failure.value)


@pytest.mark.parametrize(
    "text", ["s3cret", generate() + " s3cret", generate()[:-1] + "!"], ids=["short", "second", "alphabet"]
)
def test_what_is_not_a_key_is_refused_and_not_repeated(text):
    with pytest.raises(Locked, match=r"Key \d of PACT_BROKER_SECRETS_KEY is not 32 bytes in base64") as refusal:
        vault_of(secrets_key=text).require()

    assert text.split()[-1] not in str(refusal.value)


def test_an_empty_file_contains_no_key(tmp_path):
    file = tmp_path / "key"
    vault_keys.create_file(file)
    file.write_text("# none\n")

    with pytest.raises(Locked, match="contains no key"):
        vault_of(secrets_key_file=str(file)).require()


def test_keys_come_from_one_place():
    with pytest.raises(SettingsError, match="set only one of PACT_BROKER_SECRETS_KEY, "):
        Settings(secrets_key=generate(), secrets_key_file="key")


def test_the_settings_never_show_the_key():
    key = generate()

    assert key not in repr(Settings(secrets_key=key))
    assert "pa55" not in repr(Settings(database_url="postgresql://ann:pa55@db.example.org/pacts"))


def test_a_key_does_not_show_itself():
    key = generate()

    (parsed,) = vault_keys.parse(key, "a setting")

    assert key[:8] not in repr(parsed)
    assert repr(parsed.material)[2:10] not in repr(parsed)


def test_derived_keys_differ_by_purpose_and_are_the_same_for_each_process():
    key = generate()
    vault = vault_of(secrets_key=key)

    assert vault.derive("sessions") == vault_of(secrets_key=key).derive("sessions")
    assert len({vault.derive("sessions"), vault.derive("deliveries"), vault.derive("contracts encryption")}) == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_without_a_key_postgresql_stores_no_secret_but_derives_keys(database):
    url = database.url.render_as_string(hide_password=False)
    first, second = (Vault(Settings(database_url=url), database) for _ in range(2))
    first.require()

    assert first.derive("sessions") == second.derive("sessions")
    assert first.key_ids() == ()
    with pytest.raises(Locked, match="PACT_BROKER_SECRETS_KEY_FILE or PACT_BROKER_SECRETS_KEY_COMMAND"):
        first.encrypt("s3cret")


@pytest.mark.thorough
def test_a_broker_starts_without_the_library_of_ciphers():
    program = "import contracts.broker.app, contracts.cli, sys; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
