"""The health of the database: whether it answers, and whether its file is intact."""

from __future__ import annotations

from sqlalchemy import literal, select, text
from sqlalchemy.exc import SQLAlchemyError

from contracts.broker.store.database import Database
from contracts.model.errors import Unavailable


# -1 is no limit; the limit of a superuser is not enforced
_MOST_CONNECTIONS = text(
    """
    SELECT min(most) FROM (
        SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most
        UNION ALL SELECT datconnlimit FROM pg_database WHERE datname = current_database()
        UNION ALL SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
    ) AS limits
    WHERE most >= 0
    """
)


def most_connections(database: Database) -> int | None:
    """The number of connections that the database's server allows; None without a limit, as for SQLite.

    Raises:
        Unavailable: if the database does not answer.
    """
    if database.sqlite:
        return None
    with database.reading() as connection:
        return int(connection.execute(_MOST_CONNECTIONS).scalar_one())


def problem(database: Database) -> str | None:
    """The reason why *database* does not answer, or the damage of its file, in one line; None if it is healthy."""
    try:
        with database.reading() as connection:
            connection.execute(select(literal(1))).one()
    except Unavailable as error:
        return error.reason
    except SQLAlchemyError as error:
        return str(error).splitlines()[0]
    return database.file.damage()
