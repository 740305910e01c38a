"""Backups on a schedule."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from estates import Estate

from contracts.broker.schedules import Schedule
from contracts.broker.serving.backups import Backups
from contracts.broker.store import locks
from contracts.broker.store.backups import history


DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST = "broker-20261123T0900Z.sqlite3"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
def broker(broker, folder):
    """A broker with a pact, which makes a backup at nine and keeps two."""
    with broker.database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0011')")
    Estate(broker).publish("web", "1", "1", branch="main")
    settings = replace(
        broker.settings,
        database_backup_folder=str(folder),
        database_backup_cron_schedule=Schedule(text="0 9 * * *"),
        database_backup_copies=2,
    )
    return replace(broker, settings=settings)


def outcome(broker, **which):
    with broker.database.reading() as connection:
        return history.last(connection, **which)


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_backup_is_made_at_the_scheduled_moment(broker, folder, clock):
    backups = Backups(broker)
    backups.start()
    try:
        clock.forward(hours=2)
        backups.wake()
        for _ in range(2_000):
            if outcome(broker) is not None:
                break
            time.sleep(0.01)
    finally:
        backups.stop()
    assert names(folder) == [FIRST]
    assert outcome(broker) == history.Outcome(due_at=DUE, finished_at=clock(), error=None)
    with closing(sqlite3.connect(folder / FIRST)) as connection:
        assert connection.execute("SELECT count(*) FROM pact_publications").fetchone() == (1,)


def test_no_folder_means_no_backups(broker):
    backups = Backups(replace(broker, settings=replace(broker.settings, database_backup_folder="")))
    backups.start()
    assert not backups._thread.is_alive()


def test_one_process_of_several_makes_the_backup(broker, folder, monkeypatch):
    claims = []

    def attempt(_, path):
        claims.append(path)
        path.write_bytes(b"a backup")

    monkeypatch.setattr(Backups, "_attempt", attempt)
    for _ in range(3):
        Backups(broker)._back_up(DUE)
    assert claims == [folder / FIRST]


def test_the_newest_copies_stay_and_other_files_too(broker, folder):
    (folder / "broker-notes.txt").write_text("mine")
    (folder / "other-20261101T0900Z.sqlite3").write_text("of another broker")
    for day in (23, 24, 25):
        Backups(broker)._back_up(DUE.replace(day=day))
    assert names(folder) == [
        "broker-20261124T0900Z.sqlite3",
        "broker-20261125T0900Z.sqlite3",
        "broker-notes.txt",
        "other-20261101T0900Z.sqlite3",
    ]


def test_a_failure_is_an_error_in_the_log_and_removes_no_older_backup(broker, folder, caplog):
    older = [f"broker-202611{day:02}T0900Z.sqlite3" for day in (1, 2, 3)]
    for name in older:
        (folder / name).write_text("older")
    with locks.backing_up(broker.database):
        Backups(broker)._back_up(DUE)
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "Another process makes a backup of this database" in record.getMessage()
    assert "The older backups are unchanged" in record.getMessage()
    assert names(folder) == older
    assert "Another process" in outcome(broker).error
    assert outcome(broker, successful=True) is None


def test_a_missing_folder_is_an_error_at_the_start_and_at_each_backup(broker, folder, caplog):
    folder.rmdir()
    backups = Backups(broker)
    backups.start()
    backups.stop()
    assert f"The folder {folder} for backups does not exist" in caplog.text
    Backups(broker)._back_up(DUE)
    assert f"The folder {folder} does not exist" in outcome(broker).error


def test_what_a_killed_process_left_is_removed(broker, folder):
    (folder / ".broker-20261122T0900Z.sqlite3.1234.partial").write_text("half")
    (folder / ".broker-20261122T0900Z.sqlite3.1234.partial.restored-x").mkdir()
    Backups(broker)._back_up(DUE)
    assert names(folder) == [FIRST]


def test_a_backup_ends_with_the_broker(broker, folder):
    backups = Backups(broker)
    backups.stop()
    backups._back_up(DUE)
    assert outcome(broker).error == "The broker was stopped before the backup was complete"
    assert names(folder) == []


def test_the_history_has_a_hundred_rows(broker, clock):
    with broker.database.writing() as connection:
        for minute in range(130):
            history.claim(connection, DUE.replace(hour=minute // 60, minute=minute % 60), "here", clock())
        assert connection.exec_driver_sql("SELECT count(*) FROM backups").scalar_one() == 100
