"""The outbox in SQL: triggered webhooks, when each is due, and its attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, literal, select, update

from contracts.broker.store.membership import among
from contracts.broker.store.tables import UtcDateTime, triggered_webhooks, webhook_executions, webhooks
from contracts.model.deliveries import DeliveryStatus, Execution, Next, TriggeredWebhook
from contracts.model.errors import NotFound


COLUMNS = (
    triggered_webhooks.c.id,
    triggered_webhooks.c.uuid,
    triggered_webhooks.c.webhook_id,
    triggered_webhooks.c.webhook_uuid,
    triggered_webhooks.c.event_name,
    triggered_webhooks.c.consumer_id,
    triggered_webhooks.c.provider_id,
    triggered_webhooks.c.parameters,
    triggered_webhooks.c.status,
    triggered_webhooks.c.attempts_made,
    triggered_webhooks.c.created_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A webhook to trigger."""

    uuid: str
    webhook_id: int
    webhook_uuid: str
    event_name: str
    consumer_id: int
    provider_id: int
    pact_publication_id: int | None
    verification_id: int | None
    parameters: Mapping[str, str]


def add(connection: Connection, new: Sequence[NewDelivery], now: datetime) -> None:
    """Put deliveries into the outbox, due at once."""
    if not new:
        return
    rows = [
        {
            "uuid": each.uuid,
            "webhook_id": each.webhook_id,
            "webhook_uuid": each.webhook_uuid,
            "event_name": each.event_name,
            "consumer_id": each.consumer_id,
            "provider_id": each.provider_id,
            "pact_publication_id": each.pact_publication_id,
            "verification_id": each.verification_id,
            "parameters": dict(each.parameters),
            "status": DeliveryStatus.NOT_RUN.value,
            "attempts_made": 0,
            "next_attempt_at": now,
            "created_at": now,
            "updated_at": now,
        }
        for each in new
    ]
    connection.execute(insert(triggered_webhooks), rows)


def repeat(connection: Connection, uuid: str, new_uuid: str, now: datetime, due: datetime) -> bool:
    """Put a copy of a delivery into the outbox, *due* later; False if it, or its enabled webhook, does not exist."""
    copied = ("event_name", "consumer_id", "provider_id", "pact_publication_id", "verification_id", "parameters")
    values = {
        "uuid": literal(new_uuid),
        "webhook_id": triggered_webhooks.c.webhook_id,
        "webhook_uuid": triggered_webhooks.c.webhook_uuid,
        **{name: triggered_webhooks.c[name] for name in copied},
        "status": literal(DeliveryStatus.NOT_RUN.value),
        "attempts_made": literal(0),
        "next_attempt_at": literal(due, UtcDateTime),
        "created_at": literal(now, UtcDateTime),
        "updated_at": literal(now, UtcDateTime),
    }
    source = (
        select(*values.values())
        .join(webhooks, webhooks.c.id == triggered_webhooks.c.webhook_id)
        .where(triggered_webhooks.c.uuid == uuid, webhooks.c.enabled)
    )
    statement = insert(triggered_webhooks).from_select(list(values), source).returning(triggered_webhooks.c.id)
    return connection.execute(statement).one_or_none() is not None


def record(connection: Connection, triggered_id: int, execution: Execution, follows: Next) -> None:
    """Record an attempt, give the claim back, and schedule the next attempt if one *follows*."""
    connection.execute(
        insert(webhook_executions).values(
            triggered_webhook_id=triggered_id,
            success=execution.success,
            logs=execution.logs,
            created_at=execution.created_at,
        )
    )
    connection.execute(
        update(triggered_webhooks)
        .where(triggered_webhooks.c.id == triggered_id)
        .values(
            status=follows.status.value,
            attempts_made=triggered_webhooks.c.attempts_made + 1,
            next_attempt_at=execution.created_at + follows.wait if follows.wait is not None else None,
            claimed_until=None,
            updated_at=execution.created_at,
        )
    )


def find(connection: Connection, uuid: str) -> TriggeredWebhook:
    """The delivery with this *uuid*.

    Raises:
        NotFound: if there is none.
    """
    query = select(*COLUMNS).where(triggered_webhooks.c.uuid == uuid)
    if (row := connection.execute(query).one_or_none()) is None:
        raise NotFound(f"There is no triggered webhook with the uuid '{uuid}'")
    return triggered_of(row)


def by_uuids(connection: Connection, uuids: Collection[str]) -> dict[str, TriggeredWebhook]:
    """The deliveries with these *uuids*, by uuid."""
    return {each.uuid: each for each in _those(connection, among(triggered_webhooks.c.uuid, uuids))}


def executions(connection: Connection, triggered_id: int) -> list[Execution]:
    """The attempts at a delivery, the oldest first."""
    query = (
        select(webhook_executions.c.success, webhook_executions.c.logs, webhook_executions.c.created_at)
        .where(webhook_executions.c.triggered_webhook_id == triggered_id)
        .order_by(webhook_executions.c.id)
    )
    return [
        Execution(success=row.success, logs=row.logs, created_at=row.created_at) for row in connection.execute(query)
    ]


def executions_of(connection: Connection, triggered_ids: Collection[int]) -> dict[int, list[Execution]]:
    """The attempts at these deliveries without their logs, by delivery id, the oldest first."""
    columns = webhook_executions.c
    query = select(columns.triggered_webhook_id, columns.success, columns.created_at)
    query = query.where(among(columns.triggered_webhook_id, triggered_ids)).order_by(columns.id)
    by_delivery: dict[int, list[Execution]] = {}
    for row in connection.execute(query):
        execution = Execution(success=row.success, logs="", created_at=row.created_at)
        by_delivery.setdefault(row.triggered_webhook_id, []).append(execution)
    return by_delivery


def of_publication(connection: Connection, pact_publication_id: int) -> list[TriggeredWebhook]:
    """The deliveries for a pact, the newest first."""
    return _those(connection, triggered_webhooks.c.pact_publication_id == pact_publication_id)


def of_publications_since(
    connection: Connection, pact_publication_ids: Collection[int], since: datetime
) -> list[TriggeredWebhook]:
    """The deliveries for these pacts from *since* on, the newest first."""
    of_them = among(triggered_webhooks.c.pact_publication_id, pact_publication_ids)
    return _those(connection, and_(of_them, triggered_webhooks.c.created_at >= since))


def of_verification(connection: Connection, verification_id: int) -> list[TriggeredWebhook]:
    """The deliveries for a result, the newest first."""
    return _those(connection, triggered_webhooks.c.verification_id == verification_id)


def newest(connection: Connection, limit: int, webhook_id: int | None = None) -> list[TriggeredWebhook]:
    """Return the newest deliveries, of one webhook or of all, the newest first, at most *limit*."""
    # of all: a condition on the key, so that it is read from its end
    which = triggered_webhooks.c.id > 0 if webhook_id is None else triggered_webhooks.c.webhook_id == webhook_id
    query = select(*COLUMNS).where(which).order_by(triggered_webhooks.c.id.desc()).limit(limit)
    return [triggered_of(row) for row in connection.execute(query)]


def latest_of_pair(connection: Connection, consumer_id: int, provider_id: int) -> list[TriggeredWebhook]:
    """The last delivery of each existing webhook and event between the two, the oldest first."""
    newest = (
        select(func.max(triggered_webhooks.c.id))
        .where(
            triggered_webhooks.c.consumer_id == consumer_id,
            triggered_webhooks.c.provider_id == provider_id,
            triggered_webhooks.c.webhook_id.is_not(None),
        )
        .group_by(triggered_webhooks.c.webhook_id, triggered_webhooks.c.event_name)
    )
    return _those(connection, triggered_webhooks.c.id.in_(newest))[::-1]


def _those(connection: Connection, which: ColumnElement[bool]) -> list[TriggeredWebhook]:
    query = select(*COLUMNS).where(which).order_by(triggered_webhooks.c.id.desc())
    return [triggered_of(row) for row in connection.execute(query)]


def triggered_of(row: Row[*tuple[Any, ...]]) -> TriggeredWebhook:
    """The delivery of a *row* with `COLUMNS`."""
    return TriggeredWebhook(
        id=row.id,
        uuid=row.uuid,
        webhook_id=row.webhook_id,
        webhook_uuid=row.webhook_uuid,
        event_name=row.event_name,
        consumer_id=row.consumer_id,
        provider_id=row.provider_id,
        parameters=row.parameters,
        status=DeliveryStatus(row.status),
        attempts_made=row.attempts_made,
        created_at=row.created_at,
    )
