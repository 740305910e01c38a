"""Bring a database up to date: forward only, each step expands before it contracts.

A new database is made from `tables` and stamped; an older one is upgraded, under a lock, by the scripts in `versions`.
A script that was released never changes (0.2.0 is the first release); a change of the tables is a new script.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from sqlite3 import SQLITE_ERROR

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from contracts.broker.store import shape
from contracts.broker.store.database import Database, DatabaseError, first_line
from contracts.broker.store.sqlite_files import RESTORE
from contracts.broker.store.tables import metadata
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).parent
HEAD = "0013"  # the newest script; known here, so that a start needs Alembic only when there is work for it

_MOST_DIFFERENCES = 3
_MOVE_THE_DATA = (
    "move its data into a new database (`contracts export FILE` with the version that made it, then "
    "`contracts import FILE` with this one), or delete it if nobody needs it"
)
_SINCE_RELEASES = "Only databases that a release made (0.2.0 or newer) can be upgraded"

_LOCK = 7_230_717  # any number that no other program takes for its advisory lock in this database

# Alembic's own table, as it would make it
_revisions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class ForeignDatabase(Exception):
    """The tables belong to another program, a newer version or an unreleased one; the database is unchanged."""


def prepare(
    database: Database,
    *,
    migrate: bool = True,
    connect_max_retries: int = 0,
    pause: Callable[[], None] = lambda: time.sleep(1),
) -> None:
    """Make *database*'s tables, or bring them up to date.

    If the database cannot be opened, try again up to *connect_max_retries* times, after a *pause* each.

    Raises:
        DatabaseError: if it cannot be opened, or is out of date and *migrate* is false.
        ForeignDatabase: if its tables belong to another program, a newer version or an unreleased one.
    """
    with _readable(database):
        for retries in range(connect_max_retries, -1, -1):
            try:
                _prepare(database, migrate=migrate)
                break
            except Unavailable as error:
                failure = _not_opened(database, error)
                if not retries:
                    raise failure from error
                log.warning("%s; trying again", failure)
                pause()


def require_undamaged(database: Database) -> None:
    """Refuse a damaged file; check it for two seconds at most.

    Raises:
        DatabaseError: if SQLite finds damage.
    """
    if (damage := database.file.damage(most_seconds=2)) is not None:
        raise DatabaseError(damage)


def require(database: Database) -> None:
    """Refuse a *database* that does not exist, so that a typing error in its address does not make a new one.

    Raises:
        DatabaseError: if it does not exist, or cannot be opened.
    """
    if not exists(database):
        raise DatabaseError(f"There is no broker's database at {database.shown}")


def exists(database: Database) -> bool:
    """Whether *database* holds a broker's tables; a missing file stays missing.

    Raises:
        DatabaseError: if it cannot be opened.
    """
    if database.sqlite and not Path(database.url.database or "").is_file():
        return False
    with _readable(database):
        try:
            with database.reading() as connection:
                return bool(inspect(connection).has_table(_revisions.name))
        except Unavailable as error:
            raise _not_opened(database, error) from error


@contextmanager
def _readable(database: Database) -> Iterator[None]:
    """Report an unusable database in one sentence: a damaged file, a missing privilege."""
    try:
        yield
    except UnicodeDecodeError as error:  # in the names of tables, or in SQLite's own message
        raise DatabaseError(f"{database.file.path or database.shown} is damaged ({error}); {RESTORE}") from error
    except SQLAlchemyError as error:
        reason = first_line(getattr(error, "orig", None) or error)
        raise DatabaseError(f"The database {database.shown} cannot be used: {reason}") from error


def _not_opened(database: Database, error: Unavailable) -> DatabaseError:
    return DatabaseError(f"The database {database.shown} cannot be opened: {error.reason}")


def _prepare(database: Database, *, migrate: bool) -> None:
    with database.reading() as connection:  # works with a full disk, and with a read-only file
        if _is_current(database, connection):
            return
    _require(migrate)
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # a table may be large
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if _is_current(database, connection):  # another process was faster
            return
        if (current := _revision(database, connection)) is None:
            metadata.create_all(connection)
            _revisions.create(connection)
            connection.execute(insert(_revisions).values(version_num=HEAD))
        else:
            _upgrade(database, connection, current)
            _require_shape(database, connection)


def _is_current(database: Database, connection: Connection) -> bool:
    """Whether there is nothing to do; refuses tables that are not those of the revision they are stamped with."""
    if _revision(database, connection) != HEAD:
        return False
    _require_shape(database, connection)
    return True


def _revision(database: Database, connection: Connection) -> str | None:
    """The revision of the tables; None for a database without any of them."""
    names = set(inspect(connection).get_table_names())
    own = sorted(names & set(metadata.tables))
    stamps = list(connection.scalars(select(_revisions.c.version_num))) if _revisions.name in names else []
    if len(stamps) == 1:
        return str(stamps[0])
    if _revisions.name in names:
        number = "several revisions" if stamps else "no revision"
        raise ForeignDatabase(
            f"The table {_revisions.name} of the database {database.shown} names {number}. {_SINCE_RELEASES}: "
            f"{_MOVE_THE_DATA}"
        )
    if own:
        raise ForeignDatabase(
            f"The database {database.shown} holds tables of another program ({', '.join(own[:3])}, …). "
            "Give the broker a database of its own"
        )
    return None


def _require_shape(database: Database, connection: Connection) -> None:
    if lines := shape.differences(connection):
        rest = len(lines) - _MOST_DIFFERENCES
        more = f", and {rest} more" if rest > 0 else ""
        raise _unreleased(database, f"{'; '.join(lines[:_MOST_DIFFERENCES])}{more}")


def _unreleased(database: Database, reason: str) -> ForeignDatabase:
    return ForeignDatabase(
        f"The tables of the database {database.shown} are not those of a release: {reason}. A development version "
        f"before 0.2.0 made them, or somebody changed them. {_SINCE_RELEASES}: {_MOVE_THE_DATA}"
    )


def _require(migrate: bool) -> None:
    if not migrate:
        raise DatabaseError(
            "The database is not up to date: start the broker once with PACT_BROKER_AUTO_MIGRATE_DB=true"
        )


def _upgrade(database: Database, connection: Connection, current: str) -> None:
    from alembic import command  # noqa: PLC0415, a quarter of a second that most starts save
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current not in revisions:
        raise ForeignDatabase(
            f"A newer version of contracts made the database {database.shown}: its tables have revision {current}, and "
            f"contracts {version('pact-contracts')} knows revisions up to {HEAD}. Install that version again, or a "
            "newer one; the database is unchanged"
        )
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except ProgrammingError as error:  # PostgreSQL: a table or column is missing, or exists already
        raise _unreleased(database, first_line(error.orig)) from error
    except OperationalError as error:  # as SQLite says the same
        if getattr(error.orig, "sqlite_errorcode", None) != SQLITE_ERROR:
            raise
        raise _unreleased(database, first_line(error.orig)) from error
