"""The state of every pair in SQL: at most two statements, whatever the number of pairs and the length of history."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, func, literal, or_, select, tuple_, type_coerce, union

from contracts.broker.store.membership import among
from contracts.broker.store.searches import contains
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
    pacticipants,
    released_versions,
    verification_jobs,
    verifications,
)
from contracts.model.attention import QUIET, Standing, Standings
from contracts.model.jobs import JobState


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, CompoundSelect, Connection, FromClause, ScalarSelect, Select


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_main = branches.alias("consumer_main")
_provider_main = branches.alias("provider_main")


def search(
    connection: Connection, now: datetime, *, search: str = "", environment: str = "", label: str = ""
) -> Standings:
    """Return the state of every pair, the most recently changed first.

    The consumer's or provider's name contains *search*, ignoring case; one of them has a version in the *environment*
    now; one of them has the *label*.
    """
    conditions = []
    if search:
        conditions.append(or_(*(contains(each.c.name, search) for each in (_consumers, _providers))))
    if environment:
        conditions.append(_either(connection.scalars(_in_environment(environment)).all()))
    if label:
        labelled = select(labels.c.pacticipant_id).where(labels.c.name == label)
        conditions.append(_either(connection.scalars(labelled).all()))
    return _standings(connection, now, *conditions)


def of_pacticipant(connection: Connection, pacticipant_id: int, now: datetime) -> Standings:
    """Return the state of every pair of an application, as consumer or provider, the most recently changed first."""
    sides = (integrations.c.consumer_id, integrations.c.provider_id)
    return _standings(connection, now, or_(*(each == pacticipant_id for each in sides)))


def last_result(
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


def is_main(branch: Any, pacticipant: Any) -> Any:
    """The condition that a branch is the main branch of an application."""
    return and_(branch.c.pacticipant_id == pacticipant.c.id, branch.c.name == pacticipant.c.main_branch)


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
        .outerjoin(_consumer_main, is_main(_consumer_main, _consumers))
        .outerjoin(_provider_main, is_main(_provider_main, _providers))
    )


def _states(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The fields of `Standing` for each pair, the most recently changed first; *outdated* is false for all.

    Conditions have the type of numbers, which SQLAlchemy need not convert for each row.
    """
    # with an offset, neither database merges the queries: it would look up each content twice, or read all of them
    pairs = _contents().where(*conditions).offset(0).subquery("pairs")
    updated_at = pairs.c.contract_data_updated_at
    quiet = func.coalesce(updated_at < bindparam("quiet_since", type_=UtcDateTime), True)
    success = last_result("success", pairs.c.content_id, pairs.c.provider_branch_id, pairs)
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
