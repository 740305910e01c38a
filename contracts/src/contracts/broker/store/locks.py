"""Locks across all processes that share the database; a lock ends with its process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager

from sqlalchemy import func, select

from contracts.broker.store.database import Database


# arbitrary numbers, unlikely to be another program's advisory locks in this database
CLEANING = 7_230_718
BACKING_UP = 7_230_719


@contextmanager
def cleaning(database: Database) -> Iterator[bool]:
    """Hold the cleaning lock while the block runs; yield False if another process holds it."""
    with _locked(database, "cleaning", CLEANING) as locked:
        yield locked


@contextmanager
def backing_up(database: Database) -> Iterator[bool]:
    """Hold the lock of backups while the block runs; yield False if another process holds it."""
    with _locked(database, "backup-lock", BACKING_UP) as locked:
        yield locked


def _locked(database: Database, suffix: str, number: int) -> AbstractContextManager[bool]:
    if database.sqlite:
        return _on_sqlite(f"{database.url.database}.{suffix}")
    return _on_postgresql(database, number)


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
def _on_postgresql(database: Database, number: int) -> Iterator[bool]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        locked = bool(connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one())
        try:
            yield locked
        finally:
            if locked:
                connection.execute(select(func.pg_advisory_unlock(number)))
