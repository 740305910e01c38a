"""The kinds of database for tests with any estate, and new databases."""

from __future__ import annotations

import importlib
import tempfile
from functools import cache, partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from contracts.broker.store import database, locks, sqlite_files
from contracts.broker.store.database import Database


SQLITES = [
    "sqlite",
    pytest.param("used sqlite", marks=pytest.mark.thorough),
    pytest.param("newest sqlite", marks=pytest.mark.thorough),
]
"""Kinds of SQLite: empty, with the statistics of a filled estate, and the newest one with such statistics."""

ALL = [*SQLITES, "postgresql"]


def use_newest_sqlite(patch: pytest.MonkeyPatch) -> None:
    """Use the newest SQLite of the package index instead of Python's own; skip if it is not available."""
    pysqlite3 = pytest.importorskip("pysqlite3", reason="no ready pysqlite3 for this machine")
    driver = importlib.import_module("pysqlite3.dbapi2")
    patch.setattr(database, "create_engine", partial(create_engine, module=driver))
    for module in (sqlite_files, locks):  # two libraries must not open one file in one process
        patch.setattr(module, "sqlite3", driver)
    assert pysqlite3.sqlite_version_info > (3, 50)


def create(url: str) -> Database:
    """Return a database with every table and no row; a SQLite file is a copy, which takes a third of the time."""
    new = Database(url)
    if new.file.path is None:
        new.create()
    else:
        new.file.create()
        new.file.path.write_bytes(_tables())
    return new


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables.sqlite3"
        new = Database(f"sqlite:///{path}")
        new.create()
        new.dispose()
        return path.read_bytes()
