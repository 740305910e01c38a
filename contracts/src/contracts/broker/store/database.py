"""One engine, two doors: `reading()` and `writing()`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from sqlite3 import SQLITE_ERROR, SQLITE_FULL
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as Connection  # noqa: PLC0414, for those who use no other part of SQLAlchemy
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from contracts.broker.store import sqlite_files
from contracts.broker.store.sqlite_files import SqliteFile
from contracts.broker.store.tables import metadata
from contracts.model.errors import Unavailable
from contracts.model.redaction import without_password


if TYPE_CHECKING:
    from psycopg import Connection as PsycopgConnection


_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=NORMAL",  # a power failure can lose the last commits, never corrupt
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA cache_size=-1000",  # KiB for each connection; the system keeps the file's pages once for all
)


_POSTGRESQL_SETTINGS = (
    "jit = off",  # compiling a plan takes longer than any of ours runs: 100 ms for one of 20
    "max_parallel_workers_per_gather = 0",  # so does calling other processes for help
    # it takes a list that it does not know yet for one of ten, finds that dear, and would plan for each list anew
    "plan_cache_mode = force_generic_plan",
)


# 3.35 understands every statement, and 3.37 (Ubuntu 22.04) is the oldest that a maintained system has with Python 3.11
OLDEST_SQLITE = (3, 37, 0)

_OPTIMISED_EVERY = 2_000  # transactions
_DISK_FULL = "53100"  # PostgreSQL's codes
_OVERTAKEN = {"23503", "23505"}  # a row that another refers to is gone; a key is taken


class DatabaseError(Exception):
    """The database cannot be used; the message says why, and what to do."""


class Database:
    """The broker's database, at a SQLAlchemy *url*: SQLite (a file) or PostgreSQL.

    At most *max_connections* are open at once; who needs one more waits for *pool_timeout_seconds*. On PostgreSQL a
    statement that takes longer than *statement_timeout_seconds* (0: forever) is given up, and one that comes again is
    planned once, unless *prepared_statements* are off.

    Raises:
        DatabaseError: if the address is not one of the two, or Python's SQLite is too old.
    """

    def __init__(
        self,
        url: str,
        *,
        max_connections: int = 40,
        pool_timeout_seconds: float = 5,
        statement_timeout_seconds: int = 0,
        prepared_statements: bool = True,
    ) -> None:
        self.url = _with_driver(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.file = SqliteFile(self.url.database if self.sqlite else None)
        kept = min(max_connections, 20)
        options = {
            "pool_size": kept,
            "max_overflow": max_connections - kept,
            "pool_timeout": pool_timeout_seconds,
            "pool_use_lifo": True,  # what was used last has its statements prepared
        }
        if self.sqlite:
            self.engine = _sqlite(self.url, options, self.file)
        else:
            arguments: dict[str, Any] = {} if prepared_statements else {"prepare_threshold": None}
            if statement_timeout_seconds:  # asked for only where it is wanted: a pooler in between may refuse it
                arguments["options"] = f"-c statement_timeout={statement_timeout_seconds}s"
            self.engine = _postgresql(self.url, options, arguments)
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite polls
        self._writer = threading.Lock() if self.sqlite else nullcontext()
        self._written = 0

    @property
    def shown(self) -> str:
        """The address as a person writes it, without the password."""
        if self.file.path is not None:
            return f"sqlite:///{self.url.database}"
        return without_password(self.url.render_as_string())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the data, however many statements it takes, and changes nothing.

        Raises:
            Unavailable: if the database cannot be reached, is busy, or gives up.
        """
        with _explained(), self._connected() as connection:
            if self.sqlite:
                yield connection
                return
            # where each statement else sees what was committed before it: a word more in the BEGIN that is sent anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            finally:  # whoever finds nothing raises, too
                if not connection.invalidated:
                    # not rolled back, as the pool would: psycopg then forgets the statements that it has prepared
                    connection.commit()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed when the block ends and rolled back if it raises.

        On PostgreSQL each statement sees what was committed before it began: `removals` says what follows.

        Raises:
            Unavailable: as in `reading`, if the database is full, or if somebody else changed the same meanwhile.
        """
        with _explained(), self._writer, self._connected() as connection:
            connection = connection.execution_options(contracts_write=True)  # noqa: PLW2901, the same connection
            with connection.begin():
                yield connection
            self._written += 1
            if self.sqlite and self._written % _OPTIMISED_EVERY == 0:
                _optimise(connection)

    def create(self) -> None:
        """Make every table that is missing."""
        metadata.create_all(self.engine)

    def optimise(self) -> None:
        """Have SQLite look at its tables again; PostgreSQL does that by itself.

        It plans by what it saw the last time, and a table that was small then may be large now.

        Raises:
            Unavailable: if that cannot be written, as on a full disk.
        """
        if self.sqlite:
            with _explained(), self._writer, self._connected() as connection:
                _optimise(connection)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        self.file.require_same()
        with self.engine.connect() as connection:
            yield connection


@contextmanager
def _explained() -> Iterator[None]:
    """Say in the broker's words what no request can be blamed for."""
    try:
        yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) not in _OVERTAKEN:  # SQLite's writers take turns: an error of ours
            raise
        reason = f"somebody else changed the same at the same moment: {first_line(error.orig)}"
        raise Unavailable(reason) from error
    except (DBAPIError, PoolTimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        if sqlite_files.is_damage(cause):
            reason = f"its file is damaged ({first_line(cause)}); {sqlite_files.RESTORE}"
            raise Unavailable(reason) from error
        if not isinstance(error, OperationalError | PoolTimeoutError):
            raise
        if getattr(cause, "sqlite_errorcode", None) == SQLITE_ERROR:  # an error of ours, which SQLite calls operational
            raise
        full = getattr(cause, "sqlite_errorcode", None) == SQLITE_FULL or getattr(cause, "sqlstate", None) == _DISK_FULL
        raise Unavailable(first_line(cause), full=full) from error


def first_line(error: object) -> str:
    """The first line of an error's message."""
    return str(error).strip().partition("\n")[0]


def _optimise(connection: Connection) -> None:
    with connection.begin():
        # of each index so many rows are looked at: 50 ms in all, with a million pacts
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")


def _with_driver(url: str) -> URL:
    if (file := sqlite_files.address(url)) is not None:
        return file
    takes = "a database is sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseError(f"'{without_password(url)}' is not the address of a database; {takes}") from None
    if parsed.get_backend_name() not in {"sqlite", "postgres", "postgresql"}:
        raise DatabaseError(f"The broker keeps nothing in {parsed.get_backend_name()}; {takes}")
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _dumps(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number of more than 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sqlite_loads(value: str | float) -> Any:
    """The JSON value that a column holds; SQLite keeps one that is a number alone as a number, not as text."""
    return json.loads(value) if isinstance(value, str) else value


def _sqlite(url: URL, options: dict[str, Any], file: SqliteFile) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=_sqlite_loads,
        connect_args={"check_same_thread": False},
        **options,
    )
    _require_recent(engine)

    @event.listens_for(engine, "do_connect")
    def _create(*_: object) -> None:
        file.create()

    @event.listens_for(engine, "connect")
    def _prepare(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        file.opened()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("contracts_write", False)
        # a transaction that reads first and writes later could fail half-way: take the lock at once
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _require_recent(engine: Engine) -> None:
    driver: Any = engine.dialect.dbapi
    if driver.sqlite_version_info >= OLDEST_SQLITE:
        return
    oldest = ".".join(map(str, OLDEST_SQLITE))
    raise DatabaseError(
        f"This Python uses SQLite {driver.sqlite_version}, and the broker needs {oldest} or newer: "
        "use a Python with a newer SQLite, or a PostgreSQL database (PACT_BROKER_DATABASE_URL)."
    )


def _postgresql(url: URL, options: dict[str, Any], arguments: dict[str, Any]) -> Engine:
    try:
        engine = create_engine(
            url,
            json_serializer=_dumps,
            json_deserializer=json.loads,
            pool_pre_ping=True,
            connect_args=arguments,
            **options,
        )
    except ImportError as error:
        raise DatabaseError(
            f"PostgreSQL needs a library that is not installed ({first_line(error)}). Install it with the extra "
            "'postgresql': pip install 'pact-contracts[broker,postgresql]'"
        ) from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: PsycopgConnection, _record: object) -> None:
        connection.autocommit = True
        for setting in _POSTGRESQL_SETTINGS:
            connection.execute(f"SET {setting}")
        connection.autocommit = False

    return engine
