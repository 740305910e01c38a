"""What badges ask of the database: the last result of a line of pacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from contracts.broker.store.tables import pact_publications, tags, verifications
from contracts.model.badges import LastResult


if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from contracts.model.pacts import Pact


def last_result(connection: Connection, pact: Pact) -> LastResult | None:
    """The last result of any content of *pact*'s pair."""
    return _last(connection, pact)


def last_result_with_tag(connection: Connection, pact: Pact, tag: str) -> LastResult | None:
    """The last result of any content that *pact*'s consumer published with *tag*."""
    tagged = tags.c.version_id == pact_publications.c.consumer_version_id
    return _last(connection, pact, select(tags.c.id).where(tagged, tags.c.name == tag).exists())


def last_result_untagged(connection: Connection, pact: Pact) -> LastResult | None:
    """The last result of any content that *pact*'s consumer published without a tag."""
    tagged = tags.c.version_id == pact_publications.c.consumer_version_id
    return _last(connection, pact, ~select(tags.c.id).where(tagged).exists())


def _last(connection: Connection, pact: Pact, condition: ColumnElement[bool] | None = None) -> LastResult | None:
    query = (
        select(verifications.c.pact_version_id, verifications.c.success, verifications.c.pending)
        .where(verifications.c.consumer_id == pact.consumer.id, verifications.c.provider_id == pact.provider.id)
        .order_by(verifications.c.id.desc())
        .limit(1)
    )
    if condition is not None:
        of_content = pact_publications.c.pact_version_id == verifications.c.pact_version_id
        query = query.where(select(pact_publications.c.id).where(of_content, condition).exists())
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    return LastResult(
        success=row.success, pending=bool(row.pending), current=row.pact_version_id == pact.pact_version_id
    )
