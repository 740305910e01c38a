"""Deployed versions in SQL, and the versions that environments have now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, Table, func, select, union, update

from contracts.broker.store import environments, pacticipants
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    currently_deployed,
    currently_supported,
    deployed_versions,
    released_versions,
    versions,
)
from contracts.broker.store.tables import pacticipants as pacticipants_table
from contracts.model.deployments import DeployedVersion
from contracts.model.errors import NotFound
from contracts.model.versions import Version


def present(
    *,
    environment_ids: Collection[int] | str | None = None,
    pacticipant_ids: Collection[int] | str | None = None,
    version_ids: Collection[int] | str | None = None,
) -> CompoundSelect[int, int, int]:
    """The query of currently deployed or supported versions: distinct `environment_id`, `pacticipant_id`, `version_id`.

    Each collection, or the parameter of that name, restricts it.
    """

    def narrowed(table: Table, current: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        conditions = [current]
        if environment_ids is not None:
            conditions.append(among(table.c.environment_id, environment_ids))
        if pacticipant_ids is not None:
            conditions.append(among(table.c.pacticipant_id, pacticipant_ids))
        if version_ids is not None:
            conditions.append(among(table.c.version_id, version_ids))
        return conditions

    deployed, released = deployed_versions, released_versions
    return union(
        select(deployed.c.environment_id, deployed.c.pacticipant_id, deployed.c.version_id).where(
            *narrowed(deployed, currently_deployed(deployed))
        ),
        select(released.c.environment_id, released.c.pacticipant_id, released.c.version_id).where(
            *narrowed(released, currently_supported(released))
        ),
    )


def environment_ids_of(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The environments in which versions are currently deployed or supported, in order of creation, by version id."""
    environments_by_version: dict[int, tuple[int, ...]] = {}
    rows = connection.execute(_environments_of(), {"version_ids": list(version_ids)}).all()
    for environment_id, _, version_id in rows:
        environments_by_version[version_id] = (*environments_by_version.get(version_id, ()), environment_id)
    return environments_by_version


@cache
def _environments_of() -> CompoundSelect[int, int, int]:
    return present(version_ids="version_ids").order_by("environment_id")


def deploy(
    connection: Connection,
    version: Version,
    environment_id: int,
    *,
    uuid: str,
    now: datetime,
    target: str | None = None,
    auto_created: bool = False,
) -> str:
    """Deploy *version* to an environment, replacing the version in its slot; return the uuid of the deployment.

    If the version is in the slot already, its deployment stays, and *uuid* is not used.
    """
    pacticipants.lock(connection, version.pacticipant_id)  # two deployments to the same free slot must not both insert
    slot = (
        deployed_versions.c.environment_id == environment_id,
        deployed_versions.c.pacticipant_id == version.pacticipant_id,
        deployed_versions.c.target_key == target_key(target),
        currently_deployed(),
    )
    occupant = connection.execute(select(deployed_versions.c.uuid, deployed_versions.c.version_id).where(*slot))
    if (current := occupant.one_or_none()) is not None and current.version_id == version.id:
        return str(current.uuid)
    if current is not None:
        connection.execute(update(deployed_versions).where(*slot).values(undeployed_at=now, updated_at=now))
    connection.execute(
        deployed_versions.insert().values(
            uuid=uuid,
            pacticipant_id=version.pacticipant_id,
            version_id=version.id,
            environment_id=environment_id,
            target=target,
            target_key=target_key(target),
            auto_created=auto_created,
            created_at=now,
            updated_at=now,
        )
    )
    return uuid


def undeploy(connection: Connection, uuid: str, now: datetime) -> None:
    """Record the end of a deployment, unless it has ended already."""
    connection.execute(
        update(deployed_versions)
        .where(deployed_versions.c.uuid == uuid, currently_deployed())
        .values(undeployed_at=now, updated_at=now)
    )


def find(connection: Connection, uuid: str) -> DeployedVersion:
    """The deployment with this *uuid*.

    Raises:
        NotFound: if there is none.
    """
    if not (deployments := _all(connection, _deployments().where(deployed_versions.c.uuid == uuid))):
        raise NotFound(f"There is no deployed version with the uuid '{uuid}'")
    return deployments[0]


def of_version(connection: Connection, version_id: int, environment_id: int) -> list[DeployedVersion]:
    """Every deployment of a version to an environment, the newest first."""
    query = _deployments().where(deployed_versions.c.version_id == version_id)
    return _all(connection, query.where(deployed_versions.c.environment_id == environment_id))


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, list[DeployedVersion]]:
    """Every deployment of each of these versions, the oldest first, by version id."""
    query = _deployments().where(among(deployed_versions.c.version_id, version_ids))
    deployments: dict[int, list[DeployedVersion]] = {}
    for each in reversed(_all(connection, query)):
        deployments.setdefault(each.version_id, []).append(each)
    return deployments


class Deployed(TypedDict, total=False):
    """Which deployments: in an environment, of a pacticipant, to a *target* or *without_target*."""

    environment_id: int
    pacticipant: str | None
    target: str | None
    without_target: bool


def current(
    connection: Connection, *, limit: int | None = None, offset: int = 0, **which: Unpack[Deployed]
) -> list[DeployedVersion]:
    """Current deployments, the newest first."""
    return _all(connection, _current(which).limit(limit).offset(offset))


def count_current(connection: Connection, **which: Unpack[Deployed]) -> int:
    """The number of deployments that `current` returns without a limit."""
    ids = _current(which).with_only_columns(deployed_versions.c.id).order_by(None).subquery()
    return connection.execute(select(func.count()).select_from(ids)).scalar_one()


def _current(which: Deployed) -> Select[*tuple[Any, ...]]:
    query = _deployments().where(currently_deployed())
    if "environment_id" in which:
        query = query.where(deployed_versions.c.environment_id == which["environment_id"])
    if (pacticipant := which.get("pacticipant")) is not None:
        query = query.where(pacticipants_table.c.name == pacticipant)
    if (target := which.get("target")) is not None or which.get("without_target"):
        query = query.where(deployed_versions.c.target_key == target_key(target))
    return query


def _deployments() -> Select[*tuple[Any, ...]]:
    return (
        select(
            deployed_versions.c.uuid,
            pacticipants_table.c.name.label("pacticipant"),
            deployed_versions.c.version_id,
            versions.c.number,
            deployed_versions.c.environment_id,
            deployed_versions.c.target,
            deployed_versions.c.undeployed_at,
            deployed_versions.c.created_at,
        )
        .join(pacticipants_table, pacticipants_table.c.id == deployed_versions.c.pacticipant_id)
        .join(versions, versions.c.id == deployed_versions.c.version_id)
        .order_by(deployed_versions.c.id.desc())
    )


def _all(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[DeployedVersion]:
    rows = connection.execute(query).all()
    places = environments.by_ids(connection, {row.environment_id for row in rows})
    return [
        DeployedVersion(
            uuid=row.uuid,
            pacticipant=row.pacticipant,
            version_id=row.version_id,
            version=row.number,
            environment=places[row.environment_id],
            target=row.target,
            undeployed_at=row.undeployed_at,
            created_at=row.created_at,
        )
        for row in rows
    ]


def target_key(target: str | None) -> str:
    """The key of a slot of an environment: "" without an application instance, "=NAME" with one."""
    return "" if target is None else f"={target}"
