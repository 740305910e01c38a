"""Labels of pacticipants in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Select, delete, func, select

from contracts.broker.store.membership import among
from contracts.broker.store.tables import labels
from contracts.broker.store.upserts import insert
from contracts.model.errors import NotFound
from contracts.model.pacticipants import Label


def find(connection: Connection, pacticipant_id: int, name: str) -> Label:
    """A pacticipant's label called *name*.

    Raises:
        NotFound: if it has none such.
    """
    query = select(labels.c.name, labels.c.created_at).where(
        labels.c.pacticipant_id == pacticipant_id, labels.c.name == name
    )
    if (row := connection.execute(query).one_or_none()) is None:
        raise NotFound(f"There is no label '{name}' on this pacticipant")
    return Label(name=row.name, created_at=row.created_at)


def add(connection: Connection, pacticipant_id: int, name: str, now: datetime) -> bool:
    """Label a pacticipant; return False if it has the label already."""
    statement = (
        insert(connection, labels)
        .values(pacticipant_id=pacticipant_id, name=name, created_at=now)
        .on_conflict_do_nothing(index_elements=[labels.c.pacticipant_id, labels.c.name])
        .returning(labels.c.id)
    )
    return connection.execute(statement).one_or_none() is not None


def remove(connection: Connection, pacticipant_id: int, name: str) -> None:
    """Remove a label from a pacticipant."""
    connection.execute(delete(labels).where(labels.c.pacticipant_id == pacticipant_id, labels.c.name == name))


def of_pacticipants(connection: Connection, pacticipant_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The labels of pacticipants, in alphabetical order, by pacticipant id."""
    return _by_pacticipant(connection, _LABELS.where(among(labels.c.pacticipant_id, pacticipant_ids)))


def all(connection: Connection) -> dict[int, tuple[str, ...]]:  # noqa: A001, read as labels.all
    """The labels of every pacticipant, in alphabetical order, by pacticipant id."""
    return _by_pacticipant(connection, _LABELS)


def names(connection: Connection, limit: int | None = None, offset: int = 0) -> list[str]:
    """Every label once, in alphabetical order."""
    query = select(labels.c.name).distinct().order_by(labels.c.name).limit(limit).offset(offset)
    return list(connection.scalars(query))


def count(connection: Connection) -> int:
    """The number of different labels."""
    return connection.execute(select(func.count(labels.c.name.distinct()))).scalar_one()


_LABELS = select(labels.c.pacticipant_id, labels.c.name).order_by(labels.c.name)


def _by_pacticipant(connection: Connection, query: Select[int, str]) -> dict[int, tuple[str, ...]]:
    labels_by_pacticipant: dict[int, tuple[str, ...]] = {}
    for pacticipant_id, name in connection.execute(query).all():
        labels_by_pacticipant[pacticipant_id] = (*labels_by_pacticipant.get(pacticipant_id, ()), name)
    return labels_by_pacticipant
