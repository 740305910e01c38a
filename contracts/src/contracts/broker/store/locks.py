"""One at a time, over all processes that share the database; a lock ends with its process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import func, select

from contracts.broker.store.database import Database


CLEANING = 7_230_718  # any number that no other program takes for its advisory lock in this database


@contextmanager
def cleaning(database: Database) -> Iterator[bool]:
    """Hold the lock of cleaning while the block runs; False where somebody else holds it."""
    with _on_sqlite(f"{database.url.database}.cleaning") if database.sqlite else _on_postgresql(database) as held:
        yield held


@contextmanager
def _on_sqlite(path: str) -> Iterator[bool]:
    """The lock of an empty database beside ours, which cannot be locked for long; no other lock is on every system."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
        else:
            yield True


@contextmanager
def _on_postgresql(database: Database) -> Iterator[bool]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = bool(connection.execute(select(func.pg_try_advisory_lock(CLEANING))).scalar_one())
        try:
            yield held
        finally:
            if held:
                connection.execute(select(func.pg_advisory_unlock(CLEANING)))
