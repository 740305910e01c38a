"""Webhooks of tests, made in the store or through the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contracts.broker.actions import seal
from contracts.broker.runtime import Runtime
from contracts.broker.store import outbox, webhooks
from contracts.broker.store.database import Connection
from contracts.model.deliveries import TriggeredWebhook
from contracts.model.webhooks import EVENTS, NO_LIMITS, Limits, NewWebhook, Side, Webhook, WebhookRequest


def new_webhook(
    *,
    consumer: Side | None = None,
    provider: Side | None = None,
    events: tuple[str, ...] = EVENTS,
    enabled: bool = True,
    description: str | None = None,
    limits: Limits = NO_LIMITS,
    **request: Any,
) -> NewWebhook:
    """Return a new webhook; it listens to everything by default."""
    return NewWebhook(
        description=description,
        enabled=enabled,
        consumer=consumer,
        provider=provider,
        request=WebhookRequest(**{"method": "POST", "url": "http://127.0.0.1:9/hook", **request}),
        events=events,
        limits=limits,
    )


def add_webhook(broker: Runtime, **fields: Any) -> Webhook:
    """Store such a webhook."""
    with broker.database.writing() as connection:
        sealed = seal.webhook(broker, connection, new_webhook(**fields))
        return webhooks.create(connection, broker.token(), sealed, broker.now())


def claim_due(connection: Connection, now: datetime, hold: timedelta, limit: int = 100) -> list[TriggeredWebhook]:
    """Claim what is due as the worker does, one delivery of each webhook at a time."""
    claimed: list[TriggeredWebhook] = []
    while due := [each.id for each in outbox.candidates(connection, now) if each.due <= now][: limit - len(claimed)]:
        if not (more := outbox.claim(connection, due, now, hold)):
            break
        claimed += more
    return sorted(claimed, key=lambda each: each.id)


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """The time when the next delivery is due, or a claim on one ends."""
    moments = [each.due for each in outbox.candidates(connection, now)]
    if (end := outbox.next_claim_end(connection)) is not None:
        moments.append(end)
    return min(moments, default=None)


def document(url: str, **changes: Any) -> dict[str, Any]:
    """The request body for a webhook that listens to publications."""
    request = {"method": "POST", "url": url, **changes.pop("request", {})}
    return {"events": [{"name": "contract_published"}], "request": request, **changes}
