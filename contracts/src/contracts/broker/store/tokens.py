"""Tokens in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from contracts.broker.store import upserts
from contracts.broker.store.tables import tokens
from contracts.model import permissions as rules
from contracts.model.errors import NotFound
from contracts.model.permissions import Permission
from contracts.model.tokens import NewToken, Token


def add(connection: Connection, token: NewToken) -> None:
    """Store a token."""
    connection.execute(insert(tokens).values(_values(token)))


def add_once(connection: Connection, token: NewToken) -> bool:
    """Store a token unless one with its uuid exists; return whether it is stored."""
    statement = upserts.insert(connection, tokens).on_conflict_do_nothing(index_elements=["uuid"])
    return connection.execute(statement.values(_values(token))).rowcount > 0


def by_digest(connection: Connection, digest: str) -> Token | None:
    """The token with this *digest*, also an expired one; None if there is none."""
    row = connection.execute(select(tokens).where(tokens.c.digest == digest)).one_or_none()
    return None if row is None else _token(row)


def find(connection: Connection, uuid: str, owner: str | None = None) -> Token:
    """The token with this *uuid*, with *owner* only if it is this person's.

    Raises:
        NotFound: if it does not exist.
    """
    row = connection.execute(select(tokens).where(tokens.c.uuid == uuid)).one_or_none()
    if row is None or (owner is not None and row.owner != owner):
        raise NotFound(f"There is no token with the uuid '{uuid}'")
    return _token(row)


def all(connection: Connection, owner: str | None = None) -> list[Token]:  # noqa: A001, read as tokens.all
    """Every token, the newest first; with *owner*, only those of this person."""
    query = select(tokens).order_by(tokens.c.id.desc())
    if owner is not None:
        query = query.where(tokens.c.owner == owner)
    return [_token(row) for row in connection.execute(query)]


def used(connection: Connection, token_id: int, now: datetime) -> None:
    """Record that a token was used."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=now))


def replace_digest(connection: Connection, token_id: int, *, start: str, digest: str) -> None:
    """Give a token another secret part."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(start=start, digest=digest))


def change(connection: Connection, token_id: int, *, note: str, expires_at: datetime | None) -> None:
    """Give a token another note and expiry."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(note=note, expires_at=expires_at))


def replace_permissions(connection: Connection, token_id: int, permissions: Iterable[Permission]) -> None:
    """Let a token do something else."""
    documents = [each.document() for each in permissions]
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(permissions=documents))


def remove(connection: Connection, token_id: int) -> None:
    """Revoke a token."""
    connection.execute(delete(tokens).where(tokens.c.id == token_id))


def _token(row: Row[*tuple[Any, ...]]) -> Token:
    return Token(
        id=row.id,
        uuid=row.uuid,
        note=row.note,
        start=row.start,
        permissions=tuple(rules.read(each) for each in row.permissions),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        owner=row.owner,
    )


def _values(token: NewToken) -> dict[str, Any]:
    return {
        "uuid": token.uuid,
        "note": token.note,
        "start": token.start,
        "digest": token.digest,
        "permissions": [each.document() for each in token.permissions],
        "created_by": token.created_by,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "owner": token.owner,
    }
