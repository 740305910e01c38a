"""The entries of the audit log in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, or_, select, text

from contracts.broker.store import upserts
from contracts.broker.store.audit_trail import LAST, REMOVED
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import audit_ends, audit_entries
from contracts.model.audit import BEGINNING, Act, Entry, Kind, Mark, Unreadable


_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which entries to list: all of these that are not None."""

    since: datetime | None = None
    until: datetime | None = None
    subject: str | None = None
    kind: Kind | None = None
    name: str | None = None
    """Text in one of the names, the resource or the actor."""


EVERYTHING = Filters()


def page(
    connection: Connection,
    filters: Filters = EVERYTHING,
    *,
    limit: int,
    start: int | None = None,
    offset: int = 0,
    newest_first: bool = False,
) -> list[Entry]:
    """The entries that match *filters*, from the one with the number *start* on."""
    number = audit_entries.c.id
    statement = _matching(filters).order_by(number.desc() if newest_first else number).limit(limit).offset(offset)
    if start is not None:
        statement = statement.where(number <= start if newest_first else number >= start)
    return [_entry(row) for row in connection.execute(statement)]


def every(connection: Connection) -> Iterator[Entry]:
    """Every entry in the order of the chain.

    Raises:
        Unreadable: if the next one cannot be read.
    """
    after = 0
    while batch := _batch(connection, after):
        yield from batch
        after = batch[-1].mark.number


def _batch(connection: Connection, after: int) -> list[Entry]:
    """The next entries: the readable ones before the first that is not readable.

    Raises:
        Unreadable: if that is the next one.
    """
    try:
        return page(connection, limit=_BATCH, start=after + 1)
    except (ValueError, TypeError):
        readable: list[Entry] = []
        try:
            while True:
                readable += page(connection, limit=1, start=after + 1, offset=len(readable))
        except (ValueError, TypeError) as error:
            if not readable:
                raise Unreadable(str(error)) from error
            return readable


def anchor(connection: Connection) -> Mark:
    """The mark before the first entry: that of the last removed entry."""
    return _end(connection, REMOVED) or BEGINNING


def last_number(connection: Connection) -> int:
    """The number of the last entry that was ever added, also if it was removed by other means than ours."""
    if connection.dialect.name == "sqlite":
        statement = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'")
        return int(connection.execute(statement).scalar_one_or_none() or 0)
    end = _end(connection, LAST)
    return 0 if end is None else end.number


def remove_before(connection: Connection, moment: datetime, limit: int) -> int:
    """Remove up to *limit* entries from the beginning of the chain, up to the first one since *moment*.

    The last removed one becomes the anchor. The last entry of all always stays.
    """
    oldest = select(func.min(audit_entries.c.id)).where(audit_entries.c.at >= moment).scalar_subquery()
    final = select(func.max(audit_entries.c.id)).scalar_subquery()
    columns = (audit_entries.c.id, audit_entries.c.digest)
    beginning = select(*columns).order_by(audit_entries.c.id).limit(limit).subquery()
    conditions = (beginning.c.id < func.coalesce(oldest, final), beginning.c.id < final)
    chosen = select(beginning).where(*conditions).order_by(beginning.c.id.desc()).limit(1)
    if (row := connection.execute(chosen).one_or_none()) is None:
        return 0
    removed = connection.execute(delete(audit_entries).where(audit_entries.c.id <= row.id)).rowcount
    values = {"number": row.id, "digest": row.digest}
    end = upserts.insert(connection, audit_ends).values(id=REMOVED, **values)
    # another process may have removed more
    connection.execute(
        end.on_conflict_do_update(index_elements=["id"], set_=values, where=audit_ends.c.number < row.id)
    )
    return removed


def _matching(filters: Filters) -> Select[Any]:
    statement = select(audit_entries)
    if filters.since is not None:
        statement = statement.where(audit_entries.c.at >= filters.since)
    if filters.until is not None:
        statement = statement.where(audit_entries.c.at < filters.until)
    if filters.subject is not None:
        statement = statement.where(audit_entries.c.subject == filters.subject)
    if filters.kind is not None:
        statement = statement.where(audit_entries.c.kind == filters.kind.value)
    if filters.name is not None:
        columns = (audit_entries.c.names, audit_entries.c.resource, audit_entries.c.actor)
        texts = (json.dumps(filters.name)[1:-1], filters.name, filters.name)  # names are JSON in ASCII
        statement = statement.where(or_(*(contains(*each) for each in zip(columns, texts, strict=True))))
    return statement


def _end(connection: Connection, row_id: int) -> Mark | None:
    row = connection.execute(select(audit_ends).where(audit_ends.c.id == row_id)).one_or_none()
    return None if row is None else Mark(number=row.number, digest=row.digest)


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    act = Act(
        kind=Kind(row.kind),
        at=row.at,
        subject=row.subject,
        actor=row.actor,
        method=row.method,
        resource=row.resource,
        names=json.loads(row.names),
        status=row.status,
        address=row.address,
        request_id=row.request_id,
        requests=row.requests,
        last_at=row.last_at,
    )
    return Entry(mark=Mark(number=row.id, digest=row.digest), act=act)
