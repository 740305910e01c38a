"""The pages of webhooks: the list, one webhook, and the log of one delivery. They change nothing, and mask secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import deliveries, pacticipants, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import Pages
from contracts.model.deliveries import DeliveryStatus, TriggeredWebhook, attempts_remaining
from contracts.model.redaction import redacted, redacted_value
from contracts.model.webhooks import WebhookRequest, body_text


MOST_DELIVERIES = 30
STATES = {
    DeliveryStatus.NOT_RUN: ("unverified", "waiting"),
    DeliveryStatus.RETRYING: ("failure", "failed, will be sent again"),
    DeliveryStatus.SUCCESS: ("success", "delivered"),
    DeliveryStatus.FAILURE: ("failure", "failed"),
}
"""The class and the words of each state of a delivery."""


def add(pages: Pages) -> None:
    """Add the pages to *pages*."""

    @pages.page(urls.WEBHOOKS)
    def show_all(_request: Request) -> str:
        with pages.runtime.database.reading() as connection:
            every = webhooks.all(connection)
            newest = deliveries.newest(connection, MOST_DELIVERIES)
            names = _names(connection, newest)
        return pages.render(
            "webhooks.html",
            section="webhooks",
            title="Webhooks",
            webhooks=every,
            deliveries=newest,
            names=names,
            states=STATES,
            described={each.id: each.shown_as for each in every},
        )

    @pages.page(urls.WEBHOOK)
    def show(_request: Request, uuid: str) -> str:
        with pages.runtime.database.reading() as connection:
            webhook = webhooks.find(connection, uuid)
            newest = deliveries.newest(connection, MOST_DELIVERIES, webhook.id)
            names = _names(connection, newest)
        return pages.render(
            "webhook.html",
            section="webhooks",
            title=f"Webhook: {webhook.shown_as}",
            webhook=webhook,
            request_text=_request_text(webhook.request),
            deliveries=newest,
            names=names,
            states=STATES,
            described={webhook.id: webhook.shown_as},
        )

    @pages.page(urls.TRIGGERED_WEBHOOK_LOGS)
    def show_delivery(_request: Request, uuid: str) -> str:
        with pages.runtime.database.reading() as connection:
            delivery = deliveries.find(connection, uuid)
            attempts = deliveries.executions(connection, delivery.id)
            names = _names(connection, [delivery])
            webhook = webhooks.get(connection, delivery.webhook_uuid)
        return pages.render(
            "delivery.html",
            section="webhooks",
            title=f"Delivery: {STATES[delivery.status][1]}",
            delivery=delivery,
            attempts=attempts,
            remaining=attempts_remaining(delivery, pages.runtime.settings.webhook_retry_schedule),
            names=names,
            states=STATES,
            webhook=webhook,
        )


def _names(connection: Connection, listed: Iterable[TriggeredWebhook]) -> Mapping[int, str]:
    """Return the names of the applications in these deliveries, by id."""
    ids = {each for delivery in listed for each in (delivery.consumer_id, delivery.provider_id)}
    return {each.id: each.name for each in pacticipants.by_ids(connection, ids).values()}


def _request_text(request: WebhookRequest) -> str:
    """Return *request* as text, with masked secrets."""
    secrets = request.secrets()
    lines = [f"{request.method.upper()} {redacted(request.url, secrets)}"]
    lines += [f"{name}: {value}" for name, value in request.redacted_headers().items()]
    if request.body is not None:
        lines += ["", body_text(redacted_value(request.body, secrets))]
    return "\n".join(lines)
