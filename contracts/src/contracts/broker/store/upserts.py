"""INSERT … ON CONFLICT in the dialect of the database: one statement handles simultaneous writers."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(database: Connection | str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into *table* with `on_conflict_do_nothing` and `on_conflict_do_update`, the same in both databases.

    For a cached statement, *database* is the name of its dialect.
    """
    name = database if isinstance(database, str) else database.dialect.name
    return sqlite.insert(table) if name == "sqlite" else postgresql.insert(table)
