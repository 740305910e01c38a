"""Integrations in SQL: the pairs of a consumer and a provider that have, or had, a contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from contracts.broker.store.membership import among
from contracts.broker.store.pact_rows import consumers, providers
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import (
    integrations,
    pact_publications,
    pact_versions,
    pacticipants,
    triggered_webhooks,
    verifications,
    webhook_decisions,
    webhooks,
)
from contracts.broker.store.upserts import insert
from contracts.model.network import Relation
from contracts.model.pacts import PacticipantRef


NEWEST_FIRST = (integrations.c.contract_data_updated_at.desc().nulls_last(), integrations.c.id.desc())
"""The order in which pairs are listed; an index has it."""

# SQLite, which has one writer at a time, ignores the locking clause, here and in every other lock
_LOCKED = (
    select(integrations.c.id)
    .order_by(integrations.c.consumer_id, integrations.c.provider_id)
    .with_for_update(of=integrations)
)


def touch(connection: Connection, consumer_id: int, provider_ids: Collection[int], now: datetime) -> None:
    """Record that these pairs have new contract data; this makes them integrations.

    It locks their rows until the transaction ends. Every writer does this in the same order and before locking other
    rows of the pairs, so that publications, results and removals of a pair follow one another.
    """
    rows = [
        {"consumer_id": consumer_id, "provider_id": each, "created_at": now, "contract_data_updated_at": now}
        for each in sorted(provider_ids)
    ]
    connection.execute(_touched(connection.dialect.name), rows)


def lock(connection: Connection, consumer_id: int, provider_id: int) -> bool:
    """Lock a pair against contracts and results until the transaction ends; return False if it has none yet."""
    of_pair = (integrations.c.consumer_id == consumer_id, integrations.c.provider_id == provider_id)
    return connection.scalar(_LOCKED.where(*of_pair)) is not None


def lock_of_contents(connection: Connection, pact_version_ids: Collection[int]) -> None:
    """As `lock`, for the pairs of these contents."""
    of_pair = and_(
        pact_versions.c.consumer_id == integrations.c.consumer_id,
        pact_versions.c.provider_id == integrations.c.provider_id,
    )
    connection.execute(_LOCKED.join(pact_versions, of_pair).where(among(pact_versions.c.id, pact_version_ids)))


def headed_by(connection: Connection, version_ids: Collection[int]) -> list[tuple[int, int]]:
    """The pairs whose head is one of these versions, as ids of consumer and provider."""
    query = select(integrations.c.consumer_id, integrations.c.provider_id)
    headed = query.where(among(integrations.c.head_version_id, version_ids))
    return [(row.consumer_id, row.provider_id) for row in connection.execute(headed)]


def recompute_heads(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Make the greatest consumer version with a pact the head of each of *pairs*, after pacts were added or removed.

    Pairs are ids of consumer and provider. The caller locks them first.
    """
    if rows := [{"consumer": consumer_id, "provider": provider_id} for consumer_id, provider_id in sorted(set(pairs))]:
        connection.execute(_recomputed(), rows)


def search(connection: Connection, q: str = "", *, limit: int | None = None, offset: int = 0) -> list[Relation]:
    """Pairs with *q* in the consumer's or provider's name, ignoring case; those with the newest contract data first."""
    query = _relations().order_by(*NEWEST_FIRST).limit(limit).offset(offset)
    return [_relation(row) for row in connection.execute(query.where(_match(q)) if q else query)]


def count(connection: Connection, q: str = "") -> int:
    """The number of pairs that `search` returns without a limit."""
    pairs = _relations().where(_match(q)) if q else select(integrations.c.id)
    return connection.execute(select(func.count()).select_from(pairs.subquery())).scalar_one()


def relations(connection: Connection) -> list[Relation]:
    """Every pair, by consumer and provider."""
    query = _relations().order_by(consumers.c.name, providers.c.name)
    return [_relation(row) for row in connection.execute(query)]


def verified(connection: Connection, consumer_id: int, provider_ids: Collection[int]) -> set[int]:
    """The ids of the providers that have ever verified a contract of the consumer."""
    return set(connection.scalars(_verified(), {"consumer_id": consumer_id, "provider_ids": list(provider_ids)}))


def remove(connection: Connection, consumer_id: int, provider_id: int) -> None:
    """Remove a pair, with the webhooks for it alone, their deliveries and decisions."""
    for table in (triggered_webhooks, webhook_decisions, webhooks, integrations):
        of_pair = (table.c.consumer_id == consumer_id, table.c.provider_id == provider_id)
        connection.execute(delete(table).where(*of_pair))


@cache
def _touched(dialect: str) -> Insert:
    statement = insert(dialect, integrations)
    return statement.on_conflict_do_update(
        index_elements=[integrations.c.consumer_id, integrations.c.provider_id],
        set_={"contract_data_updated_at": statement.excluded.contract_data_updated_at},
    )


@cache
def _recomputed() -> Update:
    greatest = (
        select(func.max(pact_publications.c.consumer_version_id))
        .where(
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.latest,
        )
        .scalar_subquery()
    )
    of_pair = integrations.c.consumer_id == bindparam("consumer"), integrations.c.provider_id == bindparam("provider")
    return update(integrations).where(*of_pair).values(head_version_id=greatest)


@cache
def _verified() -> Select[int]:
    result = select(verifications.c.id).where(
        verifications.c.consumer_id == bindparam("consumer_id"), verifications.c.provider_id == pacticipants.c.id
    )
    return select(pacticipants.c.id).where(among(pacticipants.c.id, "provider_ids"), result.exists())


def _relations() -> Select[*tuple[Any, ...]]:
    return (
        select(
            integrations.c.consumer_id,
            consumers.c.name.label("consumer"),
            integrations.c.provider_id,
            providers.c.name.label("provider"),
        )
        .join(consumers, consumers.c.id == integrations.c.consumer_id)
        .join(providers, providers.c.id == integrations.c.provider_id)
    )


def _match(q: str) -> ColumnElement[bool]:
    return or_(*(contains(each.c.name, q) for each in (consumers, providers)))


def _relation(row: Row[*tuple[Any, ...]]) -> Relation:
    return Relation(
        consumer=PacticipantRef(id=row.consumer_id, name=row.consumer),
        provider=PacticipantRef(id=row.provider_id, name=row.provider),
    )
