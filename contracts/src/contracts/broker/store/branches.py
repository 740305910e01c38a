"""Branches in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, delete, func, select, update
from sqlalchemy.sql.dml import ReturningInsert

from contracts.broker.store.membership import among
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import UtcDateTime, branch_versions, branches
from contracts.broker.store.upserts import insert
from contracts.model.branches import TOUCHED_EVERY, Branch, BranchVersion
from contracts.model.errors import NotFound
from contracts.model.versions import BranchOf


COLUMNS = (
    branches.c.id,
    branches.c.pacticipant_id,
    branches.c.name,
    branches.c.head_version_id,
    branches.c.created_at,
    branches.c.updated_at,
)


def find(connection: Connection, pacticipant_id: int, name: str) -> Branch:
    """The branch of a pacticipant called *name*.

    Raises:
        NotFound: if there is none.
    """
    if (branch := get(connection, pacticipant_id, name)) is None:
        raise NotFound(f"There is no branch '{name}' of this pacticipant")
    return branch


def get(connection: Connection, pacticipant_id: int, name: str) -> Branch | None:
    """The branch of a pacticipant called *name*, or None."""
    query = select(*COLUMNS).where(branches.c.pacticipant_id == pacticipant_id, branches.c.name == name)
    row = connection.execute(query).one_or_none()
    return None if row is None else _branch(row)


def use(connection: Connection, pacticipant_id: int, name: str, now: datetime) -> Branch:
    """The branch called *name*; it is created if it does not exist, and marked as used."""
    values = {"pacticipant_id": pacticipant_id, "name": name, "created_at": now, "updated_at": now}
    used = connection.execute(_used(connection.dialect.name), values | {"touched_before": now - TOUCHED_EVERY})
    return _branch(used.one())


def use_for(connection: Connection, pacticipant_id: int, name: str, version_id: int, now: datetime) -> None:
    """Add a version that is on no branch yet to the branch called *name*, as `use` and `add_version` do."""
    values = {"pacticipant_id": pacticipant_id, "name": name, "created_at": now, "updated_at": now}
    values |= {"head_version_id": version_id, "touched_before": now - TOUCHED_EVERY}
    used = connection.execute(_used(connection.dialect.name, headed=True), values).one()
    _join(connection, used.id, version_id, now, auto_created=False)


def add_version(
    connection: Connection, branch_id: int, version_id: int, now: datetime, *, auto_created: bool = False
) -> bool:
    """Add a version to a branch, as its head; return False, without a change, if it is on the branch already."""
    if not _join(connection, branch_id, version_id, now, auto_created=auto_created):
        return False
    connection.execute(update(branches).where(branches.c.id == branch_id).values(head_version_id=version_id))
    return True


def find_version(connection: Connection, branch_id: int, version_id: int) -> BranchVersion:
    """The membership of a version in a branch.

    Raises:
        NotFound: if the version is not on it.
    """
    query = select(
        branch_versions.c.branch_id,
        branch_versions.c.version_id,
        branch_versions.c.auto_created,
        branch_versions.c.created_at,
    ).where(branch_versions.c.branch_id == branch_id, branch_versions.c.version_id == version_id)
    if (row := connection.execute(query).one_or_none()) is None:
        raise NotFound("The version is not on this branch")
    return BranchVersion(
        branch_id=row.branch_id, version_id=row.version_id, auto_created=row.auto_created, created_at=row.created_at
    )


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[BranchOf, ...]]:
    """The branches of versions, by version id, in the order in which each version joined them."""
    branches_by_version: dict[int, tuple[BranchOf, ...]] = {}
    for version_id, name, latest in connection.execute(_of_versions(), {"version_ids": list(version_ids)}).all():
        branches_by_version[version_id] = (*branches_by_version.get(version_id, ()), BranchOf(name=name, latest=latest))
    return branches_by_version


def search(
    connection: Connection, pacticipant_id: int, q: str | None = None, limit: int | None = None, offset: int = 0
) -> list[Branch]:
    """Branches of a pacticipant whose name contains *q*, ignoring case; the most recently used first."""
    query = _search(select(*COLUMNS), pacticipant_id, q)
    newest_first = query.order_by(branches.c.updated_at.desc(), branches.c.id.desc())
    return [_branch(row) for row in connection.execute(newest_first.limit(limit).offset(offset))]


def count(connection: Connection, pacticipant_id: int, q: str | None = None) -> int:
    """The number of branches that `search` returns without a limit."""
    query = _search(select(func.count()).select_from(branches), pacticipant_id, q)
    return int(connection.execute(query).scalar_one())


def remove(connection: Connection, branch_id: int) -> None:
    """Remove a branch; its versions stay."""
    connection.execute(delete(branches).where(branches.c.id == branch_id))


def remove_others(connection: Connection, pacticipant_id: int, names: Collection[str]) -> int:
    """Remove the branches of a pacticipant except those with these *names*; return their number."""
    statement = delete(branches).where(branches.c.pacticipant_id == pacticipant_id, branches.c.name.not_in(names))
    return len(connection.scalars(statement.returning(branches.c.id)).all())


def remove_version(connection: Connection, branch_id: int, version_id: int) -> None:
    """Remove a version from a branch; the caller recomputes its head."""
    connection.execute(
        delete(branch_versions).where(
            branch_versions.c.branch_id == branch_id, branch_versions.c.version_id == version_id
        )
    )


def lock(connection: Connection, branch_id: int) -> None:
    """Lock the head of a branch until the transaction ends."""
    connection.execute(select(branches.c.id).where(branches.c.id == branch_id).with_for_update())


def lock_of(connection: Connection, version_ids: Collection[int]) -> None:
    """As `lock`, for the branches that these versions are on."""
    ids = select(branch_versions.c.branch_id).where(among(branch_versions.c.version_id, version_ids))
    connection.execute(select(branches.c.id).where(branches.c.id.in_(ids)).order_by(branches.c.id).with_for_update())


def headed_by(connection: Connection, version_ids: Collection[int]) -> set[int]:
    """The ids of the branches whose head is one of these versions."""
    return set(connection.scalars(select(branches.c.id).where(among(branches.c.head_version_id, version_ids))))


def recompute_heads(connection: Connection, branch_ids: Collection[int]) -> None:
    """Make the greatest remaining version of each of these branches its head, after versions were removed from them.

    The caller locks the branches first. Otherwise it would miss a version that is added at the same time.
    """
    if not branch_ids:
        return
    greatest = (
        select(func.max(branch_versions.c.version_id))
        .where(branch_versions.c.branch_id == branches.c.id)
        .scalar_subquery()
    )
    connection.execute(update(branches).where(among(branches.c.id, branch_ids)).values(head_version_id=greatest))


def _join(connection: Connection, branch_id: int, version_id: int, now: datetime, *, auto_created: bool) -> bool:
    values = {"branch_id": branch_id, "version_id": version_id, "auto_created": auto_created, "created_at": now}
    return connection.execute(_joined(connection.dialect.name), values).one_or_none() is not None


@cache
def _used(dialect: str, *, headed: bool = False) -> ReturningInsert[*tuple[Any, ...]]:
    """Create a branch or mark it as used; if it is *headed*, the version becomes its head."""
    statement = insert(dialect, branches)
    touched = case(
        (branches.c.updated_at <= bindparam("touched_before", type_=UtcDateTime), statement.excluded.updated_at),
        else_=branches.c.updated_at,
    )
    changed: dict[str, Any] = {"updated_at": touched}
    if headed:
        changed["head_version_id"] = statement.excluded.head_version_id
    return statement.on_conflict_do_update(
        index_elements=[branches.c.pacticipant_id, branches.c.name], set_=changed
    ).returning(*COLUMNS)


@cache
def _of_versions() -> Select[*tuple[Any, ...]]:
    return (
        select(
            branch_versions.c.version_id,
            branches.c.name,
            (func.coalesce(branches.c.head_version_id, 0) == branch_versions.c.version_id).label("latest"),
        )
        .join(branches, branches.c.id == branch_versions.c.branch_id)
        .where(among(branch_versions.c.version_id, "version_ids"))
        .order_by(branch_versions.c.id)
    )


@cache
def _joined(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    statement = insert(dialect, branch_versions).on_conflict_do_nothing(
        index_elements=[branch_versions.c.branch_id, branch_versions.c.version_id]
    )
    return statement.returning(branch_versions.c.id)


def _search(query: Select[*tuple[Any, ...]], pacticipant_id: int, q: str | None) -> Select[*tuple[Any, ...]]:
    query = query.where(branches.c.pacticipant_id == pacticipant_id)
    return query.where(contains(branches.c.name, q)) if q else query


def _branch(row: Row[*tuple[Any, ...]]) -> Branch:
    return Branch(
        id=row.id,
        pacticipant_id=row.pacticipant_id,
        name=row.name,
        head_version_id=row.head_version_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
