"""Integrations in SQL: the pairs of a consumer and a provider that have, or had, a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from contracts.broker.store.tables import integrations, pacticipants, verifications
from contracts.broker.store.upserts import insert


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


def touch(connection: Connection, consumer_id: int, provider_ids: Collection[int], now: datetime) -> None:
    """Note that contract data of these pairs came, which makes them integrations.

    Their rows are locked until the transaction ends, in the same order by every writer.
    """
    rows = [
        {"consumer_id": consumer_id, "provider_id": each, "created_at": now, "contract_data_updated_at": now}
        for each in sorted(provider_ids)
    ]
    statement = insert(connection, integrations).values(rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[integrations.c.consumer_id, integrations.c.provider_id],
            set_={"contract_data_updated_at": statement.excluded.contract_data_updated_at},
        )
    )


def verified(connection: Connection, consumer_id: int, provider_ids: Collection[int]) -> set[int]:
    """The ids of those providers that ever verified a contract of the consumer."""
    result = select(verifications.c.id).where(
        verifications.c.consumer_id == consumer_id, verifications.c.provider_id == pacticipants.c.id
    )
    return set(
        connection.scalars(select(pacticipants.c.id).where(pacticipants.c.id.in_(provider_ids), result.exists()))
    )
