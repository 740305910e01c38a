"""Remove versions and applications to which nothing refers any more, or everything."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Select, delete, or_, select, text

from contracts.broker.store import removals
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    integrations,
    labels,
    pact_publications,
    pacticipants,
    verifications,
    versions,
    webhooks,
)


def remove_versions(connection: Connection, pacticipant_ids: Collection[int]) -> None:
    """Remove the versions of these applications that have no pact and no result; move heads to other versions."""
    has_pact = select(pact_publications.c.id).where(pact_publications.c.consumer_version_id == versions.c.id).exists()
    has_result = select(verifications.c.id).where(verifications.c.provider_version_id == versions.c.id).exists()
    orphans = _unused(
        connection,
        select(versions.c.id).where(among(versions.c.pacticipant_id, pacticipant_ids), ~has_pact, ~has_result),
    )
    if orphans:
        removals.lock(connection, orphans)
        removals.remove(connection, orphans)


def remove_pacticipants(connection: Connection, pacticipant_ids: Collection[int]) -> None:
    """Remove those of these applications that have no version, integration, label or webhook."""
    refers = [
        select(table.c.id).where(or_(*(column == pacticipants.c.id for column in columns))).exists()
        for table, columns in (
            (versions, [versions.c.pacticipant_id]),
            (integrations, [integrations.c.consumer_id, integrations.c.provider_id]),
            (labels, [labels.c.pacticipant_id]),
            (webhooks, [webhooks.c.consumer_id, webhooks.c.provider_id]),
        )
    ]
    candidates = select(pacticipants.c.id).where(among(pacticipants.c.id, pacticipant_ids), ~or_(*refers))
    unused = _unused(connection, candidates)
    connection.execute(delete(pacticipants).where(among(pacticipants.c.id, unused)))


def remove_everything(connection: Connection) -> None:
    """Remove every application with everything that belongs to it, and every webhook."""
    if (
        connection.dialect.name != "sqlite"
    ):  # SQLite has one writer; here the lock waits for new applications to be committed
        connection.execute(text("LOCK TABLE pacticipants IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(delete(webhooks))
    connection.execute(delete(pacticipants))


def _unused(connection: Connection, candidates: Select[int]) -> set[int]:
    """Lock *candidates* and return their ids, without those that other writers have locked to use them."""
    ids = connection.scalars(candidates.with_for_update(skip_locked=True)).all()
    # again: only the next statement sees commits that happened while this one locked the rows
    return set(connection.scalars(candidates.where(among(candidates.selected_columns[0], ids)))) if ids else set()
