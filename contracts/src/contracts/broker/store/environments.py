"""Environments in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from contracts.broker.store.membership import among
from contracts.broker.store.tables import environments
from contracts.model.environments import Contact, Environment
from contracts.model.errors import NotFound


COLUMNS = (
    environments.c.id,
    environments.c.uuid,
    environments.c.name,
    environments.c.display_name,
    environments.c.production,
    environments.c.contacts,
    environments.c.created_at,
    environments.c.updated_at,
)

_IN_ORDER = (func.lower(environments.c.display_name), environments.c.id)


def find(connection: Connection, uuid: str) -> Environment:
    """The environment with this *uuid*.

    Raises:
        NotFound: if there is none.
    """
    row = connection.execute(select(*COLUMNS).where(environments.c.uuid == uuid)).one_or_none()
    if row is None:
        raise NotFound(f"There is no environment with the uuid '{uuid}'")
    return environment_of(row)


def lock(connection: Connection, uuid: str) -> None:
    """Lock an environment against other writers that lock it, until the transaction ends."""
    # ignored by SQLite, which has one writer at a time
    connection.execute(select(environments.c.id).where(environments.c.uuid == uuid).with_for_update(key_share=True))


def get_by_name(connection: Connection, name: str) -> Environment | None:
    """The environment called *name*, or None."""
    row = connection.execute(select(*COLUMNS).where(environments.c.name == name)).one_or_none()
    return None if row is None else environment_of(row)


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Environment]:
    """The environments with these *ids*, by id."""
    if not ids:
        return {}
    rows = connection.execute(_with_ids(), {"ids": list(ids)})
    return {row.id: environment_of(row) for row in rows}


@cache
def _with_ids() -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS).where(among(environments.c.id, "ids"))


def all(connection: Connection) -> list[Environment]:  # noqa: A001, read as environments.all
    """Every environment, ordered by its display name, ignoring case."""
    return [environment_of(row) for row in connection.execute(select(*COLUMNS).order_by(*_IN_ORDER))]


def create(
    connection: Connection,
    *,
    uuid: str,
    name: str,
    display_name: str,
    production: bool,
    contacts: Collection[Contact] | None,
    now: datetime,
) -> Environment:
    """Create an environment; its *name* must be free."""
    values = _values(name, display_name, contacts, production=production)
    statement = insert(environments).values(uuid=uuid, created_at=now, updated_at=now, **values).returning(*COLUMNS)
    return environment_of(connection.execute(statement).one())


def replace(
    connection: Connection,
    environment_id: int,
    *,
    name: str,
    display_name: str,
    production: bool,
    contacts: Collection[Contact] | None,
    now: datetime,
) -> Environment:
    """Replace everything of an environment except its uuid; its *name* must be free, or its own."""
    values = _values(name, display_name, contacts, production=production)
    statement = (
        update(environments)
        .where(environments.c.id == environment_id)
        .values(updated_at=now, **values)
        .returning(*COLUMNS)
    )
    return environment_of(connection.execute(statement).one())


def remove(connection: Connection, environment_id: int) -> None:
    """Remove an environment, with its deployments and releases."""
    connection.execute(delete(environments).where(environments.c.id == environment_id))


def environment_of(row: Row[*tuple[Any, ...]]) -> Environment:
    """The environment of a *row* with `COLUMNS`."""
    return Environment(
        id=row.id,
        uuid=row.uuid,
        name=row.name,
        display_name=row.display_name,
        production=row.production,
        contacts=None
        if row.contacts is None
        else tuple(Contact(name=each["name"], details=each.get("details")) for each in row.contacts),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _values(name: str, display_name: str, contacts: Collection[Contact] | None, *, production: bool) -> dict[str, Any]:
    return {
        "name": name,
        "display_name": display_name,
        "production": production,
        "contacts": None if contacts is None else [_contact(each) for each in contacts],
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {"name": contact.name} | ({} if contact.details is None else {"details": dict(contact.details)})
