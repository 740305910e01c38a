"""Secrets in SQL; their values are encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from contracts.broker.store.membership import among
from contracts.broker.store.tables import secrets
from contracts.model.errors import Conflict, NotFound
from contracts.model.secrets import Sealed, Secret


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from contracts.model.secrets import NewSecret


def find(connection: Connection, uuid: str) -> Secret:
    """The secret with this *uuid*.

    Raises:
        NotFound: if it does not exist.
    """
    if (row := connection.execute(select(secrets).where(secrets.c.uuid == uuid)).one_or_none()) is None:
        raise NotFound(f"There is no secret with the uuid '{uuid}'")
    return _secret(row)


def all(connection: Connection) -> list[Secret]:  # noqa: A001, read as secrets.all
    """Every secret, by name."""
    return [_secret(row) for row in connection.execute(select(secrets).order_by(secrets.c.name))]


def values(connection: Connection, names: Collection[str]) -> dict[str, tuple[Secret, Sealed]]:
    """Those of *names* that exist, each with its encrypted value."""
    if not names:
        return {}
    rows = connection.execute(select(secrets).where(among(secrets.c.name, names)))
    return {row.name: (_secret(row), Sealed(row.value)) for row in rows}


def add(connection: Connection, new: NewSecret, uuid: str, now: datetime) -> Secret:
    """Store a *new* secret.

    Raises:
        Conflict: if another one has its name.
    """
    _require_unused(connection, new.name, uuid)
    row = {"uuid": uuid, "created_by": new.created_by, "created_at": now, "updated_at": now, "value_at": now}
    texts = {"name": new.name, "description": new.description, "value": str(new.value)}
    connection.execute(insert(secrets).values(row | texts))
    return find(connection, uuid)


def replace(connection: Connection, secret: Secret, new: NewSecret, now: datetime) -> Secret:
    """Replace *secret* by *new*; without a value it keeps its value.

    Raises:
        Conflict: if another one has its name.
    """
    _require_unused(connection, new.name, secret.uuid)
    changes: dict[str, Any] = {"name": new.name, "description": new.description, "updated_at": now}
    if new.value is not None:
        changes |= {"value": str(new.value), "value_at": now}
    connection.execute(update(secrets).where(secrets.c.id == secret.id).values(changes))
    return find(connection, secret.uuid)


def used(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Record that webhooks used secrets."""
    connection.execute(update(secrets).where(among(secrets.c.id, ids)).values(last_used_at=now))


def remove(connection: Connection, secret: Secret) -> None:
    """Remove a secret."""
    connection.execute(delete(secrets).where(secrets.c.id == secret.id))


def _require_unused(connection: Connection, name: str, uuid: str) -> None:
    query = select(secrets.c.uuid).where(secrets.c.name == name, secrets.c.uuid != uuid)
    if connection.execute(query).first() is not None:
        raise Conflict(f"There is already a secret named '{name}'. Replace its value, or choose another name")


def _secret(row: Row[*tuple[Any, ...]]) -> Secret:
    return Secret(
        id=row.id,
        uuid=row.uuid,
        name=row.name,
        description=row.description,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        value_at=row.value_at,
        last_used_at=row.last_used_at,
    )
