"""The overview in SQL: five statements for a page, for any number of pairs and any length of history."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal, null, or_, select, union_all

from contracts.broker.store import integrations as pairs
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
from contracts.model.overview import LatestPact, MainResult, MainState, Overview, OverviewRow, Presence, main_state


if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection, Row, ScalarSelect, Select

    _PactRow = Row[*tuple[Any, ...]]


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_main = branches.alias("consumer_main")
_provider_main = branches.alias("provider_main")


FILTERS = {MainState.FAILED: False, MainState.UNVERIFIED: None, MainState.VERIFIED: True}
"""The states by which the overview can be filtered, with the success of the last result."""


def page(
    connection: Connection, *, number: int, size: int, search: str = "", state: MainState | None = None
) -> Overview:
    """Return page *number*, from 1, of the pairs in a *state*, or (None) in any; the most recently changed first.

    The consumer's or provider's name contains *search*, ignoring case.
    """
    query = _pairs(search)
    if state is None:
        total = pairs.count(connection, search)
    else:
        query = _in_state(query, state)
        total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page_of_pairs = query.order_by(*pairs.NEWEST_FIRST).limit(size).offset((number - 1) * size)
    return Overview(rows=_rows(connection, page_of_pairs), total=total, page=number, size=size)


def of_pacticipant(connection: Connection, pacticipant_id: int, limit: int) -> tuple[OverviewRow, ...]:
    """Return the pairs of an application, as consumer or provider, the most recently changed first, at most *limit*."""
    either = or_(integrations.c.consumer_id == pacticipant_id, integrations.c.provider_id == pacticipant_id)
    return _rows(connection, _pairs("").where(either).order_by(*pairs.NEWEST_FIRST).limit(limit))


def present(connection: Connection, pacticipant_id: int) -> list[Presence]:
    """Return where versions of an application are deployed or supported now, production last."""
    return _present(connection, {pacticipant_id}).get(pacticipant_id, [])


def _rows(connection: Connection, query: Select[Any]) -> tuple[OverviewRow, ...]:
    selected = connection.execute(query).all()
    ids = [row.id for row in selected]
    latest = _latest(connection, ids)
    mains = _mains(connection, ids)
    places = _present(connection, {each for row in selected for each in (row.consumer_id, row.provider_id)})
    return tuple(_row(row, latest.get(row.id), mains.get(row.id), places) for row in selected)


def _pairs(search: str) -> Select[Any]:
    query = (
        select(
            integrations.c.id,
            integrations.c.consumer_id,
            integrations.c.provider_id,
            _consumers.c.name.label("consumer"),
            _providers.c.name.label("provider"),
            _consumers.c.main_branch.is_not(None).label("main_branch"),
        )
        .join(_consumers, _consumers.c.id == integrations.c.consumer_id)
        .join(_providers, _providers.c.id == integrations.c.provider_id)
    )
    if not search:
        return query
    return query.where(or_(*(each.c.name.icontains(search, autoescape=True) for each in (_consumers, _providers))))


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
        .join(_consumer_main, _is_main(_consumer_main, _consumers))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == _consumer_main.c.head_version_id,
                pact_publications.c.provider_id == pairs.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
        .outerjoin(_provider_main, _is_main(_provider_main, _providers))
        .outerjoin(verifications, verifications.c.id == _last_result())
        .outerjoin(versions, versions.c.id == verifications.c.provider_version_id)
    )
    return {row.id: row for row in connection.execute(query)}


def _last_result() -> ScalarSelect[int]:
    """The id of the last result of the provider's main branch for the contract of the enclosing query."""
    return (
        select(verifications.c.id)
        .where(
            verifications.c.pact_version_id == pact_publications.c.pact_version_id,
            select(branch_versions.c.id)
            .where(
                branch_versions.c.branch_id == _provider_main.c.id,
                branch_versions.c.version_id == verifications.c.provider_version_id,
            )
            .correlate(_provider_main, verifications)
            .exists(),
        )
        .order_by(verifications.c.id.desc())
        .limit(1)
        .correlate(pact_publications, _provider_main)
        .scalar_subquery()
    )


def _in_state(query: Select[Any], state: MainState) -> Select[Any]:
    """Narrow a *query* of pairs to those in one of FILTERS on their main branches."""
    return (
        query.join(_consumer_main, _is_main(_consumer_main, _consumers))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == _consumer_main.c.head_version_id,
                pact_publications.c.provider_id == integrations.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .outerjoin(_provider_main, _is_main(_provider_main, _providers))
        .outerjoin(verifications, verifications.c.id == _last_result())
        .where(verifications.c.success.is_(FILTERS[state]))
    )


def _is_main(branch: Any, pacticipant: Any) -> Any:
    return and_(branch.c.pacticipant_id == pacticipant.c.id, branch.c.name == pacticipant.c.main_branch)


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
    pair: _PactRow, latest: _PactRow | None, main: _PactRow | None, present: dict[int, list[Presence]]
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
        main=main_state(
            main_branch=bool(pair.main_branch),
            contract=main is not None,
            success=main.success if main else None,
        ),
        result=MainResult(
            provider_version=main.number, verified_at=main.executed_at, sha=main.sha, number=main.result_id
        )
        if main and main.result_id
        else None,
        present=tuple(present_versions),
    )
