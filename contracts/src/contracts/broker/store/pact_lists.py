"""Lists of pacts in SQL: of a pair, of a provider, of all. The cost of a list depends only on its length."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from contracts.broker.store.pact_rows import Which, consumers, pact_of, pacts, providers
from contracts.broker.store.tables import integrations, pact_publications, tags
from contracts.model.pacts import Pact


Listing = Select[*tuple[Any, ...]]
"""A list of pacts to `read`, whole or in pages."""
MOST_VERSIONS = 500  # of a pair, whose contents are listed


def of_pair(connection: Connection, consumer_id: int, provider_id: int, which: Which) -> list[Pact]:
    """The pacts of a pair, newest version first."""
    query = pacts().where(
        pact_publications.c.consumer_id == consumer_id, pact_publications.c.provider_id == provider_id, which
    )
    return _all(connection, query.order_by(pact_publications.c.consumer_version_id.desc()))


def contents_of_pair(connection: Connection, consumer_id: int, provider_id: int, limit: int) -> list[Pact]:
    """The first pact of each of the newest *limit* contents of a pair, newest first.

    Only the newest `MOST_VERSIONS` versions are read, so the first of an older content is the first of these.
    """
    pair = and_(
        pact_publications.c.consumer_id == consumer_id,
        pact_publications.c.provider_id == provider_id,
        pact_publications.c.latest,
    )
    recent = (
        select(pact_publications.c.pact_version_id, pact_publications.c.consumer_version_id)
        .where(pair)
        .order_by(pact_publications.c.consumer_version_id.desc())
        .limit(MOST_VERSIONS)
        .subquery()
    )
    first = func.min(recent.c.consumer_version_id).label("first")
    firsts = select(first).group_by(recent.c.pact_version_id).order_by(first.desc()).limit(limit).subquery()
    query = pacts().join(firsts, firsts.c.first == pact_publications.c.consumer_version_id).where(pair)
    return _all(connection, query.order_by(pact_publications.c.consumer_version_id.desc()))


def of_provider(provider_id: int, which: Which) -> Listing:
    """The pacts of a provider, by the consumers' names, oldest version first."""
    query = pacts().where(pact_publications.c.provider_id == provider_id, which)
    return query.order_by(consumers.c.name, pact_publications.c.consumer_version_id)


def of_version(connection: Connection, consumer_version_id: int) -> list[Pact]:
    """The pacts of a consumer version, by the providers' names."""
    query = pacts().where(pact_publications.c.consumer_version_id == consumer_version_id)
    return _all(connection, query.order_by(providers.c.name))


def latest_of_provider(provider_id: int, tag: str | None = None) -> Listing:
    """The latest pact of each consumer with the provider, by consumer; with *tag*, only of versions with that tag."""
    return _latest(tag).where(integrations.c.provider_id == provider_id).order_by(consumers.c.name)


def latest() -> Listing:
    """The latest pact of each pair, by consumer and provider."""
    return _latest(None).order_by(consumers.c.name, providers.c.name)


def read(connection: Connection, listing: Listing, limit: int | None = None, offset: int = 0) -> list[Pact]:
    """The pacts of a list from *offset*, at most *limit*."""
    return _all(connection, listing.limit(limit).offset(offset))


def count(connection: Connection, listing: Listing) -> int:
    """The number of pacts that `read` returns without a limit."""
    ids = listing.with_only_columns(pact_publications.c.id).order_by(None).subquery()
    return connection.execute(select(func.count()).select_from(ids)).scalar_one()


def _latest(tag: str | None) -> Select[*tuple[Any, ...]]:
    """The latest pact of each integration: one lookup at the end of an index for each, for any length of history."""
    newer = pact_publications.alias("newer")
    newest = (
        select(newer.c.id)
        .where(
            newer.c.consumer_id == integrations.c.consumer_id,
            newer.c.provider_id == integrations.c.provider_id,
            newer.c.latest,
        )
        .order_by(newer.c.consumer_version_id.desc())
        .limit(1)
    )
    if tag is not None:
        newest = newest.join_from(
            newer, tags, and_(tags.c.version_id == newer.c.consumer_version_id, tags.c.name == tag)
        )
    return pacts().join(integrations, pact_publications.c.id == newest.correlate(integrations).scalar_subquery())


def _all(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[Pact]:
    return [pact_of(row) for row in connection.execute(query)]
