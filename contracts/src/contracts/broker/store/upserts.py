"""INSERT … ON CONFLICT, in the dialect of the connection: simultaneous writers meet in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite


if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into *table* that knows `on_conflict_do_nothing` and `on_conflict_do_update`, alike in both."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
