"""Connections: how many, and how long something may take."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import pytest
from sqlalchemy import exc, text

from contracts.broker.store import pacticipants
from contracts.broker.store.database import Database, DatabaseError
from contracts.model.errors import PacticipantNotFound, Unavailable


def test_waiting_for_a_connection_ends_at_the_timeout(database):
    url = database.url.render_as_string(hide_password=False)
    scarce = Database(url, max_connections=1, pool_timeout_seconds=0.05)
    with scarce.reading(), pytest.raises(Unavailable, match="nothing was changed"), scarce.reading():
        pass
    with scarce.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    scarce.dispose()


def test_an_old_sqlite_is_refused_with_a_way_out(sqlite_url, monkeypatch):
    monkeypatch.setattr(sqlite3.dbapi2, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3.dbapi2, "sqlite_version", "3.34.1")
    with pytest.raises(
        DatabaseError, match=r"SQLite 3\.34\.1, and the broker needs 3\.37\.0 or newer: use .* PostgreSQL"
    ):
        Database(sqlite_url)


def test_all_statements_of_a_reader_see_the_same_state(database, clock):
    with database.reading() as connection:
        assert pacticipants.count(connection) == 0
        with database.writing() as other:
            pacticipants.ensure(other, "Till", clock())
        assert pacticipants.count(connection) == 0
    with database.reading() as connection:
        assert pacticipants.count(connection) == 1


def test_a_statement_that_takes_too_long_is_given_up(postgresql_url):
    impatient = Database(postgresql_url, statement_timeout_seconds=1)
    with pytest.raises(Unavailable, match="statement timeout"), impatient.reading() as connection:
        connection.execute(text("SELECT count(*) FROM generate_series(1, 1000000000000)"))
    impatient.dispose()


@pytest.mark.parametrize(("enabled", "prepared"), [(True, 1), (False, 0)])
def test_a_statement_that_comes_again_is_planned_once(postgresql_url, clock, enabled, prepared):
    database = Database(postgresql_url, max_connections=1, prepared_statements=enabled)
    database.create()
    with database.writing() as connection:
        pacticipants.ensure(connection, "Till", clock())
    for name in ["Till", "Nobody"] * 5:
        with suppress(PacticipantNotFound), database.reading() as connection:
            pacticipants.find(connection, name)
    count_plans = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%pacticipants.main_branch%'"
    with database.reading() as connection:
        assert connection.scalar(text(count_plans)) == prepared
    database.dispose()


def test_an_error_of_ours_is_none_of_the_database(database):
    with pytest.raises(exc.DBAPIError, match="nowhere"), database.reading() as connection:
        connection.execute(text("SELECT * FROM nowhere"))


def test_sqlite_looks_at_its_tables_again_when_they_have_grown(sqlite_url, clock):
    database = Database(sqlite_url)
    database.create()
    seen = []
    for size in (10, 1000):
        with database.writing() as connection:
            for number in range(size):
                pacticipants.ensure(connection, f"{size}-{number}", clock())
        database.optimise()
        with database.reading() as connection:
            counts = "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = 'pacticipants'"
            seen.append(connection.scalar(text(counts)))
    few, many = seen
    assert few == 10
    assert many > 500  # an estimate, since not all are looked at
    database.dispose()
