"""Backups of a PostgreSQL database with its own programs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from estates import Estate
from sqlalchemy import text

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import backups
from contracts.broker.store.backups import BackupError, Options, postgresql, servers
from contracts.broker.store.database import Database
from contracts.broker.store.migrations import prepare


def silent(*_):
    """Report no progress."""


def test_other_users_of_the_machine_cannot_see_the_password():
    address, environ = postgresql._address(Database("postgresql://me:s3cret@db.example.com:5433/pacts?sslmode=require"))
    assert environ == {"PGPASSWORD": "s3cret"}
    assert set(address.split()) == {"host=db.example.com", "port=5433", "user=me", "dbname=pacts", "sslmode=require"}


def test_a_file_that_is_not_a_dump_is_refused(tmp_path):
    (tmp_path / "copy").write_bytes(b"SQLite format 3\0")
    with pytest.raises(BackupError, match="not a backup of a PostgreSQL database"):
        backups.restore(tmp_path / "copy", Database("postgresql://127.0.0.1:1/none"), silent)


@pytest.fixture
def server(postgresql_url):
    """Provides the databases of the test's server, which are removed afterwards."""
    administrator = Database(postgresql_url)
    connection = administrator.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    before = set(connection.scalars(text("SELECT datname FROM pg_database")))
    opened = []

    class Server:
        def run(self, statement):
            return (
                list(connection.execute(text(statement)).scalars())
                if "SELECT" in statement
                else connection.execute(text(statement))
            )

        def names(self):
            return set(connection.scalars(text("SELECT datname FROM pg_database"))) - before

        def database(self, name, user=None):
            url = administrator.url.set(database=name)
            url = url if user is None else url.set(username=user)
            opened.append(Database(url.render_as_string(hide_password=False)))
            return opened[-1]

    yield Server()
    for each in opened:
        each.dispose()
    for name in set(connection.scalars(text("SELECT datname FROM pg_database"))) - before:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    connection.close()
    administrator.dispose()


def publish(database, number):
    Estate(Runtime(settings=Settings(), database=database)).publish("web", number, number, branch="main")


def pacts(database):
    with database.reading() as connection:
        number = connection.execute(text("SELECT count(*) FROM pact_publications")).scalar_one()
    database.dispose()
    return number


@pytest.mark.thorough
def test_a_running_broker_is_backed_up_and_restored(server, tmp_path, monkeypatch):
    server.run("CREATE DATABASE original")
    original, path = server.database("original"), tmp_path / "broker.dump"
    prepare(original)
    publish(original, "1")
    parts = []

    def publish_another(part, *_):
        parts.append(part)
        if part == "tables dumped" and parts.count(part) == 1:
            publish(original, "2")

    facts = backups.make(original, path, publish_another)
    assert facts.rows["pact_publications"] == 1, "the snapshot was taken before the second pact"
    assert facts.newest_pact.startswith("web 1 with ")
    assert path.stat().st_mode & 0o777 == 0o600
    assert server.names() == {"original"}, "the temporary database is removed"
    assert "tables restored" in parts

    with pytest.raises(BackupError, match=r"has data\. Restore into a new or empty database, or use --replace"):
        backups.restore(path, server.database("original"), silent)
    with monkeypatch.context() as impatient, original.reading():
        impatient.setattr(servers, "PATIENCE_SECONDS", 0)
        with pytest.raises(BackupError, match=r"is in use by \d+ connections\. Stop the broker"):
            backups.restore(path, server.database("original"), silent, replace=True)
    assert pacts(original) == 2

    restored, predecessor = backups.restore(path, original, silent, replace=True)
    assert restored == facts
    assert (pacts(original), pacts(server.database(predecessor))) == (1, 2)
    assert re.fullmatch(r"original_before_restore_\d{20}", predecessor)

    with original.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backups.make(original, tmp_path / "newer.dump", silent)
    with pytest.raises(BackupError, match=r"newer version of contracts made this backup.*revision 9999"):
        backups.restore(tmp_path / "newer.dump", server.database("new"), silent)
    assert "new" not in server.names()

    assert backups.restore(path, server.database("new"), silent) == (facts, "")
    assert pacts(server.database("new")) == 1
    assert server.names() == {"original", predecessor, "new"}


@pytest.mark.thorough
def test_a_user_without_the_right_to_make_databases(server, tmp_path):
    """It needs another server for the check, and may restore into an empty database."""
    (folder,) = server.run("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
    options = Options(folder=Path(folder))
    server.run("CREATE ROLE small LOGIN")
    try:
        server.run("CREATE DATABASE own OWNER small")
        server.run("CREATE DATABASE to_restore OWNER small")
        own, empty = server.database("own", "small"), server.database("to_restore", "small")
        for each in (own, empty):
            prepare(each)
        publish(own, "1")
        path = tmp_path / "broker.dump"
        with pytest.raises(BackupError, match=r"The user small may not make or rename databases\. Allow it"):
            backups.make(own, path, silent, options=options)
        assert list(tmp_path.iterdir()) == []
        verification_url = own.url.set(username="postgres").render_as_string(hide_password=False)
        facts = backups.make(own, path, silent, options=Options(folder=Path(folder), verification_url=verification_url))
        empty.dispose()
        assert backups.restore(path, empty, silent, options=options) == (facts, "")
        assert pacts(empty) == 1
    finally:
        server.run("DROP DATABASE own WITH (FORCE)")
        server.run("DROP DATABASE to_restore WITH (FORCE)")
        server.run("DROP ROLE small")
