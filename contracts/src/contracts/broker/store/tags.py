"""Tags in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, func, select, tuple_

from contracts.broker.store.membership import among
from contracts.broker.store.tables import tag_heads, tags
from contracts.broker.store.upserts import insert
from contracts.model.errors import NotFound
from contracts.model.tags import Tag
from contracts.model.versions import TagOf


def find(connection: Connection, version_id: int, name: str) -> Tag:
    """A version's tag called *name*.

    Raises:
        NotFound: if the version does not carry it.
    """
    query = select(tags.c.version_id, tags.c.name, tags.c.created_at).where(
        tags.c.version_id == version_id, tags.c.name == name
    )
    if (row := connection.execute(query).one_or_none()) is None:
        raise NotFound(f"There is no tag '{name}' on this version")
    return Tag(version_id=row.version_id, name=row.name, created_at=row.created_at)


def require_used(connection: Connection, pacticipant_id: int, name: str) -> None:
    """Refuse a tag that no version of the pacticipant has.

    Raises:
        NotFound: if none has it.
    """
    used = select(tag_heads.c.version_id).where(tag_heads.c.pacticipant_id == pacticipant_id, tag_heads.c.name == name)
    if connection.scalar(used) is None:
        raise NotFound(f"No version of this pacticipant has the tag '{name}'")


def add(
    connection: Connection, pacticipant_id: int, version_id: int, names: Collection[str], now: datetime
) -> list[str]:
    """Add the tags with these *names* to a version, in this order; return those that are new."""
    if not names:
        return []
    rows = [
        {"pacticipant_id": pacticipant_id, "version_id": version_id, "name": each, "created_at": now} for each in names
    ]
    statement = insert(connection, tags).on_conflict_do_nothing(index_elements=[tags.c.version_id, tags.c.name])
    added = list(connection.scalars(statement.returning(tags.c.name), rows))
    _raise_heads(connection, pacticipant_id, version_id, added)
    return added


def replace(
    connection: Connection, pacticipant_id: int, version_id: int, names: Collection[str], now: datetime
) -> None:
    """Replace the tags of a version by those with these *names*."""
    lock_heads_of(connection, [version_id])
    given_up = connection.scalars(
        delete(tags).where(tags.c.version_id == version_id, tags.c.name.not_in(names)).returning(tags.c.name)
    ).all()
    recompute_heads(connection, [(pacticipant_id, name) for name in given_up])
    add(connection, pacticipant_id, version_id, names, now)


def remove(connection: Connection, version_id: int, name: str) -> None:
    """Remove a tag from a version; the caller recomputes its head."""
    connection.execute(delete(tags).where(tags.c.version_id == version_id, tags.c.name == name))


def names(connection: Connection, version_id: int) -> list[str]:
    """The names of a version's tags, in order of creation."""
    return list(connection.scalars(select(tags.c.name).where(tags.c.version_id == version_id).order_by(tags.c.id)))


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[TagOf, ...]]:
    """The tags of versions, in order of creation, by version id."""
    tags_by_version: dict[int, tuple[TagOf, ...]] = {}
    for version_id, name, latest in connection.execute(_of_versions(), {"version_ids": list(version_ids)}).all():
        tags_by_version[version_id] = (*tags_by_version.get(version_id, ()), TagOf(name=name, latest=latest))
    return tags_by_version


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
        .where(among(tags.c.version_id, "version_ids"))
        .order_by(tags.c.id)
    )


def lock_head(connection: Connection, pacticipant_id: int, name: str) -> None:
    """Lock the head of a tag until the transaction ends."""
    head = (tag_heads.c.pacticipant_id == pacticipant_id, tag_heads.c.name == name)
    connection.execute(select(tag_heads.c.id).where(*head).with_for_update())


def lock_heads_of(connection: Connection, version_ids: Collection[int]) -> None:
    """As `lock_head`, for the tags of these versions."""
    same = and_(tags.c.pacticipant_id == tag_heads.c.pacticipant_id, tags.c.name == tag_heads.c.name)
    connection.execute(
        select(tag_heads.c.id)
        .join(tags, same)
        .where(among(tags.c.version_id, version_ids))
        .order_by(tag_heads.c.pacticipant_id, tag_heads.c.name)
        .with_for_update(of=tag_heads)
    )


def headed_by(connection: Connection, version_ids: Collection[int]) -> set[tuple[int, str]]:
    """The tags whose head is one of these versions, as pairs of pacticipant id and tag."""
    heads = select(tag_heads.c.pacticipant_id, tag_heads.c.name).where(among(tag_heads.c.version_id, version_ids))
    return {(row.pacticipant_id, row.name) for row in connection.execute(heads)}


def recompute_heads(connection: Connection, heads: Collection[tuple[int, str]]) -> None:
    """Make the greatest remaining version with each tag its head, after tags were removed.

    *heads* are pairs of pacticipant id and tag; a tag without versions has no head. The caller locks the heads first.
    Otherwise it would miss a version that is tagged at the same time.
    """
    if not heads:
        return
    left = (
        select(tags.c.pacticipant_id, tags.c.name, func.max(tags.c.version_id))
        .where(*_named(tags, heads))
        .group_by(tags.c.pacticipant_id, tags.c.name)
    )
    head = insert(connection, tag_heads)
    connection.execute(
        head.from_select(["pacticipant_id", "name", "version_id"], left).on_conflict_do_update(
            index_elements=[tag_heads.c.pacticipant_id, tag_heads.c.name],
            set_={"version_id": head.excluded.version_id},
        )
    )
    carried = select(tags.c.id).where(
        tags.c.pacticipant_id == tag_heads.c.pacticipant_id, tags.c.name == tag_heads.c.name
    )
    connection.execute(delete(tag_heads).where(*_named(tag_heads, heads), ~carried.exists()))


def _raise_heads(connection: Connection, pacticipant_id: int, version_id: int, names: Collection[str]) -> None:
    """Make a version the head of the tags with these *names*, unless a greater version is."""
    if not names:
        return
    # in the same order by every writer: otherwise two versions tagged at once would wait for each other
    rows = [{"pacticipant_id": pacticipant_id, "version_id": version_id, "name": each} for each in sorted(names)]
    head = insert(connection, tag_heads)
    raised = head.on_conflict_do_update(
        index_elements=[tag_heads.c.pacticipant_id, tag_heads.c.name],
        set_={"version_id": head.excluded.version_id},
        where=head.excluded.version_id > tag_heads.c.version_id,
    )
    connection.execute(raised, rows)


def _named(table: Table, heads: Collection[tuple[int, str]]) -> tuple[ColumnElement[bool], ...]:
    """The condition that a row is one of *heads*; two conditions, because SQLite uses no index for a list of pairs."""
    ids, names = ({head[place] for head in heads} for place in (0, 1))
    pair = tuple_(table.c.pacticipant_id, table.c.name).in_(heads)
    return among(table.c.pacticipant_id, ids), among(table.c.name, names), pair
