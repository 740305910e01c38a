"""Locks across all processes that share the database; a lock ends with its process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import func, select

from contracts.broker.store.database import Database


CLEANING = 7_230_718  # an arbitrary number, unlikely to be another program's advisory lock in this database


@contextmanager
def cleaning(database: Database) -> Iterator[bool]:
    """Hold the cleaning lock while the block runs; yield False if another process holds it."""
    with _on_sqlite(f"{database.url.database}.cleaning") if database.sqlite else _on_postgresql(database) as locked:
        yield locked


@contextmanager
def _on_sqlite(path: str) -> Iterator[bool]:
    """Lock an empty database beside ours, which must not be locked for long; every system has this kind of lock."""
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
        locked = bool(connection.execute(select(func.pg_try_advisory_lock(CLEANING))).scalar_one())
        try:
            yield locked
        finally:
            if locked:
                connection.execute(select(func.pg_advisory_unlock(CLEANING)))
