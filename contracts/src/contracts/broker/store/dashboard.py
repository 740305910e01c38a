"""The dashboard in SQL: six statements for any number of pairs and any length of history."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, bindparam, func, select, union

from contracts.broker.store import verifications
from contracts.broker.store.membership import among
from contracts.broker.store.pact_rows import pact_of, pacts
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    integrations,
    pact_publications,
    released_versions,
    tag_heads,
    tags,
)
from contracts.model.dashboard import DashboardItem


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Column, Connection, FromClause, Row, ScalarSelect, Select

    from contracts.model.pacts import Pact
    from contracts.model.verifications import Verification

    _Query = Select[*tuple[Any, ...]]
    _Names = Select[*tuple[Any, ...]]
    """The names that belong to ids."""
    _Rows = Sequence[Row[*tuple[Any, ...]]]


def newest(connection: Connection, *, limit: int, offset: int = 0) -> list[DashboardItem]:
    """The pacts that are the latest of a pair or of a tag, or in an environment; those of the newest versions first."""
    end = limit + offset
    oldest = connection.scalar(_oldest_needed(), {"place": end - 1}) or 0
    part = {"oldest": oldest, "end": end, "limit": limit, "offset": offset}
    return _items(connection, connection.execute(_newest(), part).all())


def of_pair(
    connection: Connection, consumer_id: int, provider_id: int, *, limit: int, offset: int = 0
) -> list[DashboardItem]:
    """The same of one pair."""
    part = {"oldest": 0, "limit": limit, "offset": offset}
    pair = {"consumer_id": consumer_id, "provider_id": provider_id}
    return _items(connection, connection.execute(_of_pair(), part | pair).all())


def _items(connection: Connection, rows: _Rows) -> list[DashboardItem]:
    page = [pact_of(row) for row in rows]
    results = verifications.latest_for_contents(connection, {each.pact_version_id for each in page})
    provider_versions = {each.provider_version_id for each in results.values()}
    tagged = _tagged(connection, {each.id for each in page})
    heads = _heads(connection, provider_versions | {each.consumer_version.id for each in page})
    result_tags = _tags(connection, provider_versions)
    return [_item(each, tagged, results.get(each.pact_version_id), heads, result_tags) for each in page]


@cache
def _oldest_needed() -> Select[int]:
    """The version that is old enough: as many pairs or tagged versions as needed are at least as new."""
    place = bindparam("place", type_=BigInteger())
    of_pairs = (
        select(integrations.c.head_version_id)
        .where(integrations.c.head_version_id.is_not(None))
        .order_by(integrations.c.head_version_id.desc())
        .limit(1)
        .offset(place)
        .scalar_subquery()
    )
    has_pact = select(pact_publications.c.id).where(
        pact_publications.c.consumer_version_id == tag_heads.c.version_id, pact_publications.c.latest
    )
    of_tags = (
        select(tag_heads.c.version_id)
        .where(tag_heads.c.version_id > func.coalesce(of_pairs, 0), has_pact.exists())
        .group_by(tag_heads.c.version_id)  # with DISTINCT SQLite forgets the offset
        .order_by(tag_heads.c.version_id.desc())
        .limit(1)
        .offset(place)
        .scalar_subquery()
    )
    return select(func.coalesce(of_tags, of_pairs))


@cache
def _newest() -> _Query:
    pairs = (
        select(integrations.c.consumer_id, integrations.c.provider_id, integrations.c.head_version_id)
        .where(integrations.c.head_version_id >= bindparam("oldest", type_=BigInteger()))
        # no other pair has anything newer than the head of one of these; a number, because both databases plan
        # for the number in the text, and for a thousand times as many for a parameter
        .order_by(integrations.c.head_version_id.desc(), integrations.c.provider_id.desc())
        .limit(bindparam("end", type_=BigInteger(), literal_execute=True))
    )
    return _part(pairs)


@cache
def _of_pair() -> _Query:
    pair = select(integrations.c.consumer_id, integrations.c.provider_id, integrations.c.head_version_id).where(
        integrations.c.consumer_id == bindparam("consumer_id"),
        integrations.c.provider_id == bindparam("provider_id"),
        integrations.c.head_version_id.is_not(None),
    )
    return _part(pair)


def _part(of_pairs: _Query) -> _Query:
    """The requested number of pacts of pairs, without those that are too old."""
    # repeated three times: SQLite expects a million rows of a common table, and prepares for them by scanning others
    pairs = of_pairs.subquery("pairs")
    latest = select(pairs.c.head_version_id.label("version_id"), pairs.c.provider_id)
    carried = and_(
        tag_heads.c.pacticipant_id == pairs.c.consumer_id,
        tag_heads.c.version_id >= bindparam("oldest", type_=BigInteger()),
    )
    tagged = select(_latest_tagged(pairs, tag_heads.c.name), pairs.c.provider_id).join_from(pairs, tag_heads, carried)
    in_environments = (
        select(pact_publications.c.consumer_version_id, pact_publications.c.provider_id)
        .join_from(pairs, table, and_(table.c.pacticipant_id == pairs.c.consumer_id, current))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == table.c.version_id,
                pact_publications.c.provider_id == pairs.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        for table, current in (
            (deployed_versions, currently_deployed()),
            (released_versions, currently_supported()),
        )
    )
    heads = union(latest, tagged, *in_environments).subquery("heads")
    part = (
        select(heads)
        .where(heads.c.version_id.is_not(None))
        .order_by(heads.c.version_id.desc(), heads.c.provider_id.desc())
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery("part")
    )
    return (
        pacts()
        .where(
            pact_publications.c.consumer_version_id == part.c.version_id,
            pact_publications.c.provider_id == part.c.provider_id,
        )
        .order_by(part.c.version_id.desc(), part.c.provider_id.desc())
    )


def _latest_tagged(pair: FromClause, tag: Column[str]) -> ScalarSelect[int]:
    """The greatest version with the *tag* that has a pact of the *pair*."""
    carried = tags.alias("carried")
    return (
        select(carried.c.version_id)
        .join_from(
            carried,
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == carried.c.version_id,
                pact_publications.c.provider_id == pair.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .where(carried.c.pacticipant_id == pair.c.consumer_id, carried.c.name == tag)
        .order_by(carried.c.version_id.desc())
        .limit(1)
        .correlate(pair, tag.table)
        .scalar_subquery()
    )


def _tagged(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The tags for which a publication is the latest pact of the tag's versions, by publication."""
    return _grouped(connection, _tags_of_publications(), ids)


def _heads(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The branches whose head each of these versions is, in the order in which the version joined them."""
    return _grouped(connection, _branches_of_heads(), version_ids)


def _tags(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The tags whose latest version each of these is."""
    return _grouped(connection, _tags_of_heads(), version_ids)


@cache
def _tags_of_publications() -> _Names:
    published = pact_publications.alias("published")
    return (
        select(published.c.id, tags.c.name)
        .join(tags, tags.c.version_id == published.c.consumer_version_id)
        .where(
            among(published.c.id, "ids"),
            published.c.consumer_version_id == _latest_tagged(published, tags.c.name),
        )
        .order_by(tags.c.name)
    )


@cache
def _branches_of_heads() -> _Names:
    head = branches.c.head_version_id
    joined = and_(branch_versions.c.branch_id == branches.c.id, branch_versions.c.version_id == head)
    query = select(head, branches.c.name).join(branch_versions, joined)
    return query.where(among(head, "ids")).order_by(branch_versions.c.id)


@cache
def _tags_of_heads() -> _Names:
    head = tag_heads.c.version_id
    return select(head, tag_heads.c.name).where(among(head, "ids")).order_by(tag_heads.c.name)


def _grouped(connection: Connection, names: _Names, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    names_by_owner: dict[int, tuple[str, ...]] = {}
    for owner, name in connection.execute(names, {"ids": list(ids)}):
        names_by_owner[owner] = (*names_by_owner.get(owner, ()), name)
    return names_by_owner


def _item(
    pact: Pact,
    tagged: Mapping[int, tuple[str, ...]],
    result: Verification | None,
    heads: Mapping[int, tuple[str, ...]],
    result_tags: Mapping[int, tuple[str, ...]],
) -> DashboardItem:
    provider_version = 0 if result is None else result.provider_version_id
    return DashboardItem(
        pact=pact,
        branches=heads.get(pact.consumer_version.id, ()),
        tags=tagged.get(pact.id, ()),
        result=result,
        result_branches=heads.get(provider_version, ()),
        result_tags=result_tags.get(provider_version, ()),
    )
