"""Databases of a PostgreSQL server: made, renamed and removed; and who uses them."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from contracts.broker.store.backups import tools
from contracts.broker.store.backups.errors import BackupError
from contracts.broker.store.backups.tools import Tools
from contracts.broker.store.database import Database, first_line
from contracts.model.errors import Unavailable


_MAINTENANCE = "postgres"  # a database of every server, for statements about other databases
PATIENCE_SECONDS = 2.0  # the server needs a moment to notice that a client is gone
_LONGEST_NAME = 63
_IN_USE = "55006"
_NO_PERMISSION = "42501"
_NOT_PERMITTED = (
    "The user {user} may not make or rename databases. Allow it (ALTER ROLE … CREATEDB), or, to check backups, name a "
    "server that allows it: --verification-url, or PACT_BROKER_DATABASE_BACKUP_VERIFICATION_URL"
)


def at(database: Database, name: str | None = None) -> Database:
    """Return the database called *name* on *database*'s server, or the same; with one connection and no time limit."""
    url = database.url if name is None else database.url.set(database=name)
    return Database(url.render_as_string(hide_password=False), max_connections=1)


def tools_for(connection: Connection, folder: Path | None) -> Tools:
    """Return the programs in *folder*, or those found, that fit the server of *connection*.

    Raises:
        BackupError: if there are none.
    """
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    return tools.fitting(number // 10_000, folder, None if folder else _folder_of_server(connection))


def exists(database: Database) -> bool:
    """Whether the server has *database*.

    Raises:
        Unavailable: if the server does not say.
    """
    query = text("SELECT count(*) FROM pg_database WHERE datname = :name").bindparams(name=database.url.database)
    with disposing(at(database, _MAINTENANCE)) as maintenance, maintenance.reading() as connection:
        return bool(connection.execute(query).scalar_one())


def require_unused(database: Database) -> None:
    """Refuse a database to which anybody else is connected.

    Raises:
        BackupError: with the number of connections.
    """
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    until = time.monotonic() + PATIENCE_SECONDS
    with disposing(at(database)) as own:
        while True:
            with own.reading() as connection:
                number = connection.execute(query).scalar_one()
            if not number:
                return
            if time.monotonic() > until:
                break
            time.sleep(0.05)
    raise BackupError(
        f"{database.shown} is in use by {number} connections. Stop the broker, and every other program that uses it"
    )


@contextmanager
def temporary(host: Database, original: Database) -> Iterator[Database]:
    """Provide a new database on *host*'s server, to check a backup of *original*; it is removed afterwards.

    What a killed process left is removed, too: only one makes a backup of *original* at a time.

    Raises:
        BackupError: if it cannot be made.
    """
    prefix = f"contracts_check_{hashlib.sha256(original.shown.encode()).hexdigest()[:12]}_"
    leftovers = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)").bindparams(prefix=prefix)
    name = prefix + secrets.token_hex(4)
    with _administering(host) as connection:
        for leftover in connection.scalars(leftovers).all():
            _drop(connection, leftover)
        _create(connection, name)
    try:
        with disposing(at(host, name)) as database:
            yield database
    finally:
        with _administering(host) as connection:
            _drop(connection, name)


@contextmanager
def successor(database: Database) -> Iterator[Database]:
    """Provide a new database on *database*'s server; it is removed if the block raises.

    Raises:
        BackupError: if it cannot be made.
    """
    name = _named(database, "restored")
    with _maintaining(database) as connection:
        _create(connection, name)
    try:
        with disposing(at(database, name)) as new:
            yield new
    except BaseException:
        with _maintaining(database) as connection:
            _drop(connection, name)
        raise


def exchange(new: Database, database: Database, *, replaces: bool) -> str:
    """Give *new* the name of *database*, which gets another name if it exists (*replaces*); return that name.

    Raises:
        BackupError: if it is not permitted, or somebody is connected; then nothing is changed.
    """
    predecessor = _named(database, "before_restore") if replaces else ""
    new.dispose()
    database.dispose()
    with _maintaining(database) as connection:
        quote = connection.dialect.identifier_preparer.quote_identifier
        name = str(database.url.database)
        connection.exec_driver_sql("BEGIN")
        if replaces:
            connection.exec_driver_sql(f"ALTER DATABASE {quote(name)} RENAME TO {quote(predecessor)}")
        connection.exec_driver_sql(f"ALTER DATABASE {quote(str(new.url.database))} RENAME TO {quote(name)}")
        connection.exec_driver_sql("COMMIT")
    return predecessor


@contextmanager
def disposing(database: Database) -> Iterator[Database]:
    """Provide *database*, and close its connections afterwards."""
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _administering(database: Database) -> Iterator[Connection]:
    """Provide a connection to *database* whose statements are no transaction.

    Raises:
        BackupError: if a statement is not permitted, or a database is in use.
        Unavailable: if the server does not answer.
    """
    with disposing(at(database)) as own:
        try:
            with own.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
        except DBAPIError as error:
            code = getattr(error.orig, "sqlstate", None)
            if code == _IN_USE:
                reason = "Stop the broker, and every other program that uses it"
                raise BackupError(f"A database is in use ({first_line(error.orig)}). {reason}") from error
            if code == _NO_PERMISSION:
                raise BackupError(
                    f"{_NOT_PERMITTED.format(user=database.url.username)} ({first_line(error.orig)})"
                ) from error
            raise Unavailable(first_line(error.orig)) from error


def _maintaining(database: Database) -> AbstractContextManager[Connection]:
    """Provide a connection for statements about *database* itself."""
    return _administering(at(database, _MAINTENANCE))


def _create(connection: Connection, name: str) -> None:
    """Make an empty database with the encoding of the connection's; no statement of the broker depends on more."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    connection.exec_driver_sql(f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING '{encoding}'")


def _drop(connection: Connection, name: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


def _folder_of_server(connection: Connection) -> str | None:
    """The folder of the server's programs, if this user may know it; it may be on another machine."""
    permitted = text(
        "SELECT has_table_privilege('pg_catalog.pg_config', 'SELECT') "
        "AND has_function_privilege('pg_catalog.pg_config()', 'EXECUTE')"
    )
    if not connection.execute(permitted).scalar_one():
        return None
    return connection.execute(text("SELECT setting FROM pg_config WHERE name = 'BINDIR'")).scalar_one_or_none()


def _named(database: Database, suffix: str) -> str:
    ending = f"_{suffix}_{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    return f"{str(database.url.database)[: _LONGEST_NAME - len(ending)]}{ending}"
