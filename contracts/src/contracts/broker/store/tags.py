"""Tags in SQL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, select, tuple_

from contracts.broker.store.tables import tag_heads, tags
from contracts.broker.store.upserts import insert
from contracts.model.errors import NotFound
from contracts.model.tags import Tag
from contracts.model.versions import TagOf


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Table


def find(connection: Connection, version_id: int, name: str) -> Tag:
    """A version's tag called *name*.

    Raises:
        NotFound: if the version does not carry it.
    """
    query = select(tags.c.version_id, tags.c.name, tags.c.created_at).where(
        tags.c.version_id == version_id, tags.c.name == name
    )
    if (row := connection.execute(query).one_or_none()) is None:
        msg = f"There is no tag '{name}' on this version"
        raise NotFound(msg)
    return Tag(version_id=row.version_id, name=row.name, created_at=row.created_at)


def add(connection: Connection, pacticipant_id: int, version_id: int, name: str, now: datetime) -> bool:
    """Tag a version; False when it carries the tag already."""
    statement = (
        insert(connection, tags)
        .values(pacticipant_id=pacticipant_id, version_id=version_id, name=name, created_at=now)
        .on_conflict_do_nothing(index_elements=[tags.c.version_id, tags.c.name])
        .returning(tags.c.id)
    )
    if connection.execute(statement).one_or_none() is None:
        return False
    head = insert(connection, tag_heads).values(pacticipant_id=pacticipant_id, name=name, version_id=version_id)
    connection.execute(
        head.on_conflict_do_update(
            index_elements=[tag_heads.c.pacticipant_id, tag_heads.c.name],
            set_={"version_id": head.excluded.version_id},
            where=head.excluded.version_id > tag_heads.c.version_id,
        )
    )
    return True


def replace(
    connection: Connection, pacticipant_id: int, version_id: int, wanted: Collection[str], now: datetime
) -> None:
    """Let a version carry the tags *wanted*, and no others."""
    given_up = connection.scalars(
        delete(tags).where(tags.c.version_id == version_id, tags.c.name.not_in(wanted)).returning(tags.c.name)
    ).all()
    recompute_heads(connection, [(pacticipant_id, name) for name in given_up])
    for name in wanted:
        add(connection, pacticipant_id, version_id, name, now)


def remove(connection: Connection, version_id: int, name: str) -> None:
    """Take a tag from a version; its head is to be recomputed."""
    connection.execute(delete(tags).where(tags.c.version_id == version_id, tags.c.name == name))


def names(connection: Connection, version_id: int) -> list[str]:
    """The names of a version's tags, in order of creation."""
    return list(connection.scalars(select(tags.c.name).where(tags.c.version_id == version_id).order_by(tags.c.id)))


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[TagOf, ...]]:
    """The tags of versions, in order of creation, by version id."""
    found: dict[int, tuple[TagOf, ...]] = {}
    for row in connection.execute(_of_versions(), {"version_ids": list(version_ids)}):
        found[row.version_id] = (*found.get(row.version_id, ()), TagOf(name=row.name, latest=row.latest))
    return found


@cache
def _of_versions() -> Select[*tuple[Any, ...]]:
    return (
        select(tags.c.version_id, tags.c.name, tag_heads.c.id.is_not(None).label("latest"))
        .outerjoin(
            tag_heads,
            and_(
                tag_heads.c.pacticipant_id == tags.c.pacticipant_id,
                tag_heads.c.name == tags.c.name,
                tag_heads.c.version_id == tags.c.version_id,
            ),
        )
        .where(tags.c.version_id.in_(bindparam("version_ids", expanding=True)))
        .order_by(tags.c.id)
    )


def recompute_heads(connection: Connection, heads: Collection[tuple[int, str]]) -> None:
    """Make the greatest version left with each tag its head, after tags were removed.

    *heads* are pairs of pacticipant id and tag; a tag that no version carries any more has no head.
    """
    if not heads:
        return
    connection.execute(delete(tag_heads).where(*_named(tag_heads, heads)))
    left = (
        select(tags.c.pacticipant_id, tags.c.name, func.max(tags.c.version_id))
        .where(*_named(tags, heads))
        .group_by(tags.c.pacticipant_id, tags.c.name)
    )
    connection.execute(tag_heads.insert().from_select(["pacticipant_id", "name", "version_id"], left))


def _named(table: Table, heads: Collection[tuple[int, str]]) -> tuple[ColumnElement[bool], ...]:
    """That a row is of one of *heads*; said twice, as SQLite uses no index for a list of pairs."""
    ids, names = ({head[place] for head in heads} for place in (0, 1))
    pair = tuple_(table.c.pacticipant_id, table.c.name).in_(heads)
    return table.c.pacticipant_id.in_(ids), table.c.name.in_(names), pair
