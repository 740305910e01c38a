"""The facts about one webhook, read from any broker."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from itertools import islice

from contracts.client import Broker, NotSupported
from contracts.client.deliveries import Delivery
from contracts.client.webhooks import Webhook
from contracts.model import dates
from contracts.model.webhook_causes import WebhookEvent, WebhookFacts, events_of_decisions


_MOST_DELIVERIES = 50


def facts_of_webhook(broker: Broker, webhook: Webhook, *, now: datetime | None = None) -> WebhookFacts:
    """Return the facts about *webhook*, which the broker has stored.

    Raises:
        ClientError: if the broker cannot be reached or refuses the credentials.
    """
    uuid = webhook.uuid or ""
    events, with_decisions = _decisions(broker, uuid)
    if not with_decisions:
        deliveries = broker.deliveries(uuid=uuid, consumer=webhook.consumer, provider=webhook.provider)
        events = sorted(map(_event, islice(deliveries, _MOST_DELIVERIES)), key=_moment, reverse=True)
    return WebhookFacts(
        uuid=uuid,
        description=webhook.description or uuid,
        enabled=webhook.enabled,
        names_of_events=webhook.events,
        pair=f"{_side(webhook.consumer, webhook.consumer_label)} and {_side(webhook.provider, webhook.provider_label)}",
        events=events,
        with_decisions=with_decisions,
        now=now or datetime.now(UTC),
    )


def _decisions(broker: Broker, uuid: str) -> tuple[list[WebhookEvent], bool]:
    with contextlib.suppress(NotSupported):
        return events_of_decisions(broker.webhook_decisions_document(uuid)), True
    return [], False


def _event(delivery: Delivery) -> WebhookEvent:
    happened_at = None
    with contextlib.suppress(ValueError):
        happened_at = dates.parse(delivery.triggered_at or "")
    return WebhookEvent(
        subject=f"An event of {delivery.consumer} and {delivery.provider}",
        triggered=True,
        happened_at=happened_at,
        event=delivery.event,
        status=delivery.status,
        logs_url=delivery.log_url,
    )


def _moment(event: WebhookEvent) -> float:
    return event.happened_at.timestamp() if event.happened_at is not None else 0


def _side(name: str | None, label: str | None) -> str:
    return name or (f"any application with the label {label}" if label is not None else "any application")
