"""A list is one parameter; SQLite's search for a maximum never meets one on an index."""

from __future__ import annotations

import pytest
from extremes import extremes_among_lists
from sqlalchemy import column, func, or_, select, table, text
from sqlalchemy.dialects import sqlite

from contracts.broker.store.database import Database
from contracts.broker.store.membership import among
from contracts.broker.store.tables import labels, verifications


COLUMN = verifications.c.provider_version_id
LISTED = among(COLUMN, [3, 17])


def written(query):
    return str(query.compile(dialect=sqlite.dialect()))


@pytest.mark.parametrize(
    "query",
    [
        select(func.max(COLUMN)).where(LISTED),
        select(func.min(COLUMN)).where(LISTED),
        select(func.coalesce(func.max(COLUMN), 0)).where(or_(verifications.c.latest, LISTED)),
        select(verifications.c.id).where(
            verifications.c.id == select(func.max(COLUMN)).where(LISTED).scalar_subquery()
        ),
        select(func.max(select(COLUMN).where(LISTED).subquery().c[0])),
    ],
)
def test_a_greatest_or_smallest_value_among_a_list_is_sought_without_an_index(query):
    assert "+verifications.provider_version_id IN" in written(query)
    assert extremes_among_lists(written(query)) == ()
    assert extremes_among_lists(written(query).replace("+", "")) != ()


@pytest.mark.parametrize(
    "query",
    [
        select(COLUMN).where(LISTED),
        select(COLUMN, func.max(verifications.c.id)).where(LISTED).group_by(COLUMN),
        select(select(func.max(labels.c.id)).scalar_subquery()).where(LISTED),
        select(func.count()).where(LISTED),
    ],
)
def test_every_other_condition_on_a_list_may_use_an_index(query):
    assert "+" not in written(query)
    assert extremes_among_lists(written(query)) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT max(a) FROM t WHERE a IN (1, 2)",
        'SELECT "t".x FROM t WHERE x = (SELECT max(i.a) FROM t AS i WHERE i.b = (1) AND (i.c = 1 OR "i"."a" IN (?)))',
        "SELECT coalesce(min(a), ?) FROM t WHERE (a, b) IN (SELECT 1, 2)",
    ],
)
def test_a_statement_of_the_kind_is_recognised(statement):
    assert extremes_among_lists(statement)


def test_no_test_may_run_such_a_statement(sqlite_url):
    database = Database(sqlite_url)
    database.create()
    wrong = "SELECT max(id) FROM verifications WHERE pact_version_id = 1 AND id IN (SELECT value FROM json_each('[1]'))"
    with database.reading() as connection:
        with pytest.raises(AssertionError, match="a maximum among a list"):
            connection.execute(text(wrong))
        connection.execute(text(wrong.replace("id IN", "id NOT IN")))
    database.dispose()


def test_the_greatest_value_among_a_list_is_right_with_statistics(sqlite_url):
    """SQLite before 3.42 takes the smallest where an index serves the list."""
    database = Database(sqlite_url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (k INTEGER, v INTEGER)"))
        connection.execute(text("CREATE UNIQUE INDEX u ON t (k, v)"))
        connection.execute(text("INSERT INTO t VALUES (2, 3), (2, 17), (2, 20), (3, 3), (4, 17), (5, 1), (6, 1)"))
        connection.execute(text("ANALYZE"))
        t = table("t", column("k", COLUMN.type), column("v", COLUMN.type))
        query = select(func.max(t.c.v)).where(t.c.k == 2, among(t.c.v, [3, 17]))
        assert connection.scalar(query) == 17
    database.dispose()
