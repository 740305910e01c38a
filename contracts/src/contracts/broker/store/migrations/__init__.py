"""Bringing a database up to date: forward only, each step expands before it contracts.

A new database is made from `tables` and stamped; an older one is upgraded, under a lock, by the scripts in `versions`.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, func, insert, inspect, select, text

from contracts.broker.store.database import DatabaseError
from contracts.broker.store.tables import metadata
from contracts.model.errors import Unavailable


if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from contracts.broker.store.database import Database


log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).parent
HEAD = "0001"  # the newest script; known here, so that a start needs Alembic only when there is work for it

_LOCK = 7_230_717  # any number that no other program takes for its advisory lock in this database

# Alembic's own table, as it would make it
_revisions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


class ForeignDatabase(Exception):
    """The database holds another program's tables, or a newer broker's; it was left as it is."""


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
        ForeignDatabase: if its tables are not this broker's, or a newer one's.
    """
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


def require(database: Database) -> None:
    """Refuse to go on without a broker's *database*: a slip in its address makes no new one.

    Raises:
        DatabaseError: if there is none, or it cannot be opened.
    """
    if not exists(database):
        msg = f"There is no broker's database at {database.url.render_as_string()}"
        raise DatabaseError(msg)


def exists(database: Database) -> bool:
    """Whether *database* holds a broker's tables; a file that is missing is not made by asking.

    Raises:
        DatabaseError: if it cannot be opened.
    """
    if database.sqlite and not Path(database.url.database or "").is_file():
        return False
    try:
        with database.reading() as connection:
            return bool(inspect(connection).has_table(_revisions.name))
    except Unavailable as error:
        raise _closed(database, error) from error


def _closed(database: Database, error: Unavailable) -> DatabaseError:
    return DatabaseError(f"The database {database.url.render_as_string()} cannot be opened: {error.reason}")


def _prepare(database: Database, *, migrate: bool) -> None:
    with database.writing() as connection:
        if not database.sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))  # a table may be large
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        names = set(inspect(connection).get_table_names())
        if _revisions.name in names:
            current = connection.execute(select(_revisions.c.version_num)).scalar_one()
            if current != HEAD:
                _require(migrate)
                _upgrade(connection, current)
        elif taken := sorted(names & set(metadata.tables)):
            msg = (
                f"The database {database.url.render_as_string()} holds tables of another program "
                f"({', '.join(taken[:3])}, …); give the broker a database of its own"
            )
            raise ForeignDatabase(msg)
        else:
            _require(migrate)
            metadata.create_all(connection)
            _revisions.create(connection)
            connection.execute(insert(_revisions).values(version_num=HEAD))


def _require(migrate: bool) -> None:  # noqa: FBT001, the one question it asks
    if not migrate:
        msg = "The database is not up to date: start the broker once with PACT_BROKER_AUTO_MIGRATE_DB=true"
        raise DatabaseError(msg)


def _upgrade(connection: Connection, current: str) -> None:
    from alembic import command  # noqa: PLC0415, a quarter of a second that most starts save
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current not in known:
        msg = f"The database was made by a newer broker (revision {current}); upgrade this one to use it"
        raise ForeignDatabase(msg)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
