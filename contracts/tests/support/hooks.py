"""Webhooks of tests, made in the store or through the API."""

from __future__ import annotations

from typing import Any

from contracts.broker.runtime import Runtime
from contracts.broker.store import webhooks
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
        return webhooks.create(connection, broker.token(), new_webhook(**fields), broker.now())


def document(url: str, **changes: Any) -> dict[str, Any]:
    """The request body for a webhook that listens to publications."""
    request = {"method": "POST", "url": url, **changes.pop("request", {})}
    return {"events": [{"name": "contract_published"}], "request": request, **changes}
