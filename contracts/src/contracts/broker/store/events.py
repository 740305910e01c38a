"""The facts of events in SQL: versions, results, and the provider versions that need a result.

Source: Pact Broker protocol, events (required provider versions) and template parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, literal, select, union_all

from contracts.broker.store import branches as branch_store
from contracts.broker.store import pact_rows, pacts, tags
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    pact_versions,
    pacticipants,
    released_versions,
    tag_heads,
    verifications,
    versions,
)
from contracts.model.events import (
    DEPLOYED_IN,
    LATEST_FROM_MAIN_BRANCH,
    RELEASED_IN,
    LatestResult,
    RequiredVersion,
    VersionFacts,
)
from contracts.model.pacts import Pact
from contracts.model.webhooks import Side


def versions_of(connection: Connection, version_ids: Collection[int]) -> dict[int, VersionFacts]:
    """The template parameters of versions, by id: number, the last branch that each joined, and its tags."""
    on_branches = branch_store.of_versions(connection, version_ids)
    with_tags = tags.of_versions(connection, version_ids)
    query = select(versions.c.id, versions.c.number).where(among(versions.c.id, version_ids))
    return {
        row.id: VersionFacts(
            number=row.number,
            branch=on_branches[row.id][-1].name if row.id in on_branches else "",
            tags=tuple(each.name for each in with_tags.get(row.id, ())),
        )
        for row in connection.execute(query)
    }


def results_of(connection: Connection, pact_version_ids: Collection[int]) -> dict[int, LatestResult]:
    """The result that counts for each content, by content id: the latest from the main branch, or else the latest."""
    on_main = (
        select(branch_versions.c.id)
        .join(branches, branches.c.id == branch_versions.c.branch_id)
        .join(pacticipants, pacticipants.c.id == branches.c.pacticipant_id)
        .where(
            branch_versions.c.version_id == verifications.c.provider_version_id,
            branches.c.name == pacticipants.c.main_branch,
        )
    )
    place = func.row_number().over(
        partition_by=verifications.c.pact_version_id, order_by=(on_main.exists().desc(), verifications.c.id.desc())
    )
    placed = (
        select(
            verifications.c.id,
            verifications.c.pact_version_id,
            verifications.c.provider_version_id,
            verifications.c.success,
            place.label("place"),
        )
        .where(among(verifications.c.pact_version_id, pact_version_ids), verifications.c.latest)
        .subquery()
    )
    query = select(placed.c.id, placed.c.pact_version_id, placed.c.provider_version_id, placed.c.success)
    return {
        row.pact_version_id: LatestResult(
            number=row.id, success=row.success, provider_version_id=row.provider_version_id
        )
        for row in connection.execute(query.where(placed.c.place == 1))
    }


def unverified(connection: Connection, contents: Mapping[int, int]) -> dict[int, tuple[RequiredVersion, ...]]:
    """The versions on main, deployed or supported that have no result for a content, by provider id, the oldest first.

    *contents* maps the id of a provider to the id of a content.
    """
    return _required_versions(connection, list(contents), list(contents.values()))


def required(connection: Connection, provider_id: int) -> tuple[RequiredVersion, ...]:
    """The provider's versions on main, deployed or supported, with or without results, the oldest first."""
    return _required_versions(connection, [provider_id], []).get(provider_id, ())


def newest_result(
    connection: Connection, consumer: Side | None, provider: Side | None, outcomes: Collection[bool]
) -> tuple[Pact, LatestResult] | None:
    """The last result between these sides with one of *outcomes*, and the latest pact with its content; or None."""
    query = (
        select(
            verifications.c.id,
            verifications.c.success,
            verifications.c.provider_version_id,
            pact_versions.c.sha,
            pact_rows.consumers.c.name.label("consumer"),
            pact_rows.providers.c.name.label("provider"),
        )
        .join(pact_versions, pact_versions.c.id == verifications.c.pact_version_id)
        .join(pact_rows.consumers, pact_rows.consumers.c.id == pact_versions.c.consumer_id)
        .join(pact_rows.providers, pact_rows.providers.c.id == pact_versions.c.provider_id)
        .where(
            pact_rows.is_side(pact_rows.consumers, consumer),
            pact_rows.is_side(pact_rows.providers, provider),
            verifications.c.success.in_(outcomes),
        )
        .order_by(verifications.c.id.desc())
        .limit(1)
    )
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    if (pact := pacts.get_by_sha(connection, row.provider, row.consumer, row.sha)) is None:
        return None
    return pact, LatestResult(number=row.id, success=row.success, provider_version_id=row.provider_version_id)


def _required_versions(
    connection: Connection, provider_ids: Sequence[int], pact_version_ids: Sequence[int]
) -> dict[int, tuple[RequiredVersion, ...]]:
    parameters = {"provider_ids": provider_ids, "pact_version_ids": pact_version_ids}
    descriptions: dict[tuple[int, int, str], dict[str, None]] = {}
    for row in connection.execute(_unverified(), parameters):
        descriptions.setdefault((row.provider_id, row.version_id, row.number), {})[row.description] = None
    required_versions: dict[int, tuple[RequiredVersion, ...]] = {}
    for (provider_id, version_id, number), texts in descriptions.items():
        required_version = RequiredVersion(id=version_id, number=number, descriptions=tuple(texts))
        required_versions[provider_id] = (*required_versions.get(provider_id, ()), required_version)
    return required_versions


@cache
def _unverified() -> Select[*tuple[Any, ...]]:
    required = union_all(
        _on_main(),
        _in_environments(deployed_versions, currently_deployed(), DEPLOYED_IN, 1),
        _in_environments(released_versions, currently_supported(), RELEASED_IN, 2),
    ).subquery()
    result = select(verifications.c.id).where(
        verifications.c.provider_version_id == required.c.version_id,
        # one row for the provider of a version
        among(verifications.c.pact_version_id, "pact_version_ids"),
        verifications.c.latest,  # their index has both: a version may have verified hundreds of contents
    )
    return (
        select(required.c.version_id, required.c.provider_id, required.c.description, versions.c.number)
        .join(versions, versions.c.id == required.c.version_id)
        .where(~result.exists())
        .order_by(required.c.version_id, required.c.position, required.c.description)
    )


def _on_main() -> Select[*tuple[Any, ...]]:
    """The heads of main branches; without such a branch, the latest version with a tag of that name."""
    return (
        select(
            pacticipants.c.id.label("provider_id"),
            func.coalesce(branches.c.head_version_id, tag_heads.c.version_id).label("version_id"),
            literal(LATEST_FROM_MAIN_BRANCH).label("description"),
            literal(0).label("position"),
        )
        .select_from(pacticipants)
        .outerjoin(
            branches,
            and_(branches.c.pacticipant_id == pacticipants.c.id, branches.c.name == pacticipants.c.main_branch),
        )
        .outerjoin(
            tag_heads,
            and_(tag_heads.c.pacticipant_id == pacticipants.c.id, tag_heads.c.name == pacticipants.c.main_branch),
        )
        .where(among(pacticipants.c.id, "provider_ids"))
    )


def _in_environments(table: Table, current: ColumnElement[bool], words: str, position: int) -> Select[*tuple[Any, ...]]:
    """The versions in an environment by *table*, whose *current* rows count."""
    return (
        select(table.c.pacticipant_id, table.c.version_id, literal(words) + environments.c.name, literal(position))
        .join(environments, environments.c.id == table.c.environment_id)
        .where(among(table.c.pacticipant_id, "provider_ids"), current)
    )
