"""What nothing refers to any more, removed in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select

from contracts.broker.store import branches as branch_heads
from contracts.broker.store import tags as tag_names
from contracts.broker.store.tables import (
    branches,
    integrations,
    labels,
    pact_publications,
    pacticipants,
    tag_heads,
    verifications,
    versions,
    webhooks,
)


if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection


def remove_versions(connection: Connection, pacticipant_ids: Collection[int]) -> None:
    """Remove the versions of these applications that have neither pact nor result; heads move to what is left."""
    has_pact = select(pact_publications.c.id).where(pact_publications.c.consumer_version_id == versions.c.id).exists()
    has_result = select(verifications.c.id).where(verifications.c.provider_version_id == versions.c.id).exists()
    orphans = set(
        connection.scalars(
            select(versions.c.id).where(versions.c.pacticipant_id.in_(pacticipant_ids), ~has_pact, ~has_result)
        )
    )
    if not orphans:
        return
    headless = set(connection.scalars(select(branches.c.id).where(branches.c.head_version_id.in_(orphans))))
    heads = select(tag_heads.c.pacticipant_id, tag_heads.c.name).where(tag_heads.c.version_id.in_(orphans))
    tagged = {(row.pacticipant_id, row.name) for row in connection.execute(heads)}
    connection.execute(delete(versions).where(versions.c.id.in_(orphans)))
    branch_heads.recompute_heads(connection, headless)
    tag_names.recompute_heads(connection, tagged)


def remove_pacticipants(connection: Connection, pacticipant_ids: Collection[int]) -> None:
    """Remove those of these applications that have no version, integration, label and webhook."""
    refers = [
        select(table.c.id).where(or_(*(column == pacticipants.c.id for column in columns))).exists()
        for table, columns in (
            (versions, [versions.c.pacticipant_id]),
            (integrations, [integrations.c.consumer_id, integrations.c.provider_id]),
            (labels, [labels.c.pacticipant_id]),
            (webhooks, [webhooks.c.consumer_id, webhooks.c.provider_id]),
        )
    ]
    connection.execute(delete(pacticipants).where(pacticipants.c.id.in_(pacticipant_ids), ~or_(*refers)))


def remove_everybody(connection: Connection) -> None:
    """Remove every application, and with it whatever is its; and every webhook."""
    connection.execute(delete(webhooks))
    connection.execute(delete(pacticipants))
