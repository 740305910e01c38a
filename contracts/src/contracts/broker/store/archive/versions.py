"""Versions, with their branches and tags."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, tuple_, update

from contracts.broker.store import upserts
from contracts.broker.store.archive.names import Names
from contracts.broker.store.tables import branch_versions, branches, pacticipants, tag_heads, tags, versions
from contracts.model.archive.records import BranchVersion, Tag, Version


Which = ColumnElement[bool]


class Versions:
    """Versions in their order, with branches, tags and the heads of both."""

    record = Version
    table = versions
    large = False

    def among(self, names: Names, records: Sequence[Version]) -> Which:
        """Those with the key of one of *records*."""
        keys = {(names.pacticipants[each.pacticipant], each.number) for each in records}
        return tuple_(versions.c.pacticipant_id, versions.c.number).in_(keys)

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Version]:
        """Versions by id."""
        query = (
            select(
                versions.c.id,
                pacticipants.c.name.label("pacticipant"),
                versions.c.number,
                versions.c.build_url,
                versions.c.created_at,
                versions.c.updated_at,
            )
            .join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id)
            .where(which)
            .order_by(versions.c.id)
            .limit(limit)
        )
        rows = connection.execute(query).all()
        ids = [row.id for row in rows]
        on_branches, with_tags = _branches_of(connection, ids), _tags_of(connection, ids)
        return {
            row.id: Version(
                pacticipant=row.pacticipant,
                number=row.number,
                build_url=row.build_url,
                branches=tuple(on_branches.get(row.id, ())),
                tags=tuple(with_tags.get(row.id, ())),
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Version]) -> None:
        """Add *records* one after another: their ids are their order."""
        rows = [
            {
                "pacticipant_id": names.pacticipants[each.pacticipant],
                "number": each.number,
                "build_url": each.build_url,
                "created_at": each.created_at,
                "updated_at": each.updated_at,
            }
            for each in records
        ]
        names.insert(versions, rows)
        ids = names.versions([(each.pacticipant, each.number) for each in records])
        _write_branches(names, records, ids)
        _write_tags(names, records, ids)


def _write_branches(names: Names, records: Sequence[Version], ids: dict[tuple[str, str], int]) -> None:
    branch_ids = names.branches({(each.pacticipant, one.name) for each in records for one in each.branches})
    joined = [
        (branch_ids[each.pacticipant, one.name], ids[each.pacticipant, each.number], one)
        for each in records
        for one in each.branches
    ]
    rows = [
        {
            "branch_id": branch_id,
            "version_id": version_id,
            "auto_created": one.auto_created,
            "created_at": one.created_at,
        }
        for branch_id, version_id, one in joined
    ]
    names.insert(branch_versions, rows)
    heads = [{"branch": branch_id, "head": version_id} for branch_id, version_id, one in joined if one.latest]
    if heads:
        head = update(branches).where(branches.c.id == bindparam("branch")).values(head_version_id=bindparam("head"))
        names.connection.execute(head, heads)


def _write_tags(names: Names, records: Sequence[Version], ids: dict[tuple[str, str], int]) -> None:
    rows = [
        {
            "pacticipant_id": names.pacticipants[each.pacticipant],
            "version_id": ids[each.pacticipant, each.number],
            "name": one.name,
            "created_at": one.created_at,
        }
        for each in records
        for one in each.tags
    ]
    names.insert(tags, rows)
    heads = {
        key: {"pacticipant_id": key[0], "name": key[1], "version_id": row["version_id"]}
        for row in rows
        for key in [(row["pacticipant_id"], row["name"])]
    }
    if heads:
        head = upserts.insert(names.connection, tag_heads)
        names.connection.execute(
            head.on_conflict_do_update(
                index_elements=[tag_heads.c.pacticipant_id, tag_heads.c.name],
                set_={"version_id": head.excluded.version_id},
                where=head.excluded.version_id > tag_heads.c.version_id,
            ),
            list(heads.values()),
        )


def _branches_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[BranchVersion]]:
    query = (
        select(
            branch_versions.c.version_id,
            branches.c.name,
            (func.coalesce(branches.c.head_version_id, 0) == branch_versions.c.version_id).label("latest"),
            branch_versions.c.auto_created,
            branch_versions.c.created_at,
        )
        .join(branches, branches.c.id == branch_versions.c.branch_id)
        .where(branch_versions.c.version_id.in_(version_ids))
        .order_by(branch_versions.c.id)
    )
    memberships: dict[int, list[BranchVersion]] = {}
    for row in connection.execute(query):
        one = BranchVersion(name=row.name, latest=row.latest, auto_created=row.auto_created, created_at=row.created_at)
        memberships.setdefault(row.version_id, []).append(one)
    return memberships


def _tags_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[Tag]]:
    query = select(tags.c.version_id, tags.c.name, tags.c.created_at).where(tags.c.version_id.in_(version_ids))
    tags_by_version: dict[int, list[Tag]] = {}
    for row in connection.execute(query.order_by(tags.c.id)):
        tags_by_version.setdefault(row.version_id, []).append(Tag(name=row.name, created_at=row.created_at))
    return tags_by_version
