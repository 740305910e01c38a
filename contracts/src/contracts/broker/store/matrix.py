"""What a question to the matrix is about, in SQL: versions that selectors stand for, and the pairs they touch.

The rows are found by `contracts.broker.store.matrix_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import Select, and_, false, func, literal, select, true, union_all

from contracts.broker.store import deployments
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    environments,
    integrations,
    pact_publications,
    pacticipants,
    tag_heads,
    tags,
    versions,
)
from contracts.model.matrix import InEnvironment, Integration, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.versions import VersionRef


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection, Subquery

    from contracts.model.matrix import Criterion, Wanted

    _Query = Select[*tuple[Any, ...]]


_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Versions wanted of each of some applications, which are given by id with their names."""

    wanted: Wanted
    pacticipants: Mapping[int, str]


def pacticipant_ids(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """The ids of the applications that have one of these *names*, by name."""
    query = select(pacticipants.c.name, pacticipants.c.id).where(pacticipants.c.name.in_(names))
    return {row.name: row.id for row in connection.execute(query)}


def environment_ids(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """The ids of the environments that have one of these *names*, by name."""
    query = select(environments.c.name, environments.c.id).where(environments.c.name.in_(names))
    return {row.name: row.id for row in connection.execute(query)}


def find_versions(
    connection: Connection, asked: Sequence[Asked], environments_by_name: Mapping[str, int]
) -> list[list[tuple[int, VersionRef]]]:
    """The versions that each of *asked* stands for, with their applications' ids, oldest first; one statement.

    An environment that is not among *environments_by_name* holds nothing.
    """
    found: list[list[tuple[int, VersionRef]]] = [[] for _ in asked]
    if not asked:
        return found
    parts = [
        _versions(each, environments_by_name).add_columns(literal(place).label("place"))
        for place, each in enumerate(asked)
    ]
    meant = union_all(*parts).subquery("meant")
    for row in connection.execute(select(meant).order_by(meant.c.place, meant.c.id)):
        name = asked[row.place].pacticipants[row.pacticipant_id]
        found[row.place].append((row.pacticipant_id, VersionRef(id=row.id, pacticipant=name, number=row.number)))
    return found


def integrations_around(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs that applications are in: as consumers by the pacts they have, as providers by any; one statement.

    As consumers they are given by their versions, or in *consumer_ids* without one: then by all pacts they ever had.
    These pairs are required.
    """
    as_consumer = _pairs_of_consumers(consumer_version_ids, consumer_ids)
    as_provider = select(integrations.c.consumer_id, integrations.c.provider_id, false().label("required")).where(
        integrations.c.provider_id.in_(provider_ids)
    )
    return _integrations(connection, union_all(as_provider, *as_consumer).subquery("pairs"))


def integrations_between(
    connection: Connection,
    *,
    consumer_version_ids: Collection[int],
    consumer_ids: Collection[int],
    provider_ids: Collection[int],
) -> list[Integration]:
    """The pairs, all of them required, of consumers as in `integrations_around` with these providers."""
    as_consumer = _pairs_of_consumers(consumer_version_ids, consumer_ids)
    if not as_consumer:
        return []
    pairs = union_all(*as_consumer).subquery("pairs")
    return _integrations(connection, select(pairs).where(pairs.c.provider_id.in_(provider_ids)).subquery("wanted"))


def _pairs_of_consumers(version_ids: Collection[int], ids: Collection[int]) -> list[_Query]:
    queries: list[_Query] = []
    if version_ids:
        queries.append(
            select(pact_publications.c.consumer_id, pact_publications.c.provider_id, true().label("required"))
            .where(pact_publications.c.consumer_version_id.in_(version_ids), pact_publications.c.latest)
            .distinct()
        )
    if ids:
        queries.append(
            select(integrations.c.consumer_id, integrations.c.provider_id, true().label("required")).where(
                integrations.c.consumer_id.in_(ids), _has_pact()
            )
        )
    return queries


def _integrations(connection: Connection, pairs: Subquery) -> list[Integration]:
    """*pairs* with their applications' names; of a pair that is there twice, required wins."""
    query = (
        select(
            pairs.c.consumer_id,
            _consumers.c.name.label("consumer"),
            pairs.c.provider_id,
            _providers.c.name.label("provider"),
            pairs.c.required,
        )
        .join(_consumers, _consumers.c.id == pairs.c.consumer_id)
        .join(_providers, _providers.c.id == pairs.c.provider_id)
        .order_by(_consumers.c.name, _providers.c.name)
    )
    found: dict[tuple[int, int], Integration] = {}
    for row in connection.execute(query):
        integration = Integration(
            consumer_id=row.consumer_id,
            consumer=row.consumer,
            provider_id=row.provider_id,
            provider=row.provider,
            required=bool(row.required),
        )
        if integration.required or integration.pair not in found:
            found[integration.pair] = integration
    return list(found.values())


def _has_pact() -> Any:  # noqa: ANN401, a condition
    """An integration outlives its pacts."""
    return (
        select(pact_publications.c.id)
        .where(
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.latest,
        )
        .correlate(integrations)
        .exists()
    )


def _versions(asked: Asked, environments_by_name: Mapping[str, int]) -> _Query:
    wanted, ids = asked.wanted, list(asked.pacticipants)
    query = select(versions.c.pacticipant_id, versions.c.id, versions.c.number)
    match wanted.criteria, wanted.latest:
        case (), True:
            # the end of an index for each application, however many versions it has
            return query.join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id).where(
                pacticipants.c.id.in_(ids), versions.c.id == _greatest()
            )
        case (Tagged(tag=tag),), True:
            return query.join(tag_heads, tag_heads.c.version_id == versions.c.id).where(
                tag_heads.c.pacticipant_id.in_(ids), tag_heads.c.name == tag
            )
    for criterion in wanted.criteria:
        query = _meeting(query, criterion, ids, environments_by_name, head=wanted.latest)
    query = query.where(versions.c.pacticipant_id.in_(ids))
    if not wanted.latest or any(isinstance(each, OnBranch | OnMainBranch) for each in wanted.criteria):
        return query
    greatest = query.with_only_columns(func.max(versions.c.id)).group_by(versions.c.pacticipant_id)
    return select(versions.c.pacticipant_id, versions.c.id, versions.c.number).where(versions.c.id.in_(greatest))


def _greatest() -> Any:  # noqa: ANN401, a scalar subquery
    inner = versions.alias("inner_versions")
    return (
        select(func.max(inner.c.id))
        .where(inner.c.pacticipant_id == pacticipants.c.id)
        .correlate(pacticipants)
        .scalar_subquery()
    )


def _meeting(
    query: _Query, criterion: Criterion, ids: list[int], environments_by_name: Mapping[str, int], *, head: bool
) -> _Query:
    """*query* of versions, narrowed to those that meet *criterion*; of branches to the *head* where asked for."""
    match criterion:
        case Numbered(number=number):
            return query.where(versions.c.number == number)
        case Tagged(tag=tag):
            return query.join(tags, tags.c.version_id == versions.c.id).where(
                tags.c.pacticipant_id.in_(ids), tags.c.name == tag
            )
        case OnBranch(branch=branch):
            return _on_branch(query, "branch", ids, head=head, name=branch)
        case OnMainBranch():
            return _on_branch(query, "main_branch", ids, head=head)
        case InEnvironment(environment=environment):
            known = [environments_by_name[environment]] if environment in environments_by_name else []
            held = deployments.present(environment_ids=known, pacticipant_ids=ids).subquery("held")
            return query.join(held, held.c.version_id == versions.c.id)
        case _:
            assert_never(criterion)


def _on_branch(query: _Query, alias: str, ids: list[int], *, head: bool, name: str | None = None) -> _Query:
    """*query* narrowed to the branch called *name*, or without one to the main branch of each application."""
    branch = branches.alias(alias)
    if head:
        query = query.join(branch, branch.c.head_version_id == versions.c.id)
    else:
        member = branch_versions.alias(f"{alias}_versions")
        query = query.join(member, member.c.version_id == versions.c.id)
        query = query.join(branch, branch.c.id == member.c.branch_id)
    query = query.where(branch.c.pacticipant_id.in_(ids))
    if name is not None:
        return query.where(branch.c.name == name)
    owner = pacticipants.alias(f"{alias}_owner")
    return query.join(owner, and_(owner.c.id == branch.c.pacticipant_id, owner.c.main_branch == branch.c.name))
