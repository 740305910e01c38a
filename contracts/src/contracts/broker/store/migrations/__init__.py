"""Bringing a database up to date: forward only, each step expands before it contracts.

A new database is made from `tables` and stamped; an older one is upgraded, under a lock, by the scripts in `versions`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
from sqlalchemy.exc import SQLAlchemyError

from contracts.broker.store import shape
from contracts.broker.store.database import Database, DatabaseError
from contracts.broker.store.sqlite_files import RESTORE
from contracts.broker.store.tables import metadata
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).parent
HEAD = "0001"  # the newest script; known here, so that a start needs Alembic only when there is work for it

_MOST_DIFFERENCES = 3
_START_AFRESH = (
    "use that version, or move its data into a new database (`contracts export FILE` with that version, "
    "`contracts import FILE` with this one), or delete the database if nobody needs it"
)

_LOCK = 7_230_717  # any number that no other program takes for its advisory lock in this database

# Alembic's own table, as it would make it
_revisions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class ForeignDatabase(Exception):
    """The database holds tables of another program, or of another version of the broker; it was left as it is."""


def prepare(
    database: Database,
    *,
    migrate: bool = True,
    connect_max_retries: int = 0,
    pause: Callable[[], None] = lambda: time.sleep(1),
) -> None:
    """Make *database*'s tables, or bring them up to date; does nothing where they are.

    A database that cannot be opened is tried again *connect_max_retries* times, after a *pause* each.

    Raises:
        DatabaseError: if it cannot be opened, or there is work to do and not to *migrate* was asked for.
        ForeignDatabase: if its tables are another program's, or another version's.
    """
    with _readable(database):
        for left in range(connect_max_retries, -1, -1):
            try:
                _prepare(database, migrate=migrate)
                break
            except Unavailable as error:
                closed = _closed(database, error)
                if not left:
                    raise closed from error
                log.warning("%s; trying again", closed)
                pause()


def require_undamaged(database: Database) -> None:
    """Refuse to go on with a damaged file; a large one is checked as far as two seconds go.

    Raises:
        DatabaseError: if SQLite finds damage.
    """
    if (damage := database.file.damage(most_seconds=2)) is not None:
        raise DatabaseError(damage)


def require(database: Database) -> None:
    """Refuse to go on without a broker's *database*: a slip in its address makes no new one.

    Raises:
        DatabaseError: if there is none, or it cannot be opened.
    """
    if not exists(database):
        raise DatabaseError(f"There is no broker's database at {database.shown}")


def exists(database: Database) -> bool:
    """Whether *database* holds a broker's tables; a file that is missing is not made by asking.

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
            raise _closed(database, error) from error


@contextmanager
def _readable(database: Database) -> Iterator[None]:
    """Report what a database cannot do in a sentence: a damaged file, a right that is missing."""
    try:
        yield
    except UnicodeDecodeError as error:  # in the names of tables, or in SQLite's own message
        raise DatabaseError(f"{database.file.path or database.shown} is damaged ({error}); {RESTORE}") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise DatabaseError(f"The database {database.shown} cannot be used: {reason}") from error


def _closed(database: Database, error: Unavailable) -> DatabaseError:
    return DatabaseError(f"The database {database.shown} cannot be opened: {error.reason}")


def _prepare(database: Database, *, migrate: bool) -> None:
    with database.reading() as connection:  # a full disk, or a file that may only be read, is no obstacle
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
            _upgrade(connection, current)
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
        many = "several revisions" if stamps else "no revision"
        raise ForeignDatabase(
            f"The database {database.shown} holds a table {_revisions.name} with {many}; {_START_AFRESH}"
        )
    if own:
        raise ForeignDatabase(
            f"The database {database.shown} holds tables of another program ({', '.join(own[:3])}, …); give the "
            "broker a database of its own"
        )
    return None


def _require_shape(database: Database, connection: Connection) -> None:
    if not (lines := shape.differences(connection)):
        return
    rest = len(lines) - _MOST_DIFFERENCES
    more = f", and {rest} more" if rest > 0 else ""
    raise ForeignDatabase(
        f"The tables of {database.shown} are not those of this broker, although both call them revision {HEAD}: "
        f"{'; '.join(lines[:_MOST_DIFFERENCES])}{more}. Another version of the broker made them: {_START_AFRESH}"
    )


def _require(migrate: bool) -> None:
    if not migrate:
        raise DatabaseError(
            "The database is not up to date: start the broker once with PACT_BROKER_AUTO_MIGRATE_DB=true"
        )


def _upgrade(connection: Connection, current: str) -> None:
    from alembic import command  # noqa: PLC0415, a quarter of a second that most starts save
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current not in known:
        raise ForeignDatabase(
            f"The database was made by a newer broker (revision {current}); upgrade this one to use it"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
