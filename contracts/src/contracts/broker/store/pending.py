"""The contents that a provider has verified with success, so that they are not pending.

Branches and tags are those of today: a version that joins a branch brings its results with it.
Source: Pact Broker protocol, pending.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

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


_first_version = (
    select(branch_versions.c.version_id)
    .where(branch_versions.c.branch_id == branches.c.id)
    .order_by(branch_versions.c.id)
    .limit(1)
)
BEGINNING = (
    select(branches.c.id, branches.c.created_at, versions.c.created_at.label("first_version_created_at"))
    .select_from(branches)
    .outerjoin(versions, versions.c.id == _first_version.correlate(branches).scalar_subquery())
    .where(branches.c.pacticipant_id == bindparam("provider_id"), branches.c.name == bindparam("branch"))
)
FIRST_USES = (
    select(tags.c.name, func.min(tags.c.created_at).label("first"))
    .where(tags.c.pacticipant_id == bindparam("provider_id"), among(tags.c.name, "tags"))
    .group_by(tags.c.name)
)


def beginnings(connection: Connection, provider_id: int, provider: ProviderRef) -> Beginnings:
    """Return when the provider first used its branch, or without a branch its tags; one statement."""
    if provider.branch:
        named = {"provider_id": provider_id, "branch": provider.branch}
        if (row := connection.execute(BEGINNING, named).one_or_none()) is None:
            return Beginnings()
        return Beginnings(
            branch_id=row.id,
            branch_created_at=row.created_at,
            first_version_created_at=row.first_version_created_at,
        )
    if not provider.tags:
        return Beginnings()
    rows = connection.execute(FIRST_USES, {"provider_id": provider_id, "tags": provider.tags})
    return Beginnings(tags={row.name: row.first for row in rows})


def successes(
    connection: Connection, provider: ProviderRef, first_uses: Beginnings, pact_version_ids: Collection[int]
) -> dict[str | None, set[int]]:
    """Return the ids of those of these contents that have a success in each scope of *provider*; one statement.

    A branch: a success of a version on it, or of a version on another branch from before it was created.
    A tag: a success of a version with it, or of a version with another tag from before its first use.
    Without a branch and tags: a success of any version. Results of work in progress count.

    For example, the provider's branch feat, which was created at 10:00:

        content     its results                     has a success
        1           none                            no
        2           a failure on feat               no
        3           a success on feat               yes
        4           a success on main, 9:00         yes: from before feat
        5           a success on main, 11:00        no
    """
    ids: dict[str | None, set[int]] = {scope: set() for scope in provider.scopes}
    if not pact_version_ids:
        return ids
    if provider.branch:
        parameters: dict[str, Any] = {"pact_version_ids": list(pact_version_ids), "branch_id": first_uses.branch_id}
        if first_uses.branch_created_at is not None:
            parameters["before"] = first_uses.branch_created_at
        ids[None] = set(connection.scalars(successes_of_branch(first_uses.branch_created_at is not None), parameters))
        return ids
    parameters = {"pact_version_ids": list(pact_version_ids)}
    for row in connection.execute(successes_of_scopes(first_uses, provider.scopes), parameters):
        ids[row.scope].add(row.id)
    return ids


def successes_of_scopes(first_uses: Beginnings, scopes: Sequence[str | None]) -> CompoundSelect[*tuple[Any, ...]]:
    """The statement for tags, or for any version (a scope of None), with one query for each."""
    queries = [
        select(pact_versions.c.id, literal(scope).label("scope")).where(
            among(pact_versions.c.id, "pact_version_ids"), _succeeded(first_uses, scope)
        )
        for scope in scopes
    ]
    return union_all(*queries)


@cache
def successes_of_branch(exists: bool) -> Select[int]:
    """The statement for a branch; *exists* if it does, so that only results from before it count for it."""
    member = select(verifications.c.id).join(
        branch_versions, branch_versions.c.version_id == verifications.c.provider_version_id
    )
    earlier = verifications.c.created_at < bindparam("before", type_=UtcDateTime) if exists else true()
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
    """That *column* is before *moment*; None is a moment in the future."""
    return true() if moment is None else column < moment


def _succeeded(first_uses: Beginnings, scope: str | None) -> ColumnElement[bool]:
    query: Select[int] = select(verifications.c.id).where(
        verifications.c.pact_version_id == pact_versions.c.id, verifications.c.success
    )
    if scope is not None:
        query = query.join(tags, tags.c.version_id == verifications.c.provider_version_id).where(
            or_(tags.c.name == scope, before(verifications.c.created_at, first_uses.tags.get(scope)))
        )
    return query.correlate(pact_versions).exists()
