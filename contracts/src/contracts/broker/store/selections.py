"""The pacts that consumer version selectors select; more consumers do not need more statements.

Each kind of selector has one look-up, which starts at the provider's integrations and finds consumer versions.
One statement at the end finds the pacts of these versions with the provider.
Source: Pact Broker protocol, how each selector resolves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

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

from contracts.broker.store import pact_rows
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
from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Presence, Tagged
from contracts.model.pacts import Pact
from contracts.model.selections import Reason, Selected
from contracts.model.selectors import ConsumerVersionSelector


_consumers = pacticipants.alias("integrated_consumers")
_INTEGRATED = integrations.join(_consumers, _consumers.c.id == integrations.c.consumer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A consumer version that a selector selects, whether or not it has a pact with the provider.

    *instead_of* is the tag or branch that the version is the fallback for.
    """

    version_id: int
    reason: Reason
    instead_of: str | None = None


def resolve(connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]) -> list[Selected]:
    """Return the provider's pacts that *selectors* select, each with its reason; at most six statements."""
    look_ups = (_branch_heads, _tag_heads, _tagged, _newest, _present)
    candidates = [each for look_up in look_ups for each in look_up(connection, provider_id, selectors)]
    return _selected(connection, provider_id, candidates)


def resolve_default(connection: Connection, provider_id: int) -> list[Selected]:
    """Return the provider's pacts to verify if it sends no selectors; at most four statements.

    Of each consumer, the head of its main branch.
    Without one, the newest version with a tag named like the main branch.
    Without that either, or if the main branch is not set, the newest version with a pact.
    Also every version that is in an environment.
    """
    candidates: list[_Candidate] = []
    others: list[ConsumerVersionSelector] = []
    for row in connection.execute(_main_versions(), {"provider_id": provider_id}).all():
        if row.head_version_id is not None:
            reason = selections.main_branch_head(row.main_branch)
            candidates.append(_Candidate(version_id=row.head_version_id, reason=reason))
        elif row.version_id is not None:
            candidates.append(_Candidate(version_id=row.version_id, reason=selections.tag_head(row.main_branch)))
        else:
            others.append(ConsumerVersionSelector(latest=True, consumer=row.consumer))
    candidates += [
        _Candidate(version_id=each.version_id, reason=selections.newest())
        for each in _newest(connection, provider_id, others)
    ]
    candidates += _present(connection, provider_id, [ConsumerVersionSelector(criterion=InEnvironment())])
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


def _branch_heads(
    connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]
) -> Iterator[_Candidate]:
    of_branches = [each for each in selectors if isinstance(each.criterion, OnBranch | OnMainBranch)]
    if not of_branches:
        return
    every_branch = any(each.criterion == OnBranch() for each in of_branches)
    parameters = _parameters(provider_id, of_branches)
    if not every_branch:
        names = {each.criterion.branch for each in of_branches if isinstance(each.criterion, OnBranch)}
        parameters["names"] = sorted(name for name in names | {each.fallback for each in of_branches} if name)
    statement = _heads_of_branches(_every_consumer(of_branches), every_branch)
    for (_, name, main_branch, version_id), each in _matches(connection, statement, of_branches, parameters):
        instead_of: str | None = None
        match each.criterion:
            case OnMainBranch() if name == main_branch:
                reason = selections.main_branch_head(name, each.consumer)
            case OnBranch(branch=branch) if branch in {None, name}:
                reason = selections.branch_head(name, each.consumer)
            case OnBranch(branch=instead_of) if name == each.fallback:
                reason = selections.branch_head(name, each.consumer, instead_of=instead_of)
            case _:
                continue
        yield _Candidate(version_id=version_id, reason=reason, instead_of=instead_of)


def _tag_heads(
    connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]
) -> Iterator[_Candidate]:
    of_tags = [each for each in selectors if each.latest and _tag(each)]
    if not of_tags:
        return
    names = {name for each in of_tags for name in (_tag(each), each.fallback) if name}
    query = _integrated(tag_heads.c.name, tag_heads.c.version_id).join(
        tag_heads, and_(tag_heads.c.pacticipant_id == _consumers.c.id, among(tag_heads.c.name, names))
    )
    query = query.where(_of(_every_consumer(of_tags)))
    for row, each in _matches(connection, query, of_tags, _parameters(provider_id, of_tags)):
        tag = _tag(each)
        if row.name == tag:
            yield _Candidate(version_id=row.version_id, reason=selections.tag_head(row.name, each.consumer))
        if row.name == each.fallback:
            reason = selections.tag_head(row.name, each.consumer, instead_of=tag)
            yield _Candidate(version_id=row.version_id, reason=reason, instead_of=tag)


def _tagged(
    connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]
) -> Iterator[_Candidate]:
    of_tags = [each for each in selectors if not each.latest and _tag(each)]
    if not of_tags:
        return
    names = {name for each in of_tags if (name := _tag(each))}
    query = (
        _integrated(tags.c.name, func.max(tags.c.version_id).label("version_id"))
        .join(tags, and_(tags.c.pacticipant_id == _consumers.c.id, among(tags.c.name, names)))
        .join(
            pact_publications,
            and_(
                pact_publications.c.consumer_version_id == tags.c.version_id,
                pact_publications.c.provider_id == integrations.c.provider_id,
                pact_publications.c.latest,
            ),
        )
        .where(_of(_every_consumer(of_tags)))
        .group_by(_consumers.c.name, tags.c.name, pact_publications.c.pact_version_id)
    )
    for row, each in _matches(connection, query, of_tags, _parameters(provider_id, of_tags)):
        if row.name == _tag(each):
            yield _Candidate(version_id=row.version_id, reason=selections.tagged(row.name, each.consumer))


def _tag(selector: ConsumerVersionSelector) -> str | None:
    return selector.criterion.tag if isinstance(selector.criterion, Tagged) else None


def _newest(
    connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]
) -> Iterator[_Candidate]:
    of_all = [each for each in selectors if each.criterion is None]
    if not of_all:
        return
    query = _integrated(integrations.c.head_version_id).where(_of(_every_consumer(of_all)))
    for row, each in _matches(connection, query, of_all, _parameters(provider_id, of_all)):
        if row.head_version_id is not None:
            yield _Candidate(version_id=row.head_version_id, reason=selections.newest(each.consumer))


def _present(
    connection: Connection, provider_id: int, selectors: Sequence[ConsumerVersionSelector]
) -> Iterator[_Candidate]:
    of_environments = [each for each in selectors if isinstance(each.criterion, InEnvironment)]
    if not of_environments:
        return
    statement = _in_any_environment(_every_consumer(of_environments))
    matches = _matches(connection, statement, of_environments, _parameters(provider_id, of_environments))
    for (_, environment, presence, version_id), each in matches:
        match each.criterion:
            case InEnvironment(environment=name, presence=kind) if name in {None, environment} and kind in {
                None,
                presence,
            }:
                reason = selections.deployed if presence == "deployed" else selections.released
                yield _Candidate(version_id=version_id, reason=reason(environment, each.consumer))


@cache
def _heads_of_branches(every_consumer: bool, every_branch: bool) -> Select[*tuple[Any, ...]]:
    query = _integrated(branches.c.name, _consumers.c.main_branch, branches.c.head_version_id).join(
        branches, and_(branches.c.pacticipant_id == _consumers.c.id, branches.c.head_version_id.is_not(None))
    )
    if not every_branch:
        named = among(branches.c.name, "names")
        query = query.where(or_(branches.c.name == _consumers.c.main_branch, named))
    return query.where(_of(every_consumer))


@cache
def _in_any_environment(every_consumer: bool) -> CompoundSelect[*tuple[Any, ...]]:
    deployed = _in_environments("deployed", deployed_versions, deployed_versions.c.undeployed_at)
    released = _in_environments("released", released_versions, released_versions.c.support_ended_at)
    return union_all(deployed.where(_of(every_consumer)), released.where(_of(every_consumer)))


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


def _every_consumer(selectors: Sequence[ConsumerVersionSelector]) -> bool:
    """Whether one of *selectors* is about every consumer."""
    return any(each.consumer is None for each in selectors)


def _of(every_consumer: bool) -> ColumnElement[bool]:
    """That selectors are about a consumer."""
    return true() if every_consumer else among(_consumers.c.name, "consumers")


def _parameters(provider_id: int, selectors: Sequence[ConsumerVersionSelector]) -> dict[str, Any]:
    """The parameters of `_integrated` and `_of`."""
    parameters: dict[str, Any] = {"provider_id": provider_id}
    if not _every_consumer(selectors):
        parameters["consumers"] = sorted({each.consumer for each in selectors if each.consumer is not None})
    return parameters


def _matches(
    connection: Connection, query: Executable, selectors: Sequence[ConsumerVersionSelector], parameters: dict[str, Any]
) -> Iterator[tuple[Row[*tuple[Any, ...]], ConsumerVersionSelector]]:
    """Each row of *query*, which begins with its consumer, with each selector of that consumer or of all."""
    by_consumer: dict[str | None, list[ConsumerVersionSelector]] = {}
    for each in selectors:
        by_consumer.setdefault(each.consumer, []).append(each)
    for row in connection.execute(query, parameters).all():
        for each in (*by_consumer.get(None, ()), *by_consumer.get(row[0], ())):
            yield row, each


def _selected(connection: Connection, provider_id: int, candidates: Sequence[_Candidate]) -> list[Selected]:
    """The candidates that have a pact with the provider; a fallback only if what it replaces selected nothing.

    For a tag: nothing of any consumer, as in the reference broker. For a branch: nothing of the same consumer.
    """
    pacts_by_version = _pacts(connection, provider_id, {each.version_id for each in candidates})
    direct = [
        Selected(pact=pacts_by_version[each.version_id], reason=each.reason)
        for each in candidates
        if each.instead_of is None and each.version_id in pacts_by_version
    ]
    tags_selected = {each.reason.metadata.tag for each in direct if each.reason.metadata.latest}
    branches_selected = {(each.reason.metadata.branch, each.pact.consumer.id) for each in direct}

    def original_selected(candidate: _Candidate, pact: Pact) -> bool:
        if candidate.reason.metadata.branch is None:
            return candidate.instead_of in tags_selected
        return (candidate.instead_of, pact.consumer.id) in branches_selected

    return direct + [
        Selected(pact=pacts_by_version[each.version_id], reason=each.reason)
        for each in candidates
        if each.instead_of is not None
        and each.version_id in pacts_by_version
        and not original_selected(each, pacts_by_version[each.version_id])
    ]


def _pacts(connection: Connection, provider_id: int, version_ids: Collection[int]) -> dict[int, Pact]:
    if not version_ids:
        return {}
    parameters = {"provider_id": provider_id, "version_ids": list(version_ids)}
    rows = connection.execute(_of_versions(), parameters).all()
    return {pact.consumer_version.id: pact for pact in map(pact_rows.pact_of, rows)}


@cache
def _of_versions() -> Select[*tuple[Any, ...]]:
    return pact_rows.pacts().where(
        pact_publications.c.provider_id == bindparam("provider_id"),
        among(pact_publications.c.consumer_version_id, "version_ids"),
    )
