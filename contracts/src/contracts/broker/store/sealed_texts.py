"""Every encrypted text of the database, in the columns that `tables` marks as SEALED; also inside of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, select, update

from contracts.broker.store.tables import SEALED, metadata
from contracts.model.secrets import key_id


def count(connection: Connection) -> Counter[str]:
    """The number of encrypted texts, by the id of their key."""
    ids: Counter[str] = Counter()
    for column in _columns():
        for value in connection.scalars(select(column).where(column.is_not(None))):
            ids.update(filter(None, map(key_id, _texts(value))))
    return ids


def renew(connection: Connection, key: str, renewed: Callable[[str], str]) -> int:
    """Replace each text that another key than *key* encrypted by what *renewed* returns for it; return their number."""
    number = 0

    def replaced(text: str) -> str:
        nonlocal number
        if key_id(text) in {None, key}:
            return text
        number += 1
        return renewed(text)

    for column in _columns():
        identity = column.table.c.id
        rows = connection.execute(select(identity, column).where(column.is_not(None)).order_by(identity))
        for row_id, value in rows.all():
            if (new := _mapped(value, replaced)) != value:
                connection.execute(update(column.table).where(identity == row_id).values({column: new}))
    return number


def _columns() -> Iterator[Column[Any]]:
    return (column for table in metadata.sorted_tables for column in table.c if column.info == SEALED)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for each in value.values():
                yield from _texts(each)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    match value:
        case str():
            return change(value)
        case list():
            return [_mapped(each, change) for each in value]
        case dict():
            return {key: _mapped(each, change) for key, each in value.items()}
        case _:
            return value
