"""Many rows at once, as each database takes them fastest: COPY on PostgreSQL, prepared inserts on SQLite.

Rows are tuples in the order of the columns, of what both databases take as it stands: numbers, text, truth values,
None, and moments as `moment` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, text


def moment(value: datetime) -> str:
    """*value*, which is in UTC, as text that both databases read, and that SQLite keeps."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}"


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add *rows* to *table*; whatever they break is refused as ever."""
    named = ", ".join(columns)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "sqlite":
            places = ", ".join("?" * len(columns))
            cursor.executemany(f"INSERT INTO {table.name} ({named}) VALUES ({places})", rows)  # noqa: S608, our own names
        else:
            cursor.execute("SET LOCAL timezone = 'UTC'")
            with cursor.copy(f"COPY {table.name} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    finally:
        cursor.close()


def last_id(connection: Connection, table: Table) -> int:
    """The greatest id of *table*; 0 where there is no row."""
    return connection.scalar(select(func.max(table.c.id))) or 0


def ids_given(connection: Connection, tables: Iterable[Table]) -> None:
    """Let the ids that the database hands out follow those that rows were inserted with."""
    if connection.dialect.name == "sqlite":
        return  # which keeps count of them by itself
    for table in tables:
        connection.execute(
            select(func.setval(func.pg_get_serial_sequence(table.name, "id"), func.coalesce(func.max(table.c.id), 1)))
        )


def analyse(connection: Connection) -> None:
    """Have the database count what its tables hold, so that it plans for it."""
    connection.execute(text("ANALYZE"))
