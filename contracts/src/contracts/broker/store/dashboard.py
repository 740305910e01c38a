"""The dashboard in SQL: seven statements, however many pairs and however long their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, union_all

from contracts.broker.store import verifications
from contracts.broker.store.pacts import pact_of, pacts
from contracts.broker.store.tables import (
    branches,
    deployed_versions,
    integrations,
    pact_publications,
    released_versions,
    tag_heads,
    tags,
)
from contracts.model.dashboard import Item


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import Connection

    from contracts.model.pacts import Pact
    from contracts.model.verifications import Verification


def items(connection: Connection, integration_ids: Collection[int]) -> list[Item]:
    """The pacts of these pairs that are the latest of all or of a tag, or in an environment; last published first."""
    tagged = _tagged(connection, integration_ids)
    ids = tagged.keys() | _latest(connection, integration_ids) | _present(connection, integration_ids)
    query = pacts().where(pact_publications.c.id.in_(ids))
    found = [pact_of(row) for row in connection.execute(query.order_by(pact_publications.c.id.desc()))]
    results = verifications.latest_for_contents(connection, {each.pact_version_id for each in found})
    provider_versions = {each.provider_version_id for each in results.values()}
    heads = _heads(connection, provider_versions | {each.consumer_version.id for each in found})
    result_tags = _tags(connection, provider_versions)
    return [_item(each, tagged, results.get(each.pact_version_id), heads, result_tags) for each in found]


def _latest(connection: Connection, integration_ids: Collection[int]) -> set[int]:
    """The publication of the latest pact of each pair."""
    newest = (
        select(pact_publications.c.id)
        .where(
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.latest,
        )
        .order_by(pact_publications.c.consumer_version_id.desc())
        .limit(1)
        .correlate(integrations)
        .scalar_subquery()
    )
    found = connection.scalars(select(newest).select_from(integrations).where(integrations.c.id.in_(integration_ids)))
    return {each for each in found if each is not None}


def _present(connection: Connection, integration_ids: Collection[int]) -> set[int]:
    """The publications of consumer versions that an environment holds now."""
    held = (
        select(pact_publications.c.id)
        .join_from(integrations, table, and_(table.c.pacticipant_id == integrations.c.consumer_id, ended.is_(None)))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == table.c.version_id,
                pact_publications.c.provider_id == integrations.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .where(integrations.c.id.in_(integration_ids))
        for table, ended in (
            (deployed_versions, deployed_versions.c.undeployed_at),
            (released_versions, released_versions.c.support_ended_at),
        )
    )
    return set(connection.scalars(union_all(*held)))


def _tagged(connection: Connection, integration_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The tags of whose versions the latest with a pact has this one, by publication."""
    newest = (
        select(pact_publications.c.id)
        .join_from(tags, pact_publications, pact_publications.c.consumer_version_id == tags.c.version_id)
        .where(
            tags.c.pacticipant_id == integrations.c.consumer_id,
            tags.c.name == tag_heads.c.name,
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.latest,
        )
        .order_by(tags.c.version_id.desc())
        .limit(1)
        .correlate(integrations, tag_heads)
        .scalar_subquery()
    )
    query = (
        select(tag_heads.c.name, newest.label("publication_id"))
        .join_from(integrations, tag_heads, tag_heads.c.pacticipant_id == integrations.c.consumer_id)
        .where(integrations.c.id.in_(integration_ids))
        .order_by(tag_heads.c.name)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query):
        if row.publication_id is not None:
            found[row.publication_id] = (*found.get(row.publication_id, ()), row.name)
    return found


def _heads(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The branches whose head each of these versions is."""
    query = (
        select(branches.c.head_version_id, branches.c.name)
        .where(branches.c.head_version_id.in_(version_ids))
        .order_by(branches.c.name)
    )
    return _grouped((row.head_version_id, row.name) for row in connection.execute(query))


def _tags(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The tags whose latest version each of these is."""
    query = (
        select(tag_heads.c.version_id, tag_heads.c.name)
        .where(tag_heads.c.version_id.in_(version_ids))
        .order_by(tag_heads.c.name)
    )
    return _grouped((row.version_id, row.name) for row in connection.execute(query))


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for version_id, name in pairs:
        found[version_id] = (*found.get(version_id, ()), name)
    return found


def _item(
    pact: Pact,
    tagged: Mapping[int, tuple[str, ...]],
    result: Verification | None,
    heads: Mapping[int, tuple[str, ...]],
    result_tags: Mapping[int, tuple[str, ...]],
) -> Item:
    provider_version = 0 if result is None else result.provider_version_id
    return Item(
        pact=pact,
        branches=heads.get(pact.consumer_version.id, ()),
        tags=tagged.get(pact.id, ()),
        result=result,
        result_branches=heads.get(provider_version, ()),
        result_tags=result_tags.get(provider_version, ()),
    )
