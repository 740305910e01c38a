"""Publications in SQL, to write: contents are kept once for a pair, and consumer versions brought to them."""

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
    """What this version's new pacts are compared with, by provider id, tag by tag in the order of tagging."""
    parameters = {"consumer_id": consumer_id, "version_id": version_id, "provider_ids": list(provider_ids)}
    found: dict[int, list[Predecessor]] = {}
    for row in connection.execute(_predecessors(), parameters):
        found.setdefault(row.id, []).append(Predecessor(tag=row.name, pact_version_id=row.pact_version_id))
    return found


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
    """Make contents, by provider id, the pacts of a consumer's version; the ids of these, by provider id.

    Where the version has a pact with the provider already, that becomes an earlier revision, and *revisions* holds the
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
    """Remove those pacts of a pair, every revision, and the contents without results that no other version has."""
    if not integrations.lock(connection, consumer_id, provider_id):
        return
    # `which` sees last revisions only: the earlier ones go with theirs
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
    """Remove those of the contents that no version has any more, unless they have a result.

    A result is of the content: it holds again once the content is published again. Whoever is publishing one of them
    is waited for, and then seen.
    """
    if not pact_version_ids:
        return
    candidates = select(pact_versions.c.id).where(among(pact_versions.c.id, pact_version_ids))
    connection.execute(candidates.order_by(pact_versions.c.id).with_for_update())
    # a statement of its own: what was committed while the rows were waited for is seen by the next only
    used = select(pact_publications.c.id).where(pact_publications.c.pact_version_id == pact_versions.c.id).exists()
    verified = select(verifications.c.id).where(verifications.c.pact_version_id == pact_versions.c.id).exists()
    connection.execute(delete(pact_versions).where(among(pact_versions.c.id, pact_version_ids), ~used, ~verified))


def remove_pair(connection: Connection, consumer_id: int, provider_id: int) -> None:
    """Remove everything that a pair, which is locked, has published, with all results."""
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
    # two lists, not one of pairs: with that SQLite would look through every content of the consumer
    return select(*_STORED).where(
        pact_versions.c.consumer_id == bindparam("consumer_id"),
        among(pact_versions.c.provider_id, "provider_ids"),
        among(pact_versions.c.sha, "shas"),
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredContent:
    return StoredContent(id=row.id, size=(row.interactions_count, row.messages_count))
