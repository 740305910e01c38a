"""The results that badges show, in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, func, select

from contracts.broker.store.tables import pact_publications, tags, verifications
from contracts.model.badges import LastResult
from contracts.model.pacts import Pact


def last_result(connection: Connection, pact: Pact) -> LastResult | None:
    """The result of the newest verified pact of *pact*'s pair; None if no pact of the pair has a result.

    The newest consumer version with a result counts, whichever of its contents was verified last.
    """
    return _last(connection, pact)


def last_result_with_tag(connection: Connection, pact: Pact, tag: str) -> LastResult | None:
    """As `last_result`, of the consumer versions with *tag*."""
    return _last(connection, pact, _tagged().where(tags.c.name == tag).exists())


def last_result_untagged(connection: Connection, pact: Pact) -> LastResult | None:
    """As `last_result`, of the consumer versions without tags."""
    return _last(connection, pact, ~_tagged().exists())


def _tagged() -> Select[int]:
    return select(tags.c.id).where(tags.c.version_id == pact_publications.c.consumer_version_id)


def _last(connection: Connection, pact: Pact, condition: ColumnElement[bool] | None = None) -> LastResult | None:
    results = verifications.alias("results")
    has_result = select(results.c.id).where(results.c.pact_version_id == pact_publications.c.pact_version_id).exists()
    newest = (
        select(pact_publications.c.pact_version_id)
        .where(
            pact_publications.c.consumer_id == pact.consumer.id,
            pact_publications.c.provider_id == pact.provider.id,
            pact_publications.c.latest,
            has_result,
        )
        .order_by(pact_publications.c.consumer_version_id.desc())
        .limit(1)
    )
    if condition is not None:
        newest = newest.where(condition)
    last = select(func.max(results.c.id)).where(results.c.pact_version_id == newest.scalar_subquery())
    query = select(verifications.c.pact_version_id, verifications.c.success, verifications.c.pending).where(
        verifications.c.id == last.scalar_subquery()
    )
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    return LastResult(
        success=row.success, pending=bool(row.pending), current=row.pact_version_id == pact.pact_version_id
    )
