"""INSERT … ON CONFLICT, in the dialect of the database: simultaneous writers meet in one statement."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(database: Connection | str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into *table* that knows `on_conflict_do_nothing` and `on_conflict_do_update`, alike in both.

    A statement that is kept is made for the *database* by the name of its dialect.
    """
    name = database if isinstance(database, str) else database.dialect.name
    return sqlite.insert(table) if name == "sqlite" else postgresql.insert(table)
