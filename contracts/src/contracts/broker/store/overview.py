"""The overview in SQL: two statements for the state of every pair, and three for the rows of a page."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    union,
    union_all,
)

from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    UtcDateTime,
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    integrations,
    labels,
    pact_publications,
    pact_versions,
    pacticipants,
    released_versions,
    verification_jobs,
    verifications,
    versions,
)
from contracts.model.attention import QUIET, Standing, Standings
from contracts.model.jobs import JobState
from contracts.model.overview import LatestPact, MainResult, OverviewRow, Presence


if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect, Connection, FromClause, Row, ScalarSelect, Select

    _PactRow = Row[*tuple[Any, ...]]


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_main = branches.alias("consumer_main")
_provider_main = branches.alias("provider_main")


def standings(
    connection: Connection, now: datetime, *, search: str = "", environment: str = "", label: str = ""
) -> Standings:
    """Return the state of every pair, the most recently changed first.

    The consumer's or provider's name contains *search*, ignoring case; one of them has a version in the *environment*
    now; one of them has the *label*.
    """
    conditions = []
    if search:
        conditions.append(or_(*(each.c.name.icontains(search, autoescape=True) for each in (_consumers, _providers))))
    if environment:
        conditions.append(_either(connection.scalars(_in_environment(environment)).all()))
    if label:
        labelled = select(labels.c.pacticipant_id).where(labels.c.name == label)
        conditions.append(_either(connection.scalars(labelled).all()))
    return _standings(connection, now, *conditions)


def standings_of(connection: Connection, pacticipant_id: int, now: datetime) -> Standings:
    """Return the state of every pair of an application, as consumer or provider, the most recently changed first."""
    sides = (integrations.c.consumer_id, integrations.c.provider_id)
    return _standings(connection, now, or_(*(each == pacticipant_id for each in sides)))


def rows(connection: Connection, pairs: Sequence[Standing]) -> tuple[OverviewRow, ...]:
    """Return everything that the overview shows of *pairs*, in their order, in three statements."""
    ids = [each.id for each in pairs]
    latest = _latest(connection, ids)
    mains = _mains(connection, ids)
    places = _present(connection, {each for pair in pairs for each in (pair.consumer_id, pair.provider_id)})
    return tuple(_row(each, latest.get(each.id), mains.get(each.id), places) for each in pairs)


def present(connection: Connection, pacticipant_id: int) -> list[Presence]:
    """Return where versions of an application are deployed or supported now, production last."""
    return _present(connection, {pacticipant_id}).get(pacticipant_id, [])


def _standings(connection: Connection, now: datetime, *conditions: ColumnElement[bool]) -> Standings:
    states = connection.execute(_states(*conditions), {"quiet_since": now - QUIET}).all()
    unverified = [row[0] for row in states if row[_CONTRACT] and row[_SUCCESS] is None]
    if not unverified:
        return states
    outdated = set(connection.scalars(_with_results(), {"ids": unverified}))
    return [Standing(*row)._replace(outdated=True) if row[0] in outdated else row for row in states]


_CONTRACT, _SUCCESS = (Standing._fields.index(each) for each in ("contract", "success"))


@cache
def _with_results() -> Select[int]:
    """Those of the pairs with these *ids* that have a result."""
    of_pair = (
        verifications.c.consumer_id == integrations.c.consumer_id,
        verifications.c.provider_id == integrations.c.provider_id,
    )
    result = select(verifications.c.id).where(*of_pair)
    return select(integrations.c.id).where(among(integrations.c.id, "ids"), result.exists())


@cache
def _waiting() -> Select[*tuple[Any, ...]]:
    """The pairs with a verification job that may still bring a result."""
    job = verification_jobs.c
    requested = or_(job.delivery_uuid.is_not(None), job.deadline.is_not(None))
    expected = job.state.in_((JobState.DISPATCHED, JobState.STARTED, JobState.LOST))
    open_ = or_(expected, and_(job.state == JobState.NEEDED, requested))
    return select(job.consumer_id, job.provider_id).where(open_)


@cache
def _contents() -> Select[*tuple[Any, ...]]:
    """Each pair with the content of its contract on the consumer's main branch, and the provider's main branch."""
    content = (
        select(pact_publications.c.pact_version_id)
        .where(
            pact_publications.c.consumer_version_id == _consumer_main.c.head_version_id,
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.latest,
        )
        .limit(1)
        .correlate(_consumer_main, integrations)
        .scalar_subquery()
    )
    return (
        select(
            integrations.c.id,
            integrations.c.consumer_id,
            integrations.c.provider_id,
            integrations.c.contract_data_updated_at,
            _consumers.c.name.label("consumer"),
            _providers.c.name.label("provider"),
            _consumers.c.main_branch,
            _provider_main.c.id.label("provider_branch_id"),
            content.label("content_id"),
        )
        .join(_consumers, _consumers.c.id == integrations.c.consumer_id)
        .join(_providers, _providers.c.id == integrations.c.provider_id)
        .outerjoin(_consumer_main, _is_main(_consumer_main, _consumers))
        .outerjoin(_provider_main, _is_main(_provider_main, _providers))
    )


def _states(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The fields of `Standing` for each pair, the most recently changed first; *outdated* is false for all.

    Conditions have the type of numbers, which SQLAlchemy need not convert for each row.
    """
    # with an offset, neither database merges the queries: it would look up each content twice, or read all of them
    pairs = _contents().where(*conditions).offset(0).subquery("pairs")
    updated_at = pairs.c.contract_data_updated_at
    quiet = func.coalesce(updated_at < bindparam("quiet_since", type_=UtcDateTime), True)
    success = _last_result("success", pairs.c.content_id, pairs.c.provider_branch_id, pairs)
    waiting = tuple_(pairs.c.consumer_id, pairs.c.provider_id).in_(_waiting())
    return select(
        pairs.c.id,
        pairs.c.consumer_id,
        pairs.c.provider_id,
        pairs.c.consumer,
        pairs.c.provider,
        type_coerce(pairs.c.main_branch.is_not(None), Integer),
        type_coerce(pairs.c.content_id.is_not(None), Integer),
        type_coerce(success, Integer),
        type_coerce(waiting, Integer),
        literal(0),
        type_coerce(quiet, Integer),
    ).order_by(updated_at.desc().nulls_last(), pairs.c.id.desc())


def _either(pacticipant_ids: Collection[int]) -> ColumnElement[bool]:
    sides = (integrations.c.consumer_id, integrations.c.provider_id)
    return or_(*(among(each, pacticipant_ids) for each in sides))


def _in_environment(name: str) -> CompoundSelect[int]:
    """The applications with a version in this environment now."""
    environment_id = select(environments.c.id).where(environments.c.name == name).scalar_subquery()
    return union(
        *(
            select(placements.c.pacticipant_id).where(placements.c.environment_id == environment_id, current)
            for placements, current in (
                (deployed_versions, currently_deployed()),
                (released_versions, currently_supported()),
            )
        )
    )


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
    last_result = _last_result(
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
        .outerjoin(verifications, verifications.c.id == last_result)
        .outerjoin(versions, versions.c.id == verifications.c.provider_version_id)
    )
    return {row.id: row for row in connection.execute(query)}


def _last_result(
    column: str, content_id: ColumnElement[int], branch_id: ColumnElement[int], *correlated: FromClause
) -> ScalarSelect[Any]:
    """A *column* of the last result of the provider's main branch for a content of the enclosing query."""
    results = verifications.alias("results")
    # not EXISTS: PostgreSQL would read every version of the branch
    on_main = (
        select(branch_versions.c.id)
        .where(branch_versions.c.branch_id == branch_id, branch_versions.c.version_id == results.c.provider_version_id)
        .correlate(*correlated, results)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(results.c[column])
        .where(results.c.pact_version_id == content_id, on_main.is_not(None))
        .order_by(results.c.id.desc())
        .limit(1)
        .correlate(*correlated)
        .scalar_subquery()
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
