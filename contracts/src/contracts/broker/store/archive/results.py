"""Verification results."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, func, insert, select

from contracts.broker.store import attestations, upserts
from contracts.broker.store.archive.contracts import of_pair, pair
from contracts.broker.store.archive.names import Names
from contracts.broker.store.tables import pact_versions, tag_successes, tags, verifications, versions
from contracts.model.archive.records import Result


Which = ColumnElement[bool]


class Results:
    """Verification results with their numbers, and the tags for which they were the first success."""

    record = Result
    table = verifications
    large = True

    def among(self, names: Names, records: Sequence[Result]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the number of one of *records*."""
        return verifications.c.id.in_({each.number for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Result]:
        """Results by number."""
        query = of_pair(
            verifications,
            *(each for each in verifications.c if each.name != "id"),
            pact_versions.c.sha,
            versions.c.number,
        )
        query = query.join(pact_versions, pact_versions.c.id == verifications.c.pact_version_id).join(
            versions, versions.c.id == verifications.c.provider_version_id
        )
        rows = connection.execute(query.where(which).order_by(verifications.c.id).limit(limit)).all()
        ids = [row.id for row in rows]
        first, builds = _first_with_tags(connection, ids), attestations.of(connection, ids)
        return {
            row.id: Result(
                number=row.id,
                consumer=row.consumer,
                provider=row.provider,
                sha=row.sha,
                provider_version=row.number,
                success=row.success,
                latest=row.latest,
                wip=row.wip,
                pending=row.pending,
                build_url=row.build_url,
                executed_at=row.executed_at,
                created_at=row.created_at,
                verified_by=row.verified_by,
                selectors=row.selectors,
                test_results=row.test_results,
                first_with_tags=tuple(first.get(row.id, ())),
                attestation=builds.get(row.id),
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Result]) -> None:
        """Add *records*."""
        content_ids = names.contents({(each.consumer, each.provider, each.sha) for each in records})
        version_ids = names.versions({(each.provider, each.provider_version) for each in records})
        rows = [
            {
                **pair(names, each),
                "id": each.number,
                "pact_version_id": content_ids[each.consumer, each.provider, each.sha],
                "provider_version_id": version_ids[each.provider, each.provider_version],
                "success": each.success,
                "latest": each.latest,
                "wip": each.wip,
                "pending": each.pending,
                "build_url": each.build_url,
                "executed_at": each.executed_at,
                "created_at": each.created_at,
                "verified_by": each.verified_by,
                "selectors": each.selectors,
                "test_results": each.test_results,
            }
            for each in records
        ]
        _reserve(names.connection, max(each.number for each in records))
        names.insert(verifications, rows)
        _write_first_with_tags(names.connection, records, content_ids)
        _derive_first_with_tags(names.connection, [each.number for each in records if each.first_with_tags is None])


def _reserve(connection: Connection, number: int) -> None:
    """Let later results get greater numbers; SQLite does this by itself."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(verifications.name, "id")
        taken = select(func.coalesce(func.max(verifications.c.id), 0)).scalar_subquery()
        connection.execute(select(func.setval(sequence, func.greatest(taken, number))))


def _first_with_tags(connection: Connection, ids: Collection[int]) -> dict[int, list[str]]:
    query = select(tag_successes.c.verification_id, tag_successes.c.provider_tag).where(
        tag_successes.c.verification_id.in_(ids)
    )
    tags_by_result: dict[int, list[str]] = {}
    for row in connection.execute(query.order_by(tag_successes.c.id)):
        tags_by_result.setdefault(row.verification_id, []).append(row.provider_tag)
    return tags_by_result


def _write_first_with_tags(
    connection: Connection, records: Sequence[Result], content_ids: dict[tuple[str, str, str], int]
) -> None:
    rows = [
        {
            "pact_version_id": content_ids[each.consumer, each.provider, each.sha],
            "provider_tag": tag,
            "wip": each.wip,
            "verification_id": each.number,
            "executed_at": each.executed_at,
        }
        for each in records
        for tag in each.first_with_tags or ()
    ]
    if rows:
        connection.execute(insert(tag_successes), rows)


def _derive_first_with_tags(connection: Connection, numbers: Collection[int]) -> None:
    """Derive the tags that the provider version had when the result came, by their dates; a first success stays."""
    successes = (
        select(
            verifications.c.pact_version_id,
            tags.c.name,
            verifications.c.wip,
            verifications.c.id,
            verifications.c.executed_at,
        )
        .join(tags, tags.c.version_id == verifications.c.provider_version_id)
        .where(
            verifications.c.id.in_(numbers),
            verifications.c.success,
            tags.c.created_at <= verifications.c.created_at,
        )
        .order_by(verifications.c.id, tags.c.id)
    )
    columns = ["pact_version_id", "provider_tag", "wip", "verification_id", "executed_at"]
    statement = upserts.insert(connection, tag_successes).from_select(columns, successes)
    connection.execute(statement.on_conflict_do_nothing())
