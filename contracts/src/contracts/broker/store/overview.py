"""The overview in SQL: three statements for any rows, for any length of history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    literal,
    null,
    select,
    union_all,
)

from contracts.broker.store import standings
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    integrations,
    pact_publications,
    pact_versions,
    pacticipants,
    released_versions,
    verifications,
    versions,
)
from contracts.model.attention import Standing
from contracts.model.overview import LatestPact, MainResult, OverviewRow, Presence


if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, Row

    _PactRow = Row[*tuple[Any, ...]]


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_main = branches.alias("consumer_main")
_provider_main = branches.alias("provider_main")


def rows(connection: Connection, pairs: Sequence[Standing]) -> tuple[OverviewRow, ...]:
    """Return everything that the overview shows of *pairs*, in their order, in three statements."""
    ids = [each.id for each in pairs]
    latest = _latest(connection, ids)
    mains = _mains(connection, ids)
    places = _present(connection, {each for pair in pairs for each in (pair.consumer_id, pair.provider_id)})
    return tuple(_row(each, latest.get(each.id), mains.get(each.id), places) for each in pairs)


def _latest(connection: Connection, ids: Collection[int]) -> dict[int, _PactRow]:
    """The newest contract of each integration in *ids*."""
    newest = (
        select(pact_publications.c.id)
        .where(
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.latest,
        )
        .order_by(pact_publications.c.consumer_version_id.desc())
        .limit(1)
        .correlate(integrations)
        .scalar_subquery()
    )
    branch = (
        select(branches.c.name)
        .join(branch_versions, branch_versions.c.branch_id == branches.c.id)
        .where(branch_versions.c.version_id == pact_publications.c.consumer_version_id)
        .order_by(branch_versions.c.id.desc())
        .limit(1)
        .correlate(pact_publications)
        .scalar_subquery()
    )
    query = (
        select(integrations.c.id, versions.c.number, branch.label("branch"), pact_publications.c.created_at)
        .join(pact_publications, pact_publications.c.id == newest)
        .join(versions, versions.c.id == pact_publications.c.consumer_version_id)
        .where(among(integrations.c.id, ids))
    )
    return {row.id: row for row in connection.execute(query)}


def _mains(connection: Connection, ids: Collection[int]) -> dict[int, _PactRow]:
    """The contract of each consumer's main branch, and its last result from the provider's main branch."""
    # each pair is unique, but DISTINCT keeps SQLite from starting with all consumers
    pairs = (
        select(integrations.c.id, integrations.c.consumer_id, integrations.c.provider_id)
        .where(among(integrations.c.id, ids))
        .distinct()
        .subquery("pairs")
    )
    last_result = standings.last_result(
        "id", pact_publications.c.pact_version_id, _provider_main.c.id, pact_publications, _provider_main
    )
    query = (
        select(
            pairs.c.id,
            verifications.c.id.label("result_id"),
            verifications.c.success,
            verifications.c.executed_at,
            versions.c.number,
            pact_versions.c.sha,
        )
        .join(_consumers, _consumers.c.id == pairs.c.consumer_id)
        .join(_providers, _providers.c.id == pairs.c.provider_id)
        .join(_consumer_main, standings.is_main(_consumer_main, _consumers))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == _consumer_main.c.head_version_id,
                pact_publications.c.provider_id == pairs.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
        .outerjoin(_provider_main, standings.is_main(_provider_main, _providers))
        .outerjoin(verifications, verifications.c.id == last_result)
        .outerjoin(versions, versions.c.id == verifications.c.provider_version_id)
    )
    return {row.id: row for row in connection.execute(query)}


def _present(connection: Connection, pacticipant_ids: Collection[int]) -> dict[int, list[Presence]]:
    """The versions in environments now, by application."""
    query = union_all(
        *(
            select(
                placements.c.pacticipant_id.label("pacticipant_id"),
                pacticipants.c.name.label("pacticipant"),
                versions.c.number,
                environments.c.name.label("environment"),
                environments.c.production,
                instance.label("instance"),
                placements.c.version_id.label("version_id"),
            )
            .join(pacticipants, pacticipants.c.id == placements.c.pacticipant_id)
            .join(versions, versions.c.id == placements.c.version_id)
            .join(environments, environments.c.id == placements.c.environment_id)
            .where(among(placements.c.pacticipant_id, pacticipant_ids), current)
            for placements, current, instance in (
                (deployed_versions, currently_deployed(), deployed_versions.c.target),
                (released_versions, currently_supported(), literal(None, type_=null().type)),
            )
        )
    ).order_by("production", "environment", "pacticipant_id", "version_id")
    present: dict[int, list[Presence]] = defaultdict(list)
    for row in connection.execute(query):
        present[row.pacticipant_id].append(
            Presence(
                environment=row.environment,
                production=row.production,
                pacticipant=row.pacticipant,
                version=row.number,
                instance=row.instance,
            )
        )
    return present


def _row(
    pair: Standing, latest: _PactRow | None, main: _PactRow | None, present: dict[int, list[Presence]]
) -> OverviewRow:
    both = {pair.consumer_id, pair.provider_id}
    present_versions = sorted(
        (each for pacticipant_id in both for each in present.get(pacticipant_id, ())),
        key=lambda each: (each.production, each.environment, each.pacticipant != pair.consumer),
    )
    return OverviewRow(
        consumer=pair.consumer,
        provider=pair.provider,
        latest=LatestPact(consumer_version=latest.number, branch=latest.branch, published_at=latest.created_at)
        if latest
        else None,
        main=pair.main,
        waiting=pair.waiting,
        outdated=pair.outdated,
        result=MainResult(
            provider_version=main.number, verified_at=main.executed_at, sha=main.sha, number=main.result_id
        )
        if main and main.result_id
        else None,
        present=tuple(present_versions),
    )
