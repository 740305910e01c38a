"""Which contents a provider verified with success, so that they are not pending.

Memberships of branches and tags are today's: a version that joins a branch brings its results with it.
Source: Pact Broker protocol, pending.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, bindparam, func, literal, or_, select, true, union_all

from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    UtcDateTime,
    branch_versions,
    branches,
    pact_versions,
    tags,
    verifications,
    versions,
)
from contracts.model.pending import Beginnings, ProviderRef


def beginnings(connection: Connection, provider_id: int, provider: ProviderRef) -> Beginnings:
    """When the provider began to use the branch, or else the tags, that it names."""
    if provider.branch:
        named = {"provider_id": provider_id, "branch": provider.branch}
        if (row := connection.execute(_beginning(), named).one_or_none()) is None:
            return Beginnings()
        return Beginnings(
            branch_id=row.id,
            branch_created_at=row.created_at,
            first_version_created_at=row.first_version_created_at,
        )
    if not provider.tags:
        return Beginnings()
    used = (
        select(tags.c.name, func.min(tags.c.created_at).label("first"))
        .where(tags.c.pacticipant_id == provider_id, among(tags.c.name, provider.tags))
        .group_by(tags.c.name)
    )
    return Beginnings(tags={row.name: row.first for row in connection.execute(used)})


def successes(
    connection: Connection, provider: ProviderRef, begun: Beginnings, pact_version_ids: Collection[int]
) -> dict[str | None, set[int]]:
    """Which of these contents have a success in each scope of *provider*.

    A branch: a success by a version on it, or, before it came into being, by one on another. A tag: by a version with
    it, or, before its first use, by one with another. Neither: by any version. Results of work in progress count.
    """
    found: dict[str | None, set[int]] = {scope: set() for scope in provider.scopes}
    if not pact_version_ids:
        return found
    if provider.branch:
        parameters: dict[str, Any] = {"pact_version_ids": list(pact_version_ids), "branch_id": begun.branch_id}
        if begun.branch_created_at is not None:
            parameters["before"] = begun.branch_created_at
        found[None] = set(connection.scalars(_successes_of_branch(begun.branch_created_at is not None), parameters))
        return found
    queries = [
        select(pact_versions.c.id, literal(scope).label("scope")).where(
            among(pact_versions.c.id, pact_version_ids), _succeeded(begun, scope)
        )
        for scope in provider.scopes
    ]
    for row in connection.execute(union_all(*queries)):
        found[row.scope].add(row.id)
    return found


@cache
def _beginning() -> Select[*tuple[Any, ...]]:
    first = (
        select(branch_versions.c.version_id)
        .where(branch_versions.c.branch_id == branches.c.id)
        .order_by(branch_versions.c.id)
        .limit(1)
    )
    return (
        select(branches.c.id, branches.c.created_at, versions.c.created_at.label("first_version_created_at"))
        .select_from(branches)
        .outerjoin(versions, versions.c.id == first.correlate(branches).scalar_subquery())
        .where(branches.c.pacticipant_id == bindparam("provider_id"), branches.c.name == bindparam("branch"))
    )


@cache
def _successes_of_branch(begun: bool) -> Select[int]:
    """The contents with a success of the branch, or of another before it had *begun*."""
    member = select(verifications.c.id).join(
        branch_versions, branch_versions.c.version_id == verifications.c.provider_version_id
    )
    earlier = verifications.c.created_at < bindparam("before", type_=UtcDateTime) if begun else true()
    succeeded = member.where(
        verifications.c.pact_version_id == pact_versions.c.id,
        verifications.c.success,
        or_(branch_versions.c.branch_id == bindparam("branch_id"), earlier),
    )
    return select(pact_versions.c.id).where(
        among(pact_versions.c.id, "pact_version_ids"),
        succeeded.correlate(pact_versions).exists(),
    )


def before(column: Column[datetime], moment: datetime | None) -> ColumnElement[bool]:
    """That *column* lies before *moment*, which has not come yet where it is None."""
    return true() if moment is None else column < moment


def _succeeded(begun: Beginnings, scope: str | None) -> ColumnElement[bool]:
    query: Select[int] = select(verifications.c.id).where(
        verifications.c.pact_version_id == pact_versions.c.id, verifications.c.success
    )
    if scope is not None:
        query = query.join(tags, tags.c.version_id == verifications.c.provider_version_id).where(
            or_(tags.c.name == scope, before(verifications.c.created_at, begun.tags.get(scope)))
        )
    return query.correlate(pact_versions).exists()
