"""Released versions in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack

from sqlalchemy import Connection, Select, func, select, update

from contracts.broker.store import environments
from contracts.broker.store.membership import among
from contracts.broker.store.tables import currently_supported, pacticipants, released_versions, versions
from contracts.broker.store.upserts import insert
from contracts.model.deployments import ReleasedVersion
from contracts.model.errors import NotFound
from contracts.model.versions import Version


def release(
    connection: Connection, version: Version, environment_id: int, *, uuid: str, now: datetime
) -> tuple[str, bool]:
    """Release *version* to an environment; return the uuid of the release, and whether it is new.

    A version that was released there before is supported again with the same release, and *uuid* is not used.
    """
    statement = (
        insert(connection, released_versions)
        .values(
            uuid=uuid,
            pacticipant_id=version.pacticipant_id,
            version_id=version.id,
            environment_id=environment_id,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_update(
            index_elements=[released_versions.c.version_id, released_versions.c.environment_id],
            set_={"support_ended_at": None},
        )
        .returning(released_versions.c.uuid)
    )
    stored_uuid = str(connection.execute(statement).scalar_one())
    return stored_uuid, stored_uuid == uuid


def end_support(connection: Connection, uuid: str, now: datetime) -> None:
    """Record that a release is no longer supported, unless its support has ended already."""
    connection.execute(
        update(released_versions)
        .where(released_versions.c.uuid == uuid, currently_supported())
        .values(support_ended_at=now, updated_at=now)
    )


def find(connection: Connection, uuid: str) -> ReleasedVersion:
    """The release with this *uuid*.

    Raises:
        NotFound: if there is none.
    """
    if not (releases := _all(connection, _releases().where(released_versions.c.uuid == uuid))):
        raise NotFound(f"There is no released version with the uuid '{uuid}'")
    return releases[0]


def of_version(connection: Connection, version_id: int, environment_id: int) -> list[ReleasedVersion]:
    """Every release of a version in an environment, the newest first."""
    query = _releases().where(released_versions.c.version_id == version_id)
    return _all(connection, query.where(released_versions.c.environment_id == environment_id))


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, list[ReleasedVersion]]:
    """Every release of each of these versions, the oldest first, by version id."""
    query = _releases().where(among(released_versions.c.version_id, version_ids))
    releases_by_version: dict[int, list[ReleasedVersion]] = {}
    for each in reversed(_all(connection, query)):
        releases_by_version.setdefault(each.version_id, []).append(each)
    return releases_by_version


class Released(TypedDict, total=False):
    """Which releases: in an environment, of a pacticipant and a *version* number."""

    environment_id: Required[int]
    pacticipant: str | None
    version: str | None


def current(
    connection: Connection, *, limit: int | None = None, offset: int = 0, **which: Unpack[Released]
) -> list[ReleasedVersion]:
    """The supported releases, the newest first."""
    return _all(connection, _current(which).limit(limit).offset(offset))


def count_current(connection: Connection, **which: Unpack[Released]) -> int:
    """The number of releases that `current` returns without a limit."""
    ids = _current(which).with_only_columns(released_versions.c.id).order_by(None).subquery()
    return connection.execute(select(func.count()).select_from(ids)).scalar_one()


def _current(which: Released) -> Select[*tuple[Any, ...]]:
    query = _releases().where(released_versions.c.environment_id == which["environment_id"], currently_supported())
    if (pacticipant := which.get("pacticipant")) is not None:
        query = query.where(pacticipants.c.name == pacticipant)
    if (version := which.get("version")) is not None:
        query = query.where(versions.c.number == version)
    return query


def _releases() -> Select[*tuple[Any, ...]]:
    return (
        select(
            released_versions.c.uuid,
            pacticipants.c.name.label("pacticipant"),
            released_versions.c.version_id,
            versions.c.number,
            released_versions.c.environment_id,
            released_versions.c.support_ended_at,
            released_versions.c.created_at,
        )
        .join(pacticipants, pacticipants.c.id == released_versions.c.pacticipant_id)
        .join(versions, versions.c.id == released_versions.c.version_id)
        .order_by(released_versions.c.id.desc())
    )


def _all(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[ReleasedVersion]:
    rows = connection.execute(query).all()
    places = environments.by_ids(connection, {row.environment_id for row in rows})
    return [
        ReleasedVersion(
            uuid=row.uuid,
            pacticipant=row.pacticipant,
            version_id=row.version_id,
            version=row.number,
            environment=places[row.environment_id],
            support_ended_at=row.support_ended_at,
            created_at=row.created_at,
        )
        for row in rows
    ]
