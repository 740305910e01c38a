"""Which pacts consumer version selectors select: sets, so that the number of consumers adds no statement.

The heads of branches and tags, and what is in an environment now, are looked up from the provider's integrations;
each look-up finds consumer versions, and one statement at the end their pacts with the provider.
Source: Pact Broker protocol, how each selector resolves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Executable,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from contracts.broker.store import pacts
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branches,
    deployed_versions,
    environments,
    integrations,
    pact_publications,
    pacticipants,
    released_versions,
    tag_heads,
    tags,
)
from contracts.model import selections
from contracts.model.pacts import Pact
from contracts.model.selections import Reason, Selected
from contracts.model.selectors import (
    AllBranches,
    AllTagged,
    Branch,
    InEnvironment,
    Latest,
    LatestTag,
    MainBranch,
    Presence,
    Selector,
)


_consumers = pacticipants.alias("integrated_consumers")
_INTEGRATED = integrations.join(_consumers, _consumers.c.id == integrations.c.consumer_id)

Kind = TypeVar("Kind", bound="Selector")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A consumer version that a selector found, whether or not it has a pact with the provider."""

    version_id: int
    reason: Reason
    instead_of: str | None = None  # the tag or branch that this is the fall-back for


def resolve(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> list[Selected]:
    """What *selectors* select of the provider's pacts, each with its reason; at most six statements."""
    look_ups = (_branch_heads, _tag_heads, _tagged, _newest, _present)
    candidates = [each for look_up in look_ups for each in look_up(connection, provider_id, selectors)]
    return _selected(connection, provider_id, candidates)


def resolve_default(connection: Connection, provider_id: int) -> list[Selected]:
    """What is selected where the provider says nothing; at most four statements.

    Of each consumer the head of its main branch; where that has none, the newest version tagged like it; where there is
    none either, or no main branch is known, the newest version with a pact. Besides, whatever is in any environment.
    """
    candidates: list[_Candidate] = []
    others: list[Latest] = []
    for row in connection.execute(_main_versions(), {"provider_id": provider_id}).all():
        if row.head_version_id is not None:
            reason = selections.main_branch_head(row.main_branch)
            candidates.append(_Candidate(version_id=row.head_version_id, reason=reason))
        elif row.version_id is not None:
            candidates.append(_Candidate(version_id=row.version_id, reason=selections.tag_head(row.main_branch)))
        else:
            others.append(Latest(consumer=row.consumer))
    candidates += [
        _Candidate(version_id=each.version_id, reason=selections.newest())
        for each in _newest(connection, provider_id, others)
    ]
    candidates += _present(connection, provider_id, [InEnvironment()])
    return _selected(connection, provider_id, candidates)


@cache
def _main_versions() -> Select[*tuple[Any, ...]]:
    return (
        _integrated(_consumers.c.main_branch, branches.c.head_version_id, tag_heads.c.version_id)
        .outerjoin(
            branches, and_(branches.c.pacticipant_id == _consumers.c.id, branches.c.name == _consumers.c.main_branch)
        )
        .outerjoin(
            tag_heads, and_(tag_heads.c.pacticipant_id == _consumers.c.id, tag_heads.c.name == _consumers.c.main_branch)
        )
    )


def _branch_heads(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> Iterator[_Candidate]:
    wanted = [each for each in selectors if isinstance(each, MainBranch | Branch | AllBranches)]
    if not wanted:
        return
    every_branch = any(isinstance(each, AllBranches) for each in wanted)
    parameters = _parameters(provider_id, wanted)
    if not every_branch:
        parameters["names"] = sorted(
            {name for each in wanted if isinstance(each, Branch) for name in (each.name, each.fallback) if name}
        )
    statement = _heads_of_branches(_everybody(wanted), every_branch)
    for (_, name, main_branch, version_id), each in _matches(connection, statement, wanted, parameters):
        match each:
            case MainBranch() if name == main_branch:
                reason = selections.main_branch_head(name, each.consumer)
            case Branch() if name == each.name:
                reason = selections.branch_head(name, each.consumer)
            case Branch() if name == each.fallback:
                reason = selections.branch_head(name, each.consumer, instead_of=each.name)
                yield _Candidate(version_id=version_id, reason=reason, instead_of=each.name)
                continue
            case AllBranches():
                reason = selections.branch_head(name, each.consumer)
            case _:
                continue
        yield _Candidate(version_id=version_id, reason=reason)


def _tag_heads(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> Iterator[_Candidate]:
    wanted = [each for each in selectors if isinstance(each, LatestTag)]
    if not wanted:
        return
    names = {each.tag for each in wanted} | {each.fallback for each in wanted if each.fallback is not None}
    query = _integrated(tag_heads.c.name, tag_heads.c.version_id).join(
        tag_heads, and_(tag_heads.c.pacticipant_id == _consumers.c.id, among(tag_heads.c.name, names))
    )
    query = query.where(_of(_everybody(wanted)))
    for row, each in _matches(connection, query, wanted, _parameters(provider_id, wanted)):
        if row.name == each.tag:
            yield _Candidate(version_id=row.version_id, reason=selections.tag_head(row.name, each.consumer))
        if row.name == each.fallback:
            reason = selections.tag_head(row.name, each.consumer, instead_of=each.tag)
            yield _Candidate(version_id=row.version_id, reason=reason, instead_of=each.tag)


def _tagged(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> Iterator[_Candidate]:
    wanted = [each for each in selectors if isinstance(each, AllTagged)]
    if not wanted:
        return
    query = (
        _integrated(tags.c.name, func.max(tags.c.version_id).label("version_id"))
        .join(tags, and_(tags.c.pacticipant_id == _consumers.c.id, among(tags.c.name, {each.tag for each in wanted})))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == tags.c.version_id,
                pact_publications.c.provider_id == integrations.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .where(_of(_everybody(wanted)))
        .group_by(_consumers.c.name, tags.c.name, pact_publications.c.pact_version_id)
    )
    for row, each in _matches(connection, query, wanted, _parameters(provider_id, wanted)):
        if row.name == each.tag:
            yield _Candidate(version_id=row.version_id, reason=selections.tagged(row.name, each.consumer))


def _newest(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> Iterator[_Candidate]:
    wanted = [each for each in selectors if isinstance(each, Latest)]
    if not wanted:
        return
    query = _integrated(integrations.c.head_version_id).where(_of(_everybody(wanted)))
    for row, each in _matches(connection, query, wanted, _parameters(provider_id, wanted)):
        if row.head_version_id is not None:
            yield _Candidate(version_id=row.head_version_id, reason=selections.newest(each.consumer))


def _present(connection: Connection, provider_id: int, selectors: Sequence[Selector]) -> Iterator[_Candidate]:
    wanted = [each for each in selectors if isinstance(each, InEnvironment)]
    if not wanted:
        return
    statement = _held(_everybody(wanted))
    matches = _matches(connection, statement, wanted, _parameters(provider_id, wanted))
    for (_, environment, presence, version_id), each in matches:
        if each.presence in {None, presence} and each.environment in {None, environment}:
            phrase = selections.deployed if presence == "deployed" else selections.released
            yield _Candidate(version_id=version_id, reason=phrase(environment, each.consumer))


@cache
def _heads_of_branches(everybody: bool, every_branch: bool) -> Select[*tuple[Any, ...]]:
    query = _integrated(branches.c.name, _consumers.c.main_branch, branches.c.head_version_id).join(
        branches, and_(branches.c.pacticipant_id == _consumers.c.id, branches.c.head_version_id.is_not(None))
    )
    if not every_branch:
        named = among(branches.c.name, "names")
        query = query.where(or_(branches.c.name == _consumers.c.main_branch, named))
    return query.where(_of(everybody))


@cache
def _held(everybody: bool) -> CompoundSelect[*tuple[Any, ...]]:
    deployed = _in_environments("deployed", deployed_versions, deployed_versions.c.undeployed_at)
    released = _in_environments("released", released_versions, released_versions.c.support_ended_at)
    return union_all(deployed.where(_of(everybody)), released.where(_of(everybody)))


def _in_environments(presence: Presence, table: Table, ended_at: Column[Any]) -> Select[*tuple[Any, ...]]:
    return (
        _integrated(
            environments.c.name.label("environment"),
            literal(presence).label("presence"),
            table.c.version_id,
        )
        .join(table, and_(table.c.pacticipant_id == _consumers.c.id, ended_at.is_(None)))
        .join(environments, environments.c.id == table.c.environment_id)
    )


def _integrated(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A query over the consumers that are integrated with the provider: `consumer`, their name, and *columns*."""
    query: Select[*tuple[Any, ...]] = select(_consumers.c.name.label("consumer"), *columns)
    return query.select_from(_INTEGRATED).where(integrations.c.provider_id == bindparam("provider_id"))


def _everybody(selectors: Sequence[Selector]) -> bool:
    """Whether one of *selectors* names no consumer: then all are meant."""
    return any(each.consumer is None for each in selectors)


def _of(everybody: bool) -> ColumnElement[bool]:
    """That a consumer is one of those that selectors name."""
    return true() if everybody else among(_consumers.c.name, "consumers")


def _parameters(provider_id: int, selectors: Sequence[Selector]) -> dict[str, Any]:
    """What `_integrated` and `_of` leave open."""
    parameters: dict[str, Any] = {"provider_id": provider_id}
    if not _everybody(selectors):
        parameters["consumers"] = sorted({each.consumer for each in selectors if each.consumer is not None})
    return parameters


def _matches(
    connection: Connection, query: Executable, selectors: Sequence[Kind], parameters: dict[str, Any]
) -> Iterator[tuple[Row[*tuple[Any, ...]], Kind]]:
    """Each row of *query*, which begins with the consumer, with each selector that is for every one or for this."""
    by_consumer: dict[str | None, list[Kind]] = {}
    for each in selectors:
        by_consumer.setdefault(each.consumer, []).append(each)
    for row in connection.execute(query, parameters).all():
        for each in (*by_consumer.get(None, ()), *by_consumer.get(row[0], ())):
            yield row, each


def _selected(connection: Connection, provider_id: int, candidates: Sequence[_Candidate]) -> list[Selected]:
    """The candidates that have a pact with the provider; a fall-back only where what it replaces selected nothing.

    For a tag that is nothing at all, as in the reference broker; for a branch nothing of the same consumer.
    """
    found = _pacts(connection, provider_id, {each.version_id for each in candidates})
    direct = [
        Selected(pact=found[each.version_id], reason=each.reason)
        for each in candidates
        if each.instead_of is None and each.version_id in found
    ]
    tags_selected = {each.reason.metadata.tag for each in direct if each.reason.metadata.latest}
    branches_selected = {(each.reason.metadata.branch, each.pact.consumer.id) for each in direct}

    def replaces_nothing(candidate: _Candidate, pact: Pact) -> bool:
        if candidate.reason.metadata.branch is None:
            return candidate.instead_of in tags_selected
        return (candidate.instead_of, pact.consumer.id) in branches_selected

    return direct + [
        Selected(pact=found[each.version_id], reason=each.reason)
        for each in candidates
        if each.instead_of is not None
        and each.version_id in found
        and not replaces_nothing(each, found[each.version_id])
    ]


def _pacts(connection: Connection, provider_id: int, version_ids: Collection[int]) -> dict[int, Pact]:
    if not version_ids:
        return {}
    parameters = {"provider_id": provider_id, "version_ids": list(version_ids)}
    found = map(pacts.pact_of, connection.execute(_of_versions(), parameters).all())
    return {each.consumer_version.id: each for each in found}


@cache
def _of_versions() -> Select[*tuple[Any, ...]]:
    return pacts.pacts().where(
        pact_publications.c.provider_id == bindparam("provider_id"),
        among(pact_publications.c.consumer_version_id, "version_ids"),
    )
