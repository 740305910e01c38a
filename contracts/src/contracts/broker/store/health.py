"""Whether the database answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from contracts.model.errors import Unavailable


if TYPE_CHECKING:
    from contracts.broker.store.database import Database


def problem(database: Database) -> str | None:
    """What keeps *database* from answering, in one line; None when it does."""
    try:
        with database.reading() as connection:
            connection.execute(select(literal(1))).one()
    except Unavailable as error:
        return error.reason
    except SQLAlchemyError as error:
        return str(error).splitlines()[0]
    return None
