"""The kinds of database that a test of any estate runs on."""

from __future__ import annotations

import importlib
from functools import partial

import pytest
from sqlalchemy import create_engine

from contracts.broker.store import database, locks, sqlite_files


SQLITES = [
    "sqlite",
    pytest.param("used sqlite", marks=pytest.mark.thorough),
    pytest.param("newest sqlite", marks=pytest.mark.thorough),
]
"""Kinds of SQLite: empty, with the statistics of a filled estate, and the newest one with such statistics."""

ALL = [*SQLITES, "postgresql"]


def use_newest_sqlite(patch: pytest.MonkeyPatch) -> None:
    """Use the newest SQLite of the package index instead of the one that Python has; skip where it is not ready."""
    pysqlite3 = pytest.importorskip("pysqlite3", reason="no ready pysqlite3 for this machine")
    driver = importlib.import_module("pysqlite3.dbapi2")
    patch.setattr(database, "create_engine", partial(create_engine, module=driver))
    for module in (sqlite_files, locks):  # two libraries must not open one file in one process
        patch.setattr(module, "sqlite3", driver)
    assert pysqlite3.sqlite_version_info > (3, 50)
