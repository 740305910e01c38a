"""Pacticipants in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from contracts.broker.store.membership import among
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import labels, pacticipants
from contracts.broker.store.upserts import insert
from contracts.model.errors import PacticipantNotFound
from contracts.model.names import display_name
from contracts.model.pacticipants import Details, Pacticipant


COLUMNS = (
    pacticipants.c.id,
    pacticipants.c.name,
    pacticipants.c.display_name,
    pacticipants.c.repository_url,
    pacticipants.c.repository_name,
    pacticipants.c.repository_namespace,
    pacticipants.c.main_branch,
    pacticipants.c.created_at,
    pacticipants.c.updated_at,
)


def find(connection: Connection, name: str, role: str = "pacticipant") -> Pacticipant:
    """The pacticipant called *name*; *role* is the word for it in the error.

    Raises:
        PacticipantNotFound: if there is none.
    """
    if (pacticipant := get(connection, name)) is None:
        raise PacticipantNotFound(name, role)
    return pacticipant


def get(connection: Connection, name: str) -> Pacticipant | None:
    """The pacticipant called *name*, or None."""
    return by_names(connection, [name]).get(name)


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Pacticipant]:
    """The pacticipants with these *ids*, by id."""
    rows = connection.execute(select(*COLUMNS).where(among(pacticipants.c.id, ids)))
    return {row.id: _pacticipant(row) for row in rows}


def by_names(connection: Connection, names: Collection[str]) -> dict[str, Pacticipant]:
    """The existing pacticipants among *names*, by name."""
    return {row.name: _pacticipant(row) for row in connection.execute(_named(), {"names": list(names)})}


def hold(connection: Connection, names: Collection[str]) -> dict[str, Pacticipant]:
    """As `by_names`, and lock them against removal until the transaction ends."""
    return {row.name: _pacticipant(row) for row in connection.execute(_named(locked=True), {"names": list(names)})}


def names(connection: Connection) -> list[str]:
    """The name of every pacticipant, in alphabetical order."""
    return list(connection.scalars(select(pacticipants.c.name).order_by(pacticipants.c.name)))


def ensure(connection: Connection, name: str, now: datetime) -> Pacticipant:
    """The pacticipant called *name*, created if missing, and locked against removal until the transaction ends."""
    return hold(connection, [name]).get(name) or create(connection, name, Details(), now)[0]


def create(connection: Connection, name: str, details: Details, now: datetime) -> tuple[Pacticipant, bool]:
    """Create a pacticipant; if one with this *name* exists, return that one unchanged, and False.

    It is locked against removal until the transaction ends.
    """
    statement = (
        insert(connection, pacticipants)
        .values(name=name, created_at=now, updated_at=now, **_values(name, details))
        .on_conflict_do_nothing(index_elements=[pacticipants.c.name])
        .returning(*COLUMNS)
    )
    while (row := connection.execute(statement).one_or_none()) is None:
        if (there := hold(connection, [name]).get(name)) is not None:  # or else it has been removed since
            return there, False
    return _pacticipant(row), True


def replace(connection: Connection, pacticipant_id: int, name: str, details: Details, now: datetime) -> Pacticipant:
    """Set the *details* of a pacticipant; a missing display name is derived from its *name*."""
    statement = (
        update(pacticipants)
        .where(pacticipants.c.id == pacticipant_id)
        .values(updated_at=now, **_values(name, details))
        .returning(*COLUMNS)
    )
    return _pacticipant(connection.execute(statement).one())


def set_main_branch(connection: Connection, pacticipant_id: int, branch: str, now: datetime) -> None:
    """Make *branch* the main branch of a pacticipant, unless it has one."""
    connection.execute(
        update(pacticipants)
        .where(pacticipants.c.id == pacticipant_id, pacticipants.c.main_branch.is_(None))
        .values(main_branch=branch, updated_at=now)
    )


def lock(connection: Connection, pacticipant_id: int) -> None:
    """Lock a pacticipant against other writers that lock it, until the transaction ends."""
    # ignored by SQLite, which has one writer at a time
    query = select(pacticipants.c.id).where(pacticipants.c.id == pacticipant_id).with_for_update(key_share=True)
    connection.execute(query).one()


def search(
    connection: Connection, q: str | None = None, limit: int | None = None, offset: int = 0
) -> list[Pacticipant]:
    """Pacticipants whose name contains *q*, ordered by name; both ignore case."""
    query = select(*COLUMNS).order_by(func.lower(pacticipants.c.name), pacticipants.c.name).limit(limit).offset(offset)
    if q:
        query = query.where(contains(pacticipants.c.name, q))
    return [_pacticipant(row) for row in connection.execute(query)]


def with_label(connection: Connection, label: str, limit: int | None = None, offset: int = 0) -> list[Pacticipant]:
    """Pacticipants with *label*, ordered by name, ignoring case."""
    query = (
        select(*COLUMNS)
        .join(labels, labels.c.pacticipant_id == pacticipants.c.id)
        .where(labels.c.name == label)
        .order_by(func.lower(pacticipants.c.name), pacticipants.c.name)
        .limit(limit)
        .offset(offset)
    )
    return [_pacticipant(row) for row in connection.execute(query)]


def count_with_label(connection: Connection, label: str) -> int:
    """The number of pacticipants with *label*."""
    query = select(func.count()).select_from(labels).where(labels.c.name == label)
    return connection.execute(query).scalar_one()


def remove(connection: Connection, pacticipant_id: int) -> None:
    """Remove a pacticipant; the database removes what belongs to it."""
    connection.execute(delete(pacticipants).where(pacticipants.c.id == pacticipant_id))


def count(connection: Connection, q: str | None = None) -> int:
    """The number of pacticipants that `search` returns without a limit."""
    query = select(func.count()).select_from(pacticipants)
    if q:
        query = query.where(contains(pacticipants.c.name, q))
    return connection.execute(query).scalar_one()


@cache
def _named(*, locked: bool = False) -> Select[*tuple[Any, ...]]:
    query = select(*COLUMNS).where(among(pacticipants.c.name, "names"))
    return query.with_for_update(read=True, key_share=True) if locked else query


def _values(name: str, details: Details) -> dict[str, str | None]:
    return {
        "display_name": details.display_name or display_name(name),
        "repository_url": details.repository_url,
        "repository_name": details.repository_name,
        "repository_namespace": details.repository_namespace,
        "main_branch": details.main_branch,
    }


def _pacticipant(row: Row[*tuple[Any, ...]]) -> Pacticipant:
    return Pacticipant(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        repository_url=row.repository_url,
        repository_name=row.repository_name,
        repository_namespace=row.repository_namespace,
        main_branch=row.main_branch,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
