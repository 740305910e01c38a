"""What becomes an entry of the audit log when a transaction commits.

The current context has at most one act that waits for its transaction: the first `Database.writing` that commits adds
the entry, in the same transaction. A statement adds one entry, and readers of the chain never see a fork: PostgreSQL's
writers wait for each other at the row of the last entry, and SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Insert,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy import Text as SqlText

from contracts.broker.store import upserts
from contracts.broker.store.tables import audit_ends, audit_entries
from contracts.model.audit import BEGINNING, Act, canonical


LAST, REMOVED = 1, 2
"""The rows of `audit_ends`."""
DIGEST = "contracts_audit_digest"
"""The function of SQLite's connections that is `contracts.model.audit.digest`."""

_COLUMNS = tuple(each for each in audit_entries.c if each.name not in {"id", "digest"})


@dataclass(slots=True)
class Pending:
    """An act that waits for the transaction that carries it out."""

    act: Act
    recorded: bool = False


_pending: ContextVar[Pending | None] = ContextVar("pending", default=None)


@contextmanager
def recording(act: Act) -> Iterator[Pending]:
    """Record *act* with the first transaction of the block that commits."""
    pending = Pending(act)
    token = _pending.set(pending)
    try:
        yield pending
    finally:
        _pending.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Record nothing with the transactions of the block, which are no part of what the current act changes."""
    token = _pending.set(None)
    try:
        yield
    finally:
        _pending.reset(token)


def current() -> Pending | None:
    """The act that waits in this context, or was recorded; None without one."""
    return _pending.get()


def note(**names: str) -> None:
    """Add *names* to the act that waits, such as the UUID of what it creates; nothing waits outside a request."""
    if (pending := _pending.get()) is not None and not pending.recorded:
        pending.act = replace(pending.act, names={**pending.act.names, **names})


def note_status(status: int) -> None:
    """Set the status of the response to the act that waits; nothing waits outside a request."""
    if (pending := _pending.get()) is not None and not pending.recorded:
        pending.act = replace(pending.act, status=status)


def add_pending(connection: Connection) -> Pending | None:
    """Add the entry of the act that waits, and return it; the caller marks it as recorded after the commit."""
    pending = _pending.get()
    if pending is None or pending.recorded:
        return None
    add(connection, pending.act)
    return pending


def add(connection: Connection, act: Act) -> None:
    """Add the entry of *act*, as the last statement of a transaction: others wait until it commits."""
    values: dict[str, Any] = {f"value_{each.name}": getattr(act, each.name) for each in _COLUMNS}
    values |= {
        "value_kind": act.kind.value,
        "value_names": canonical(act.names),
        "content": act.content(),
        "beginning": BEGINNING.digest,
    }
    connection.execute(_insert(connection.dialect.name), values)


@cache
def _insert(dialect: str) -> Insert:
    values = {each.name: bindparam(f"value_{each.name}", type_=each.type) for each in _COLUMNS}
    if dialect == "sqlite":
        number, digest = _on_sqlite()
        return audit_entries.insert().values(id=number, digest=digest, **values)
    place = _on_postgresql()
    return audit_entries.insert().from_select(["id", "digest", *values], select(*place, *values.values()))


def _on_sqlite() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The number and the digest of the next entry, after the last one in the database."""
    newest = select(func.max(audit_entries.c.id)).scalar_subquery()
    last = select(audit_entries.c.digest).where(audit_entries.c.id == newest).scalar_subquery()
    removed = select(audit_ends).where(audit_ends.c.id == REMOVED)
    number = func.coalesce(newest, removed.with_only_columns(audit_ends.c.number).scalar_subquery(), 0) + 1
    previous = func.coalesce(
        last, removed.with_only_columns(audit_ends.c.digest).scalar_subquery(), bindparam("beginning")
    )
    return number, getattr(func, DIGEST)(previous, number, bindparam("content"))


def _on_postgresql() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The number and the digest of the next entry, after the row of the last one, which stays locked."""
    following = audit_ends.c.number + 1
    row = upserts.insert("postgresql", audit_ends).values(
        id=LAST, number=1, digest=_digest(bindparam("beginning", type_=SqlText()), literal(1, BigInteger()))
    )
    moved = row.on_conflict_do_update(
        index_elements=["id"], set_={"number": following, "digest": _digest(audit_ends.c.digest, following)}
    )
    last = moved.returning(audit_ends.c.number, audit_ends.c.digest).cte("last")
    return last.c.number, last.c.digest


def _digest(previous: ColumnElement[Any], number: ColumnElement[Any]) -> ColumnElement[Any]:
    """`contracts.model.audit.digest` on PostgreSQL."""
    content = bindparam("content", type_=SqlText())
    text = func.concat(previous, "\n", cast(number, SqlText()), "\n", content)
    return func.encode(func.sha256(func.convert_to(text, "UTF8")), "hex")
