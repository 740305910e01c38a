"""Versions in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, select, union, update
from sqlalchemy.sql.dml import ReturningInsert

from contracts.broker.store import branches, deployments, environments, tags
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    deployed_versions,
    pacticipants,
    released_versions,
    tag_heads,
    versions,
)
from contracts.broker.store.tables import branches as branches_table
from contracts.broker.store.tables import tags as tags_table
from contracts.broker.store.upserts import insert
from contracts.model.errors import NotFound, VersionNotFound
from contracts.model.versions import Version, VersionDetails


Which = ColumnElement[bool]

COLUMNS = (
    versions.c.id,
    versions.c.pacticipant_id,
    versions.c.number,
    versions.c.build_url,
    versions.c.created_at,
    versions.c.updated_at,
)


def find(connection: Connection, pacticipant_id: int, number: str) -> Version:
    """The version of a pacticipant with this *number*.

    Raises:
        NotFound: if there is none.
    """
    if (version := get(connection, pacticipant_id, number)) is None:
        raise _unknown(number)
    return version


def get(connection: Connection, pacticipant_id: int, number: str) -> Version | None:
    """The version of a pacticipant with this *number*, or None."""
    row = connection.execute(_numbered(), {"pacticipant_id": pacticipant_id, "number": number}).one_or_none()
    return None if row is None else version_of(row)


def find_of(connection: Connection, pacticipant: str, number: str) -> Version:
    """The version with this *number* of the pacticipant with this name.

    Raises:
        NotFound: if there is none, of whatever name.
    """
    query = (
        select(*COLUMNS)
        .join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id)
        .where(pacticipants.c.name == pacticipant, versions.c.number == number)
    )
    if (row := connection.execute(query).one_or_none()) is None:
        raise VersionNotFound(pacticipant, number)
    return version_of(row)


def ensure(connection: Connection, pacticipant_id: int, number: str, now: datetime) -> tuple[Version, bool]:
    """The version with this *number*, created if it does not exist, and whether it was created.

    It is locked against removal until the transaction ends.
    """
    version = _locked(connection, pacticipant_id, number)
    return create(connection, pacticipant_id, number, now) if version is None else (version, False)


def lock(connection: Connection, version_ids: Collection[int]) -> None:
    """Lock these versions against additions and removal until the transaction ends."""
    connection.execute(
        select(versions.c.id).where(among(versions.c.id, version_ids)).order_by(versions.c.id).with_for_update()
    )


def create(
    connection: Connection, pacticipant_id: int, number: str, now: datetime, build_url: str | None = None
) -> tuple[Version, bool]:
    """Create the version with this *number*; if it exists, return it unchanged, and False.

    It is locked against removal until the transaction ends.
    """
    values = {"pacticipant_id": pacticipant_id, "number": number, "build_url": build_url}
    values |= {"created_at": now, "updated_at": now}
    while (row := connection.execute(_created(connection.dialect.name), values).one_or_none()) is None:
        if (there := _locked(connection, pacticipant_id, number)) is not None:  # or else it has been removed since
            return there, False
    return version_of(row), True


def set_build_url(connection: Connection, version_id: int, build_url: str | None, now: datetime) -> Version:
    """Change the build URL of a version."""
    statement = (
        update(versions)
        .where(versions.c.id == version_id)
        .values(build_url=build_url, updated_at=now)
        .returning(*COLUMNS)
    )
    return version_of(connection.execute(statement).one())


def latest(connection: Connection, pacticipant_id: int) -> Version | None:
    """The newest version of a pacticipant."""
    query = select(*COLUMNS).where(versions.c.pacticipant_id == pacticipant_id).order_by(versions.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else version_of(row)


def latest_of(connection: Connection, pacticipant_ids: Collection[int]) -> dict[int, Version]:
    """The newest version of each of these pacticipants, by pacticipant id."""
    newest = (
        select(func.max(versions.c.id))
        .where(versions.c.pacticipant_id == pacticipants.c.id)
        .correlate(pacticipants)
        .scalar_subquery()
    )
    query = (
        select(*COLUMNS).join(pacticipants, versions.c.id == newest).where(among(pacticipants.c.id, pacticipant_ids))
    )
    return {row.pacticipant_id: version_of(row) for row in connection.execute(query)}


def latest_with_tag(connection: Connection, pacticipant_id: int, tag: str) -> Version | None:
    """The latest version of a pacticipant with *tag*."""
    query = (
        select(*COLUMNS)
        .join(tag_heads, tag_heads.c.version_id == versions.c.id)
        .where(tag_heads.c.pacticipant_id == pacticipant_id, tag_heads.c.name == tag)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else version_of(row)


def branch_head(connection: Connection, pacticipant_id: int, branch: str) -> Version | None:
    """The head of a pacticipant's *branch*."""
    query = (
        select(*COLUMNS)
        .join(branches_table, branches_table.c.head_version_id == versions.c.id)
        .where(branches_table.c.pacticipant_id == pacticipant_id, branches_table.c.name == branch)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else version_of(row)


def remove(connection: Connection, version_ids: Collection[int]) -> None:
    """Remove versions; the database removes what belongs to them."""
    connection.execute(delete(versions).where(among(versions.c.id, version_ids)))


def of_pacticipant(pacticipant_id: int) -> Which:
    """The condition that a version belongs to this pacticipant."""
    return versions.c.pacticipant_id == pacticipant_id


def on_branch(branch_id: int) -> Which:
    """The condition that a version is on this branch."""
    on_it = select(branch_versions.c.version_id).where(branch_versions.c.branch_id == branch_id)
    return versions.c.id.in_(on_it)


def with_tag(pacticipant_id: int, tag: str) -> Which:
    """The condition that a version belongs to this pacticipant and has *tag*."""
    tagged = select(tags_table.c.version_id).where(
        tags_table.c.pacticipant_id == pacticipant_id, tags_table.c.name == tag
    )
    return versions.c.id.in_(tagged)


def of_environment(pacticipant_id: int, environment_id: int) -> Which:
    """The condition that a version belongs to this pacticipant and was ever deployed or released to an environment."""
    in_environment = (
        select(table.c.version_id).where(
            table.c.environment_id == environment_id, table.c.pacticipant_id == pacticipant_id
        )
        for table in (deployed_versions, released_versions)
    )
    return versions.c.id.in_(union(*in_environment))


def search(connection: Connection, which: Which, limit: int | None = None, offset: int = 0) -> list[Version]:
    """The versions that meet a condition, the latest first."""
    query = select(*COLUMNS).where(which).order_by(versions.c.id.desc()).limit(limit).offset(offset)
    return [version_of(row) for row in connection.execute(query)]


def count(connection: Connection, which: Which) -> int:
    """The number of versions that meet a condition."""
    return connection.execute(select(func.count()).select_from(versions).where(which)).scalar_one()


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Version]:
    """The versions with these *ids*, by id."""
    rows = connection.execute(select(*COLUMNS).where(among(versions.c.id, ids)))
    return {row.id: version_of(row) for row in rows}


def details(connection: Connection, version_ids: Collection[int]) -> dict[int, VersionDetails]:
    """Branches, tags and current environments of each of these versions, by id, in three statements."""
    if not version_ids:
        return {}
    on_branches = branches.of_versions(connection, version_ids)
    with_tags = tags.of_versions(connection, version_ids)
    present = deployments.environment_ids_of(connection, version_ids)
    places = environments.by_ids(connection, {each for ids in present.values() for each in ids})
    return {
        version_id: VersionDetails(
            branches=on_branches.get(version_id, ()),
            tags=with_tags.get(version_id, ()),
            environments=tuple(places[each] for each in present.get(version_id, ())),
        )
        for version_id in version_ids
    }


def _locked(connection: Connection, pacticipant_id: int, number: str) -> Version | None:
    query = _numbered(locked=True)
    row = connection.execute(query, {"pacticipant_id": pacticipant_id, "number": number}).one_or_none()
    return None if row is None else version_of(row)


def _unknown(number: str) -> NotFound:
    return NotFound(f"There is no version '{number}' of this pacticipant")


@cache
def _numbered(*, locked: bool = False) -> Select[*tuple[Any, ...]]:
    query = select(*COLUMNS).where(
        versions.c.pacticipant_id == bindparam("pacticipant_id"), versions.c.number == bindparam("number")
    )
    return query.with_for_update(read=True, key_share=True) if locked else query


@cache
def _created(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    statement = insert(dialect, versions).on_conflict_do_nothing(
        index_elements=[versions.c.pacticipant_id, versions.c.number]
    )
    return statement.returning(*COLUMNS)


def version_of(row: Row[*tuple[Any, ...]]) -> Version:
    """The version of a *row* with `COLUMNS`."""
    return Version(
        id=row.id,
        pacticipant_id=row.pacticipant_id,
        number=row.number,
        build_url=row.build_url,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
