"""Opening a broker over a database that is full or damaged, and answering once its file is gone."""

from __future__ import annotations

import logging
from contextlib import contextmanager

import pytest
from in_process import TestClient
from sqlalchemy import Engine, event

from contracts.broker.app import connected, create_app
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database, DatabaseError


@pytest.fixture
def path(tmp_path):
    """The file of a database that is up to date, and was never analysed."""
    path = tmp_path / "broker.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrations.prepare(database)
    database.dispose()
    return path


@pytest.fixture
def settings(path):
    return Settings(database_url=f"sqlite:///{path}")


@contextmanager
def full_disk():
    """Let no SQLite file grow."""

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


def test_a_broker_on_a_full_disk_starts_and_serves_its_data(settings, caplog):
    with full_disk(), connected(settings) as broker, TestClient(create_app(broker)) as http:
        assert http.get("/pacticipants").status_code == 200
        assert http.get("/diagnostic/status/dependencies").status_code == 200

    assert "The statistics of the database were not renewed: database or disk is full" in caplog.messages


def test_a_damaged_file_keeps_it_from_starting_with_a_sentence(settings, path):
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40_000)

    with pytest.raises(DatabaseError, match=r"is damaged .* restore the last backup"), connected(settings):
        pass


def test_once_its_file_is_deleted_nothing_is_acknowledged(settings, path, caplog):
    caplog.set_level(logging.WARNING)
    with connected(settings) as broker, TestClient(create_app(broker)) as http:
        for each in path.parent.glob("broker.sqlite3*"):
            each.unlink()
        created = http.post("/pacticipants", json={"name": "Till"})
        dependencies = http.get("/diagnostic/status/dependencies")

    assert created.status_code == dependencies.status_code == 503
    assert "was deleted or moved away while the broker was running" in created.json()["error"]
    assert "was deleted or moved away" in dependencies.json()["database"]["error"]["message"]
    assert len(caplog.messages) == 1
    assert "was deleted or moved away" in caplog.messages[0]
    assert not path.exists()
