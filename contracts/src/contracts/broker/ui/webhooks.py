"""The pages of webhooks: the list, one webhook with its decisions, and one delivery. They mask secrets.

Every change is a link to the form of `forms`, which requires its token and the permission to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import dry_run, explain_webhooks, seal
from contracts.broker.actions.dry_run import Chosen
from contracts.broker.api import base_urls
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, pacticipants, webhook_decisions, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages, page_number
from contracts.broker.webhooks import requests
from contracts.model import signatures
from contracts.model.deliveries import DeliveryStatus, TriggeredWebhook, attempts_remaining
from contracts.model.rendered_requests import as_curl, masked, rendered
from contracts.model.webhooks import EVENTS, Webhook, WebhookRequest, body_text


PAGE_SIZE = 50
MOST_DELIVERIES = 30
MOST_EVENTS = 30
VERIFY_GUIDE = "https://github.com/pact-contracts/contracts/blob/main/docs/guide/webhooks.md#verify-deliveries"
"""How a receiver verifies the signature of a delivery."""
STATES = {
    DeliveryStatus.NOT_RUN: ("unverified", "waiting"),
    DeliveryStatus.RETRYING: ("failure", "failed, will be sent again"),
    DeliveryStatus.SUCCESS: ("success", "delivered"),
    DeliveryStatus.FAILURE: ("failure", "failed"),
}
"""The class and the words of each state of a delivery."""
ACTIONS = (
    ("Test it…", "POST", urls.WEBHOOK_EXECUTE),
    ("New signing secret…", "POST", urls.WEBHOOK_SIGNING_SECRET),
    ("Delete…", "DELETE", urls.WEBHOOK),
)
"""What people do with a webhook: the words, the method and the path."""


def add(pages: Pages) -> None:
    """Add the pages to *pages*."""

    @pages.page(urls.WEBHOOKS)
    def show_all(request: Request) -> str:
        q, page = request.query_params.get("q", "").strip(), page_number(request.query_params)
        with pages.runtime.database.reading() as connection:
            listed = webhooks.search(connection, q, PAGE_SIZE, (page - 1) * PAGE_SIZE)
            total = webhooks.count(connection, q)
            newest = deliveries.newest(connection, MOST_DELIVERIES)
            names = _names(connection, newest)
            shown_ids = {each.webhook_id for each in newest if each.webhook_id is not None} - {
                each.id for each in listed
            }
            others = webhooks.by_ids(connection, shown_ids) if shown_ids else {}
        described = {each.id: each.shown_as for each in (*listed, *others.values())}
        return pages.render(
            "webhooks.html",
            section="webhooks",
            title="Webhooks",
            webhooks=listed,
            q=q,
            total=total,
            page=page,
            last_page=max(1, -(-total // PAGE_SIZE)),
            deliveries=newest,
            names=names,
            states=STATES,
            described=described,
        )

    @pages.page(urls.WEBHOOK)
    def show(request: Request, uuid: str) -> str:
        with pages.runtime.database.reading() as connection:
            webhook = webhooks.find(connection, uuid)
            newest = deliveries.newest(connection, MOST_DELIVERIES, webhook.id)
            names = _names(connection, newest)
            records = explain_webhooks.of_webhook(connection, webhook, MOST_EVENTS)
            event = request.query_params.get("event", "")
            event = event if event in EVENTS else webhook.events[0]
            base = base_urls.of(pages.runtime.settings.base_url, request)
            readable = replace(webhook, request=seal.readable(pages.runtime, webhook.request))
            tried = dry_run.dry_run(connection, readable, base, event, Chosen())
        problem = requests.problem_of(pages.runtime.settings, webhook.request)
        return pages.render(
            "webhook.html",
            section="webhooks",
            title=f"Webhook: {webhook.shown_as}",
            webhook=webhook,
            request_text=_request_text(readable.request),
            limits=[(name, words) for name, words in _limits(webhook) if words],
            actions=[(words, method, urls.expand(path, uuid=uuid)) for words, method, path in ACTIONS],
            here=urls.expand(urls.WEBHOOK, uuid=uuid),
            guide=VERIFY_GUIDE,
            signing=signatures.valid(webhook.signing_secrets, pages.runtime.now()),
            events=EVENTS,
            tried=tried,
            problems=[each for each in (problem, tried.request.problem) if each],
            curl=as_curl(tried.request),
            records=records,
            deliveries=newest,
            names=names,
            states=STATES,
            described={webhook.id: webhook.shown_as},
        )

    @pages.page(urls.TRIGGERED_WEBHOOK_LOGS, scripts=True)
    def show_delivery(_request: Request, uuid: str) -> str:
        with pages.runtime.database.reading() as connection:
            delivery = deliveries.find(connection, uuid)
            attempts = deliveries.executions(connection, delivery.id)
            names = _names(connection, [delivery])
            webhook = webhooks.get(connection, delivery.webhook_uuid)
            records = webhook_decisions.of_delivery(connection, uuid)
        decisions = [each for record in records for each in record.decisions]
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
            replay=urls.expand(urls.TRIGGERED_WEBHOOK_REPLAY, uuid=uuid),
            in_progress=delivery.status is DeliveryStatus.NOT_RUN,
            here=pages.url(urls.TRIGGERED_WEBHOOK_LOGS, uuid=uuid),
            script=LIVE_SCRIPT,
            others=[each for each in decisions if each.delivery_uuid != uuid],
            curl=_curl(pages.runtime, webhook, delivery.parameters) if webhook is not None else "",
        )


def _curl(runtime: Runtime, webhook: Webhook, parameters: Mapping[str, str]) -> str:
    return as_curl(rendered(seal.readable(runtime, webhook.request), parameters))


def _limits(webhook: Webhook) -> list[tuple[str, Sequence[str]]]:
    limits = webhook.limits
    return [("Consumers", limits.consumers), ("Branches", limits.branches), ("Labels", limits.labels)]


def _names(connection: Connection, listed: Iterable[TriggeredWebhook]) -> Mapping[int, str]:
    """Return the names of the applications in these deliveries, by id."""
    ids = {each for delivery in listed for each in (delivery.consumer_id, delivery.provider_id)}
    return {each.id: each.name for each in pacticipants.by_ids(connection, ids).values()}


def _request_text(request: WebhookRequest) -> str:
    """Return *request* as text, with masked secrets."""
    shown = masked(request)
    lines = [f"{shown.method} {shown.url}", *(f"{name}: {value}" for name, value in shown.headers.items())]
    if shown.body is not None:
        lines += ["", body_text(shown.body)]
    return "\n".join(lines)
