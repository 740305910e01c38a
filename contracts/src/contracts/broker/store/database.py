"""The database: one engine with two kinds of transactions, `reading()` and `writing()`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from sqlite3 import SQLITE_ERROR, SQLITE_FULL
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as Connection  # noqa: PLC0414, for those who use no other part of SQLAlchemy
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from contracts.broker.store import audit_trail, sqlite_files
from contracts.broker.store.sqlite_files import SqliteFile
from contracts.broker.store.tables import metadata
from contracts.model import audit
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
    "max_parallel_workers_per_gather = 0",  # so does starting other processes
    # it expects ten values of an unknown list, finds that expensive, and would plan every list again
    "plan_cache_mode = force_generic_plan",
)


# 3.35 supports every statement; 3.37 (Ubuntu 22.04) is the oldest on a maintained system with Python 3.11
OLDEST_SQLITE = (3, 37, 0)

_OPTIMISED_EVERY = 2_000  # transactions
_DISK_FULL = "53100"  # PostgreSQL's codes
_OVERTAKEN = {"23503", "23505"}  # a row that another refers to is gone; a key is taken


class DatabaseError(Exception):
    """The database cannot be used; the message says why, and what to do."""


class Database:
    """The broker's database, at a SQLAlchemy *url*: SQLite (a file) or PostgreSQL.

    At most *max_connections* are open at once; another request waits for *pool_timeout_seconds*. On PostgreSQL, a
    statement ends after *statement_timeout_seconds* (0: no limit), and a repeated statement is planned once, unless
    *prepared_statements* are off.

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
        pool_size = min(max_connections, 20)
        options = {
            "pool_size": pool_size,
            "max_overflow": max_connections - pool_size,
            "pool_timeout": pool_timeout_seconds,
            "pool_use_lifo": True,  # the connection that was used last has its statements prepared
        }
        if self.sqlite:
            self.engine = _sqlite(self.url, options, self.file)
        else:
            arguments: dict[str, Any] = {} if prepared_statements else {"prepare_threshold": None}
            if statement_timeout_seconds:  # only if set: a pooler in between may refuse it
                arguments["options"] = f"-c statement_timeout={statement_timeout_seconds}s"
            self.engine = _postgresql(self.url, options, arguments)
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite polls
        self._writer = threading.Lock() if self.sqlite else nullcontext()
        self._written = 0
        self.after_commit: Callable[[], None] = _nothing

    @property
    def shown(self) -> str:
        """The URL as a person writes it, without the password."""
        if self.file.path is not None:
            return f"sqlite:///{self.url.database}"
        return without_password(self.url.render_as_string())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection whose statements all see the same state of the data.

        Raises:
            Unavailable: if the database cannot be reached, is busy, or gives up.
        """
        with _explained(), self._connected() as connection:
            if self.sqlite:
                yield connection
                return
            # by default, each statement sees the latest commits; this adds a word to the BEGIN that is sent anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            finally:  # also after an exception, such as a missing row
                if not connection.invalidated:
                    # the pool would roll back, and psycopg would then forget its prepared statements
                    connection.commit()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed when the block ends and rolled back if it raises.

        On PostgreSQL each statement sees the commits before it began; `removals` explains what follows from that.
        The act that waits in the context, see `audit_trail`, is recorded in the same transaction.

        Raises:
            Unavailable: as in `reading`, or if the database is full, or another writer changed the same rows.
        """
        with _explained(), self._writer, self._connected() as connection:
            connection = connection.execution_options(contracts_write=True)  # noqa: PLW2901, the same connection
            with connection.begin():
                yield connection
                pending = audit_trail.add_pending(connection)
            if pending is not None:
                pending.recorded = True
            self.after_commit()
            self._written += 1
            if self.sqlite and self._written % _OPTIMISED_EVERY == 0:
                _optimise(connection)

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """A transaction like `writing`, after which SQLite's files do not contain anything that it replaced.

        Raises:
            Unavailable: as in `writing`.
        """
        with self.writing() as connection:
            if self.sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            try:
                yield connection
            finally:
                if self.sqlite:
                    connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        if self.sqlite:
            with _explained(), self._writer, closing(self.engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def create(self) -> None:
        """Create every missing table."""
        metadata.create_all(self.engine)

    def optimise(self) -> None:
        """Update SQLite's statistics of its tables, by which it plans; PostgreSQL updates them by itself.

        Raises:
            Unavailable: if they cannot be written, for example because the disk is full.
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


def _nothing() -> None:
    """Do nothing: no one waits for commits."""


@contextmanager
def _explained() -> Iterator[None]:
    """Report failures of the database, which no request causes, as `Unavailable`."""
    try:
        yield
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) not in _OVERTAKEN:  # SQLite has one writer at a time, so this is a bug
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
        if getattr(cause, "sqlite_errorcode", None) == SQLITE_ERROR:  # a bug, which SQLite reports as operational
            raise
        full = getattr(cause, "sqlite_errorcode", None) == SQLITE_FULL or getattr(cause, "sqlstate", None) == _DISK_FULL
        raise Unavailable(first_line(cause), full=full) from error


def first_line(error: object) -> str:
    """The first line of an error's message."""
    return str(error).strip().partition("\n")[0]


def _optimise(connection: Connection) -> None:
    with connection.begin():
        # rows of each index: this takes 50 ms in all with a million pacts
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
    """The JSON value of a column; SQLite stores a value that is only a number as a number, not as text."""
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
        connection.create_function(audit_trail.DIGEST, 3, audit.digest, deterministic=True)
        file.opened()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("contracts_write", False)
        # a transaction that reads first and writes later could fail in the middle: take the lock at once
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
