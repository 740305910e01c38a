"""Publications in SQL, to write: a pair stores each content once, and links consumer versions to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    insert,
    select,
    union,
    update,
)

from contracts.broker.store import integrations
from contracts.broker.store.membership import among
from contracts.broker.store.pact_rows import Which, between
from contracts.broker.store.tables import pact_publications, pact_versions, pacticipants, tags, verifications, versions
from contracts.model import partial_contracts
from contracts.model.pacts import Content, ContentKey, Predecessor, StoredContent


_STORED = (
    pact_versions.c.id,
    pact_versions.c.provider_id,
    pact_versions.c.sha,
    pact_versions.c.interactions_count,
    pact_versions.c.messages_count,
)


def predecessors(
    connection: Connection, consumer_id: int, version_id: int, provider_ids: Collection[int]
) -> dict[int, list[Predecessor]]:
    """The contents to compare this version's new pacts with, by provider id, for each tag in the order of tagging."""
    parameters = {"consumer_id": consumer_id, "version_id": version_id, "provider_ids": list(provider_ids)}
    predecessors_by_provider: dict[int, list[Predecessor]] = {}
    for row in connection.execute(_predecessors(), parameters):
        predecessors_by_provider.setdefault(row.id, []).append(
            Predecessor(tag=row.name, pact_version_id=row.pact_version_id)
        )
    return predecessors_by_provider


def stored(connection: Connection, consumer_id: int, keys: Collection[ContentKey]) -> dict[ContentKey, StoredContent]:
    """The stored contents among those with *keys*."""
    provider_ids, shas = ({key[place] for key in keys} for place in (0, 1))
    parameters = {"consumer_id": consumer_id, "provider_ids": list(provider_ids), "shas": list(shas)}
    rows = connection.execute(_of_keys(), parameters)
    return {key: _stored(row) for row in rows if (key := (row.provider_id, row.sha)) in keys}


def store(
    connection: Connection, consumer_id: int, contents: Sequence[Content], now: datetime
) -> dict[ContentKey, StoredContent]:
    """Store *contents*, none of which is stored yet."""
    rows = [
        {
            "consumer_id": consumer_id,
            "provider_id": each.provider_id,
            "sha": each.sha,
            "interactions_count": each.size[0],
            "messages_count": each.size[1],
            "created_at": now,
            "content": each.text,
            "excerpt": partial_contracts.excerpt(each.text),
        }
        for each in contents
    ]
    added = connection.execute(insert(pact_versions).returning(*_STORED), rows)
    return {(row.provider_id, row.sha): _stored(row) for row in added}


def publish(
    connection: Connection,
    consumer_id: int,
    version_id: int,
    content_ids: Mapping[int, int],
    revisions: Mapping[int, int],
    now: datetime,
) -> dict[int, int]:
    """Make contents, by provider id, the pacts of a consumer version; return the ids of the pacts, by provider id.

    If the version already has a pact with the provider, that one becomes an earlier revision, and *revisions* has the
    number of the new one.
    """
    if revisions:
        connection.execute(
            update(pact_publications)
            .where(
                pact_publications.c.consumer_version_id == version_id,
                among(pact_publications.c.provider_id, revisions.keys()),
                pact_publications.c.latest,
            )
            .values(latest=False)
        )
    rows = [
        {
            "consumer_id": consumer_id,
            "provider_id": provider_id,
            "consumer_version_id": version_id,
            "pact_version_id": pact_version_id,
            "revision_number": revisions.get(provider_id, 1),
            "latest": True,
            "created_at": now,
        }
        for provider_id, pact_version_id in content_ids.items()
    ]
    added = insert(pact_publications).returning(pact_publications.c.id, pact_publications.c.provider_id)
    ids = {row.provider_id: row.id for row in connection.execute(added, rows)}
    integrations.recompute_heads(connection, [(consumer_id, provider_id) for provider_id in ids])
    return ids


def remove(connection: Connection, consumer_id: int, provider_id: int, which: Which) -> None:
    """Remove these pacts of a pair with every revision, and contents that have no results and no other version."""
    if not integrations.lock(connection, consumer_id, provider_id):
        return
    # `which` selects last revisions; the earlier ones of these versions are removed with them
    of_versions = between(consumer_id, provider_id).where(which).with_only_columns(versions.c.id).correlate(None)
    statement = (
        delete(pact_publications)
        .where(pact_publications.c.provider_id == provider_id, pact_publications.c.consumer_version_id.in_(of_versions))
        .returning(pact_publications.c.pact_version_id)
    )
    unused = set(connection.scalars(statement))
    integrations.recompute_heads(connection, [(consumer_id, provider_id)])
    remove_unused(connection, unused)


def contents_of(connection: Connection, version_ids: Collection[int]) -> set[int]:
    """The ids of the contents that these versions published or verified, every revision."""
    published, verified = pact_publications.c, verifications.c
    query = union(
        select(published.pact_version_id).where(among(published.consumer_version_id, version_ids)),
        select(verified.pact_version_id).where(among(verified.provider_version_id, version_ids)),
    )
    return set(connection.scalars(query))


def remove_unused(connection: Connection, pact_version_ids: Collection[int]) -> None:
    """Remove those contents that no version has any more, unless they have a result.

    A result belongs to the content: it counts again if the content is published again. A publication that is in
    progress is waited for, and then counts.
    """
    if not pact_version_ids:
        return
    candidates = select(pact_versions.c.id).where(among(pact_versions.c.id, pact_version_ids))
    connection.execute(candidates.order_by(pact_versions.c.id).with_for_update())
    # a separate statement: only the next one sees commits that happened while this one waited
    used = select(pact_publications.c.id).where(pact_publications.c.pact_version_id == pact_versions.c.id).exists()
    verified = select(verifications.c.id).where(verifications.c.pact_version_id == pact_versions.c.id).exists()
    connection.execute(delete(pact_versions).where(among(pact_versions.c.id, pact_version_ids), ~used, ~verified))


def remove_pair(connection: Connection, consumer_id: int, provider_id: int) -> None:
    """Remove all publications of a locked pair, with all results."""
    for table in (pact_publications, pact_versions):
        of_pair = (table.c.consumer_id == consumer_id, table.c.provider_id == provider_id)
        connection.execute(delete(table).where(*of_pair))


@cache
def _predecessors() -> Select[*tuple[Any, ...]]:
    pair = pacticipants.alias("pair")  # one row for each provider
    earlier = pact_publications.alias("earlier")
    other = tags.alias("other")
    version_id: ColumnElement[int] = bindparam("version_id", type_=BigInteger())
    previous = (
        select(earlier.c.pact_version_id)
        .select_from(earlier)
        .where(
            earlier.c.consumer_id == bindparam("consumer_id"),
            earlier.c.provider_id == pair.c.id,
            earlier.c.consumer_version_id < version_id,
            earlier.c.latest,
        )
        .order_by(earlier.c.consumer_version_id.desc())
        .limit(1)
    )
    same_tag = and_(other.c.version_id == earlier.c.consumer_version_id, other.c.name == tags.c.name)
    untagged = ~select(other.c.id).where(other.c.version_id == earlier.c.consumer_version_id).exists()
    return (
        select(
            pair.c.id,
            tags.c.name,
            case(
                (tags.c.name.is_(None), previous.where(untagged).correlate(pair).scalar_subquery()),
                else_=previous.join_from(earlier, other, same_tag).correlate(pair, tags).scalar_subquery(),
            ).label("pact_version_id"),
        )
        .select_from(pair)
        .outerjoin(tags, tags.c.version_id == version_id)
        .where(among(pair.c.id, "provider_ids"))
        .order_by(tags.c.id)
    )


@cache
def _of_keys() -> Select[*tuple[Any, ...]]:
    # two lists: with one list of pairs, SQLite would read every content of the consumer
    return select(*_STORED).where(
        pact_versions.c.consumer_id == bindparam("consumer_id"),
        among(pact_versions.c.provider_id, "provider_ids"),
        among(pact_versions.c.sha, "shas"),
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredContent:
    return StoredContent(id=row.id, size=(row.interactions_count, row.messages_count))
