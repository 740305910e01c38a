"""Whether the database answers."""

from __future__ import annotations

from sqlalchemy import text

from contracts.broker.store import health
from contracts.broker.store.database import Database


def test_a_database_that_answers_has_no_problem(database):
    assert None is health.problem(database)


def test_sqlite_sets_no_limit_to_connections_and_postgresql_one(database):
    most = health.most_connections(database)

    assert most is None if database.sqlite else most > 10


def test_a_limit_of_the_database_counts_where_it_is_lower(postgresql_url):
    server = Database(postgresql_url)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.scalar(text("SELECT current_database()"))
        try:
            connection.execute(text(f'ALTER DATABASE "{name}" CONNECTION LIMIT 7'))
            assert health.most_connections(server) == 7
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1'))
    server.dispose()
