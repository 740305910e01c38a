"""Integrations in SQL: the pairs of a consumer and a provider that have, or had, a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from contracts.broker.store.pacts import consumers, providers
from contracts.broker.store.tables import integrations, pacticipants, verifications
from contracts.broker.store.upserts import insert
from contracts.model.network import Relation
from contracts.model.pacts import PacticipantRef


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


_NEWEST_FIRST = (
    integrations.c.contract_data_updated_at.is_(None),  # nulls last, on every database
    integrations.c.contract_data_updated_at.desc(),
    integrations.c.id.desc(),
)


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


def ids(connection: Connection, *, limit: int | None = None, offset: int = 0) -> list[int]:
    """The ids of all pairs, those whose contract data came last first."""
    query = select(integrations.c.id).order_by(*_NEWEST_FIRST).limit(limit).offset(offset)
    return list(connection.scalars(query))


def get_id(connection: Connection, consumer_id: int, provider_id: int) -> int | None:
    """The id of a pair, or None."""
    query = select(integrations.c.id).where(
        integrations.c.consumer_id == consumer_id, integrations.c.provider_id == provider_id
    )
    return connection.scalar(query)


def relations(connection: Connection) -> list[Relation]:
    """Every pair, by consumer and provider."""
    query = (
        select(
            integrations.c.consumer_id,
            consumers.c.name.label("consumer"),
            integrations.c.provider_id,
            providers.c.name.label("provider"),
        )
        .join(consumers, consumers.c.id == integrations.c.consumer_id)
        .join(providers, providers.c.id == integrations.c.provider_id)
        .order_by(consumers.c.name, providers.c.name)
    )
    return [
        Relation(
            consumer=PacticipantRef(id=row.consumer_id, name=row.consumer),
            provider=PacticipantRef(id=row.provider_id, name=row.provider),
        )
        for row in connection.execute(query)
    ]


def verified(connection: Connection, consumer_id: int, provider_ids: Collection[int]) -> set[int]:
    """The ids of those providers that ever verified a contract of the consumer."""
    result = select(verifications.c.id).where(
        verifications.c.consumer_id == consumer_id, verifications.c.provider_id == pacticipants.c.id
    )
    return set(
        connection.scalars(select(pacticipants.c.id).where(pacticipants.c.id.in_(provider_ids), result.exists()))
    )
