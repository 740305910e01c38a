"""Backups of a SQLite file, while it is in use and after something went wrong."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import releases
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import backups, locks
from contracts.broker.store.backups import BackupBusy, BackupError
from contracts.broker.store.database import Database, DatabaseError
from contracts.broker.store.migrations import prepare


def silent(*_):
    """Report no progress."""


def rows(url):
    """The number of pacts in the database at *url*, or in a file."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return connection.execute("SELECT count(*) FROM pact_publications").fetchone()[0]


@pytest.fixture(scope="session")
def tables(tmp_path_factory):
    """The bytes of a database as the broker makes it, with two pacts."""
    path = tmp_path_factory.mktemp("source") / "b.sqlite3"
    database = Database(f"sqlite:///{path}")
    prepare(database)
    estate = Estate(Runtime(settings=Settings(), database=database))
    for number in "12":
        estate.publish("web", number, number, branch="main")
    database.dispose()
    return path.read_bytes()


@pytest.fixture
def database(tmp_path, tables):
    (tmp_path / "b.sqlite3").write_bytes(tables)
    database = Database(f"sqlite:///{tmp_path / 'b.sqlite3'}")
    yield database
    database.dispose()


@pytest.fixture
def new(tmp_path):
    """A database whose file does not exist yet."""
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def backed_up(tmp_path_factory, tables):
    """The bytes of a backup of the database."""
    folder = tmp_path_factory.mktemp("backed-up")
    (folder / "b.sqlite3").write_bytes(tables)
    database = Database(f"sqlite:///{folder / 'b.sqlite3'}")
    backups.make(database, folder / "backup", silent)
    database.dispose()
    return (folder / "backup").read_bytes()


@pytest.fixture
def backup(tmp_path, backed_up):
    """A backup of the database."""
    (tmp_path / "backup").write_bytes(backed_up)
    return tmp_path / "backup"


def names(folder):
    return {each.name for each in folder.iterdir()}


def test_a_backup_has_the_rows_of_every_table_and_the_newest_pact(database, new, tmp_path):
    facts = backups.make(database, tmp_path / "backup", silent)
    assert facts.rows["pact_publications"] == 2
    assert facts.newest_pact.startswith("web 2 with ")
    restored, predecessor = backups.restore(tmp_path / "backup", new, silent)
    assert (restored, predecessor) == (facts, "")
    assert rows(str(new.url)) == 2


def test_a_backup_is_one_file_that_only_its_owner_may_read(database, tmp_path):
    backup = tmp_path / "backup"
    backups.make(database, backup, silent)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert names(tmp_path) == {"b.sqlite3", "b.sqlite3-wal", "b.sqlite3-shm", "b.sqlite3.backup-lock", "backup"}


def test_a_backup_is_of_one_moment_even_if_others_write(database, tmp_path, monkeypatch):
    """The copy goes on where it was: pages that change after the rows were counted are not in it."""
    monkeypatch.setattr(backups.sqlite, "_PAGES", 10)
    estate = Estate(Runtime(settings=Settings(), database=database))
    parts = []

    def write_at_each_step(part, done, total):
        parts.append(part)
        if part == "pages copied":
            assert parts.count(part) <= total, "the copy began again"
            estate.publish("till", str(done), str(done), branch="main")

    facts = backups.make(database, tmp_path / "backup", write_at_each_step)
    assert parts.count("pages copied") > 3
    assert facts.rows["pact_publications"] == 2
    assert rows(str(tmp_path / "backup")) == 2
    assert rows(str(database.url)) > 4


def test_an_existing_file_is_kept_unless_it_may_be_overwritten(database, tmp_path):
    path = tmp_path / "backup"
    path.write_text("older")
    with pytest.raises(BackupError, match=r"exists\. Choose another name, or use --overwrite"):
        backups.make(database, path, silent)
    assert path.read_text() == "older"
    backups.make(database, path, silent, overwrite=True)
    assert rows(str(path)) == 2


def test_the_database_is_not_overwritten_by_its_backup(database, tmp_path):
    (tmp_path / "link").symlink_to("b.sqlite3")
    for name in ("b.sqlite3", "link"):
        with pytest.raises(BackupError, match="is the database itself"):
            backups.make(database, tmp_path / name, silent, overwrite=True)
    with pytest.raises(BackupError, match="is the database itself"):
        backups.restore(tmp_path / "link", database, silent, replace=True)


def test_a_backup_that_differs_from_its_snapshot_is_not_written(database, tmp_path, monkeypatch):
    def lossy(partial, progress):
        with closing(sqlite3.connect(partial)) as connection, connection:
            connection.execute("DELETE FROM pact_publications WHERE id = 2")
        return original(partial, progress)

    original = backups.sqlite.verified
    monkeypatch.setattr(backups.sqlite, "verified", lossy)
    path = tmp_path / "backup"
    path.write_text("older")
    with pytest.raises(BackupError, match="pact_publications has 1 rows instead of 2"):
        backups.make(database, path, silent, overwrite=True)
    assert path.read_text() == "older"
    assert not any("partial" in name or "restored" in name for name in names(tmp_path))


def test_a_failure_in_the_middle_leaves_nothing(database, tmp_path):
    def fail(part, *_):
        if part == "pages copied":
            raise OSError(28, "No space left on device")

    with pytest.raises(BackupError, match="cannot be written: No space left on device"):
        backups.make(database, tmp_path / "backup", fail)
    assert not any("backup" in name and "lock" not in name for name in names(tmp_path))


def test_what_a_killed_backup_left_is_removed_by_the_next(database, tmp_path):
    (tmp_path / ".backup.1234.partial").write_text("half")
    (tmp_path / ".backup.1234.partial.restored-x").mkdir()
    (tmp_path / ".other.1234.partial").write_text("of another")
    backups.make(database, tmp_path / "backup", silent)
    assert {name for name in names(tmp_path) if name.startswith(".")} == {".other.1234.partial"}


def test_one_process_makes_a_backup_at_a_time(database, tmp_path):
    with locks.backing_up(database) as locked:
        assert locked
        with pytest.raises(BackupBusy):
            backups.make(database, tmp_path / "backup", silent)


def test_a_database_that_does_not_exist_is_not_made(new, tmp_path):
    with pytest.raises(DatabaseError, match="There is no broker's database"):
        backups.make(new, tmp_path / "backup", silent)
    assert names(tmp_path) == set()


def test_a_damaged_backup_is_not_restored(backup, new, tmp_path):
    content = bytearray(backup.read_bytes())
    content[4096 * 2 : 4096 * 6] = os.urandom(4096 * 4)
    backup.write_bytes(content)
    with pytest.raises(BackupError, match=r"Use an(other| older) backup"):
        backups.restore(backup, new, silent)
    assert not any(name.startswith((".", "new")) for name in names(tmp_path))


def test_any_other_file_is_not_restored(new, tmp_path):
    (tmp_path / "notes").write_text("not a database " * 100)
    with pytest.raises(BackupError, match="not a copy of a SQLite database"):
        backups.restore(tmp_path / "notes", new, silent)
    with pytest.raises(BackupError, match="There is no file"):
        backups.restore(tmp_path / "missing", new, silent)
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE notes (text)")
    with pytest.raises(BackupError, match="not a database of the broker"):
        backups.restore(tmp_path / "other", new, silent)


def test_a_backup_of_a_newer_version_is_not_restored(backup, new, tmp_path):
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BackupError, match=r"newer version of contracts made this backup.*revision 9999"):
        backups.restore(backup, new, silent)
    assert not any(name.startswith((".", "new")) for name in names(tmp_path))


def test_the_database_of_an_older_release_is_backed_up_as_it_is(new, tmp_path):
    """A backup is made before an upgrade, with the new version."""
    older = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    releases.restore(releases.FOLDER / "0.2.0", older)
    facts = backups.make(older, tmp_path / "backup", silent)
    older.dispose()
    assert facts.revision == "0001"
    assert facts.newest_pact is not None
    assert backups.restore(tmp_path / "backup", new, silent) == (facts, "")


def test_data_is_replaced_only_on_request_and_stays_beside(database, backup):
    Estate(Runtime(settings=Settings(), database=database)).publish("web", "3", "3", branch="main")
    database.dispose()
    with pytest.raises(BackupError, match=r"has data\. Restore into a new file, or use --replace"):
        backups.restore(backup, database, silent)
    assert rows(str(database.url)) == 3
    facts, predecessor = backups.restore(backup, database, silent, replace=True)
    assert rows(str(database.url)) == facts.rows["pact_publications"] == 2
    assert rows(predecessor) == 3


def test_an_empty_database_needs_no_permission_to_be_replaced(new, backup, tmp_path):
    prepare(new)
    new.dispose()
    assert backups.restore(backup, new, silent)[1] == ""
    assert rows(str(new.url)) == 2
    assert not any("before-restore" in name for name in names(tmp_path))


def test_a_file_that_a_broker_has_open_is_not_replaced(database, backup):
    with database.reading() as connection:  # the broker's connection stays in its pool
        connection.exec_driver_sql("SELECT 1")
    with pytest.raises(BackupError, match=r"is in use\. Stop the broker"):
        backups.restore(backup, database, silent, replace=True)
    assert rows(str(database.url)) == 2


def test_a_damaged_database_can_be_replaced(database, backup, tmp_path):
    database.dispose()
    (tmp_path / "b.sqlite3").write_bytes(b"damaged" * 1000)
    _, predecessor = backups.restore(backup, database, silent, replace=True)
    assert rows(str(database.url)) == 2
    assert Path(predecessor).read_bytes() == b"damaged" * 1000


def test_the_old_database_comes_back_if_the_new_one_cannot_be_read(database, backup, monkeypatch):
    Estate(Runtime(settings=Settings(), database=database)).publish("web", "3", "3", branch="main")
    database.dispose()
    original = backups.sqlite._checked

    def only_before_the_replacement(path, progress):
        if path.name == "b.sqlite3":
            raise BackupError("the disk failed")
        return original(path, progress)

    monkeypatch.setattr(backups.sqlite, "_checked", only_before_the_replacement)
    with pytest.raises(BackupError, match="the disk failed"):
        backups.restore(backup, database, silent, replace=True)
    assert rows(str(database.url)) == 3


def test_the_log_of_an_older_file_is_not_taken_for_the_new_one(database, backup, tmp_path):
    """SQLite would write what it finds in it into the restored file."""
    database.dispose()
    (tmp_path / "b.sqlite3").unlink()
    (tmp_path / "b.sqlite3-wal").write_bytes(b"left over")
    backups.restore(backup, database, silent)
    assert rows(str(database.url)) == 2
    assert "b.sqlite3-wal" not in names(tmp_path)
