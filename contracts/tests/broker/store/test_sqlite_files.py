"""The file of a SQLite database: every character of its name counts, and it stays the same undamaged file."""

from __future__ import annotations

import shutil
import sqlite3
import stat

import pytest

from contracts.broker.store import health, pacticipants, sqlite_files
from contracts.broker.store.database import Database
from contracts.model.errors import Unavailable


@pytest.fixture
def opened(tmp_path, clock):
    """A database with one application, and its file."""
    path = tmp_path / "broker.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.create()
    with database.writing() as connection:
        pacticipants.ensure(connection, "Till", clock())
    yield database, path
    database.dispose()


def refused(database):
    """The reason for which both reading and writing are refused."""
    with pytest.raises(Unavailable) as reading, database.reading():
        pass
    with pytest.raises(Unavailable) as writing, database.writing():
        pass
    assert reading.value.reason == writing.value.reason == health.problem(database)
    return reading.value.reason


@pytest.mark.parametrize("name", ["q?x=1.sqlite3", "a%20b%41.sqlite3", "a#b c&d.sqlite3", "ü界.sqlite3", "x?mode=ro"])
def test_a_name_means_what_it_says(tmp_path, name):
    database = Database(f"sqlite:///{tmp_path / name}")
    database.create()

    assert name in {each.name for each in tmp_path.iterdir()}
    assert database.shown == f"sqlite:///{tmp_path / name}"
    database.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "postgresql://host/a%20b", "mysql:///x"])
def test_another_address_is_left_to_sqlalchemy(url):
    assert sqlite_files.address(url) is None


def test_a_file_that_is_deleted_is_noticed_and_not_made_again(opened):
    database, path = opened
    for each in path.parent.iterdir():
        each.unlink()

    assert "was deleted or moved away while the broker was running; stop the broker" in refused(database)
    assert list(path.parent.iterdir()) == []


def test_a_file_that_is_replaced_is_noticed(opened):
    database, path = opened
    copy = path.with_name("copy.sqlite3")
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    shutil.move(copy, path)

    assert "was replaced by another file" in refused(database)


def test_a_file_that_comes_back_is_used_again(opened):
    database, path = opened
    away = path.with_name("away.sqlite3")
    path.rename(away)
    refused(database)
    away.rename(path)

    with database.reading() as connection:
        assert pacticipants.count(connection) == 1
    assert health.problem(database) is None


def test_damage_is_found_and_named(opened):
    database, path = opened
    database.dispose()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40_000)

    assert f"{path} is damaged" in health.problem(database)
    assert "restore the last backup" in health.problem(database)


def test_a_file_that_is_not_a_database_counts_as_damaged(tmp_path):
    path = tmp_path / "broker.sqlite3"
    path.write_bytes(b"no database" * 1000)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(Unavailable, match="its file is damaged"), database.reading():
        pass
    assert "damaged" in health.problem(database)
    database.dispose()


def test_a_check_that_takes_too_long_says_nothing(opened):
    _, path = opened
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE large AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
            "LIMIT 20000) SELECT i, printf('%0500d', i) FROM n"
        )

    assert sqlite_files.SqliteFile(str(path)).damage(most_seconds=0) is None


def test_a_database_in_memory_has_no_file_to_lose():
    file = sqlite_files.SqliteFile(":memory:")
    file.opened()
    file.require_same()

    assert file.damage() is None


def test_a_new_file_is_its_owner_s_alone_and_so_are_those_beside_it(opened):
    _, path = opened
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.glob(f"{path.name}*")}

    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_a_file_that_is_there_keeps_its_mode(tmp_path):
    path = tmp_path / "broker.sqlite3"
    path.touch(mode=0o640)
    database = Database(f"sqlite:///{path}")
    database.create()
    database.dispose()

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_no_file_is_made_through_a_link(tmp_path):
    path, elsewhere = tmp_path / "broker.sqlite3", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(Unavailable, match="is a link to a file that does not exist"), database.writing():
        pass
    assert not elsewhere.exists()
    database.dispose()
