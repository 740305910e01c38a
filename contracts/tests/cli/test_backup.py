"""`contracts backup` and `contracts restore`."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner
from estates import Estate

from contracts.broker.app import connected
from contracts.broker.settings import Settings
from contracts.broker.store import locks, migrations
from contracts.broker.store.database import Database
from contracts.cli.backup import backup, restore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "b.sqlite3"


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory):
    """A folder with a database that has a pact, and the file of its keys."""
    folder = tmp_path_factory.mktemp("filled")
    with connected(Settings(database_url=f"sqlite:///{folder / 'b.sqlite3'}")) as broker:
        Estate(broker).publish("web", "1", "1", branch="main")
        broker.vault.encrypt("a secret")  # which makes the file
    return folder


@pytest.fixture
def filled(filled_folder, path):
    """The settings of a database with a pact, as variables."""
    for each in filled_folder.iterdir():
        shutil.copy2(each, path.parent)
    return {"PACT_BROKER_DATABASE_ADAPTER": "sqlite", "PACT_BROKER_DATABASE_NAME": str(path)}


def run(command, *arguments, **environ):
    return CliRunner(env=environ).invoke(command, [str(each) for each in arguments])


def test_a_backup_says_what_was_verified_and_where_the_keys_are(filled, tmp_path, path):
    file = tmp_path / "copy"
    done = run(backup, file, **filled)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == f"Backed up sqlite:///{path} to {file} ({file.stat().st_size:,} bytes)."
    assert "its file is intact" in done.stdout
    assert "the newest pact can be read: web 1 with " in done.stdout
    assert f"not in a backup: keep a copy of the file {path}.key, in another place" in done.stdout
    assert "pages copied" in done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM pact_publications").fetchone() == (1,)


def test_a_restored_broker_has_the_data(filled, tmp_path):
    assert run(backup, tmp_path / "copy", **filled).exit_code == 0
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    done = run(restore, tmp_path / "copy", "--database-url", url)
    assert done.exit_code == 0, done.output
    assert f"Restored {tmp_path / 'copy'} into {url}." in done.stdout
    assert f"copy the file of their keys to {tmp_path / 'new.sqlite3.key'}: it is not in a backup" in done.stdout
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as connection:
        assert ("web",) in connection.execute("SELECT name FROM pacticipants").fetchall()


@pytest.mark.parametrize("revision", [migrations.HEAD, "0007"])
def test_the_restored_log_says_so_whatever_version_made_the_backup(filled, tmp_path, path, revision):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"VACUUM INTO '{tmp_path / 'copy'}'")
    done = run(restore, tmp_path / "copy", "--database-url", f"sqlite:///{tmp_path / 'new.sqlite3'}", **filled)
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(tmp_path / "new.sqlite3")) as connection:
        entries = connection.execute("SELECT resource, names FROM audit_entries ORDER BY id DESC").fetchall()
    assert entries[0] == ("contracts restore", '{"from":"copy"}')


def test_a_database_with_data_is_replaced_only_on_request(filled, tmp_path):
    run(backup, tmp_path / "copy", **filled)
    refused = run(restore, tmp_path / "copy", **filled)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "use --replace" in refused.stderr
    done = run(restore, tmp_path / "copy", "--replace", **filled)
    assert done.exit_code == 0
    assert f"The replaced data is in {tmp_path / 'b.sqlite3'}.before-restore-" in done.stdout


def test_an_existing_file_is_refused(filled, tmp_path):
    (tmp_path / "copy").write_text("older")
    done = run(backup, tmp_path / "copy", **filled)
    assert done.exit_code == 1
    assert "copy exists. Choose another name, or use --overwrite." in done.stderr
    assert run(backup, tmp_path / "copy", "--overwrite", **filled).exit_code == 0


def test_statuses_of_what_cannot_be_backed_up(filled, tmp_path, path):
    missing = run(backup, tmp_path / "copy", "--database-url", f"sqlite:///{tmp_path / 'none'}")
    assert (missing.exit_code, "There is no broker's database" in missing.stderr) == (4, True)
    assert run(backup).exit_code == 2
    with locks.backing_up(Database(f"sqlite:///{path}")):
        busy = run(backup, tmp_path / "copy", **filled)
    assert (busy.exit_code, "Another process makes a backup" in busy.stderr) == (3, True)


def test_without_a_file_of_keys_no_secret_is_encrypted(filled, tmp_path, path):
    path.with_name("b.sqlite3.key").unlink()
    assert f"No key encrypts secrets yet: there is no file {path}.key." in run(backup, tmp_path / "x", **filled).stdout


def test_the_variables_of_the_keys_are_named(filled, tmp_path):
    done = run(backup, tmp_path / "copy", PACT_BROKER_SECRETS_KEY_COMMAND="pass keys", **filled)
    assert "what the command in PACT_BROKER_SECRETS_KEY_COMMAND prints" in done.stdout
    assert "pass keys" not in done.output
