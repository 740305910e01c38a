"""Which provider versions should have a result for a content, and have none.

Source: Pact Broker protocol, events (required provider versions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, literal, select, union_all

from contracts.broker.store import versions as version_store
from contracts.broker.store.tables import (
    branches,
    deployed_versions,
    environments,
    pacticipants,
    released_versions,
    tag_heads,
    verifications,
    versions,
)
from contracts.model.events import LATEST_FROM_MAIN_BRANCH, RequiredVersion, VersionFacts


if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def unverified(connection: Connection, provider_id: int, pact_version_id: int) -> list[RequiredVersion]:
    """The provider's versions on main, deployed or supported that have no result for this content; oldest first."""
    main = (
        select(func.coalesce(branches.c.head_version_id, tag_heads.c.version_id).label("version_id"))
        .add_columns(literal(LATEST_FROM_MAIN_BRANCH).label("description"), literal(0).label("position"))
        .select_from(pacticipants)
        .outerjoin(
            branches,
            and_(branches.c.pacticipant_id == pacticipants.c.id, branches.c.name == pacticipants.c.main_branch),
        )
        .outerjoin(
            tag_heads,
            and_(tag_heads.c.pacticipant_id == pacticipants.c.id, tag_heads.c.name == pacticipants.c.main_branch),
        )
        .where(pacticipants.c.id == provider_id)
    )
    held = [
        select(table.c.version_id, (literal(f"{word} in ") + environments.c.name), literal(position))
        .join(environments, environments.c.id == table.c.environment_id)
        .where(table.c.pacticipant_id == provider_id, ended.is_(None))
        for position, (table, ended, word) in enumerate(
            (
                (deployed_versions, deployed_versions.c.undeployed_at, "deployed"),
                (released_versions, released_versions.c.support_ended_at, "released"),
            ),
            start=1,
        )
    ]
    required = union_all(main, *held).subquery()
    result = select(verifications.c.id).where(
        verifications.c.pact_version_id == pact_version_id, verifications.c.provider_version_id == required.c.version_id
    )
    query = (
        select(required.c.version_id, required.c.description, versions.c.number)
        .join(versions, versions.c.id == required.c.version_id)
        .where(~result.exists())
        .order_by(required.c.version_id, required.c.position, required.c.description)
    )
    descriptions: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query):
        if row.description not in (known := descriptions.get(row.version_id, ())):
            descriptions[row.version_id] = (*known, row.description)
    told = facts(connection, descriptions)
    return [RequiredVersion(version=told[each], descriptions=texts) for each, texts in descriptions.items()]


def facts(connection: Connection, version_ids: Collection[int]) -> dict[int, VersionFacts]:
    """What is told of versions, by id: the last branch that each joined, and its tags."""
    if not version_ids:
        return {}
    details = version_store.details(connection, version_ids)
    return {
        each.id: VersionFacts(
            id=each.id,
            number=each.number,
            branch=details[each.id].branches[-1].name if details[each.id].branches else "",
            tags=tuple(tag.name for tag in details[each.id].tags),
        )
        for each in version_store.by_ids(connection, version_ids).values()
    }
