"""Triggered webhooks: the event, the status and the log of each.

Source: Pact Broker protocol, triggered webhooks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from starlette.responses import PlainTextResponse, Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, TEXT, Document, link, timestamp
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.api.verification_results import result_number
from contracts.broker.store import deliveries, pacticipants, pacts, verifications, webhooks
from contracts.broker.store.database import Connection
from contracts.model.deliveries import DeliveryStatus, Execution, TriggeredWebhook, attempts_remaining
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import Pact
from contracts.model.webhooks import Webhook, described


routes = Resources("triggered webhooks")


@routes.get(urls.RESULT_TRIGGERED_WEBHOOKS, urls.RESULT_METADATA_TRIGGERED_WEBHOOKS)
def list_triggered_webhooks_of_result(
    call: Call,
    provider: str,
    consumer: str,
    sha: str,
    number: str,
    metadata: str = "",  # noqa: ARG001, the result is the same under every metadata
) -> Response:
    with call.reading() as connection:
        verification = verifications.find(connection, provider, consumer, sha, result_number(number))
        return call.hal(_list(call, connection, deliveries.of_verification(connection, verification.id)))


@routes.get(urls.PACT_WEBHOOKS_STATUS)
def show_webhooks_status(call: Call, provider: str, consumer: str) -> Response:
    with call.reading() as connection:
        consuming = pacticipants.find(connection, consumer, "consumer")
        providing = pacticipants.find(connection, provider, "provider")
        triggered = deliveries.latest_of_pair(connection, consuming.id, providing.id)
        webhooks_by_id = _webhooks_of(connection, triggered)
        pact = pacts.get_latest(connection, provider, consumer)
    return call.hal(_status(call, provider, consumer, pact, triggered, webhooks_by_id))


@routes.get(urls.PACT_TRIGGERED_WEBHOOKS)
def list_triggered_webhooks_of_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        pact = pacts.find(connection, provider, consumer, version)
        return call.hal(_list(call, connection, deliveries.of_publication(connection, pact.id)))


@routes.get(urls.TRIGGERED_WEBHOOK_LOGS, provides=(TEXT, HAL))
def show_triggered_webhook_log(call: Call, uuid: str) -> Response:
    return _logs(call, uuid)


def _logs(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        triggered = deliveries.find(connection, uuid)
        executions = deliveries.executions(connection, triggered.id)
        names = pacticipants.by_ids(connection, {triggered.consumer_id, triggered.provider_id})
    if call.media_type == HAL:
        return call.hal(_log_document(call, triggered, executions, names))
    waiting = "The webhook has not been sent yet. Ask again in a few seconds\n"
    return PlainTextResponse("\n".join(each.logs for each in executions) or waiting)


def _log_document(
    call: Call, triggered: TriggeredWebhook, executions: Sequence[Execution], names: Mapping[int, Pacticipant]
) -> Document:
    links = {"self": link(call.url, "What was sent and answered")}
    if triggered.webhook_id is not None:
        links["pb:webhook"] = link(call.links.to(urls.WEBHOOK, uuid=triggered.webhook_uuid), "Webhook")
    return {
        "eventName": triggered.event_name,
        "consumerName": names[triggered.consumer_id].name,
        "providerName": names[triggered.provider_id].name,
        "executions": [
            {"success": each.success, "logs": each.logs, "createdAt": timestamp(each.created_at)} for each in executions
        ],
        "_embedded": {"triggeredWebhook": {"uuid": triggered.uuid}},
        "_links": links,
    }


def _webhooks_of(connection: Connection, triggered: Sequence[TriggeredWebhook]) -> Mapping[int, Webhook]:
    return webhooks.by_ids(connection, {each.webhook_id for each in triggered if each.webhook_id is not None})


def _list(call: Call, connection: Connection, triggered: Sequence[TriggeredWebhook]) -> Document:
    webhooks_by_id = _webhooks_of(connection, triggered)
    return {
        "_embedded": {"triggeredWebhooks": [render(call, each, webhooks_by_id) for each in triggered]},
        "_links": {"self": link(call.url, "Triggered webhooks")},
    }


def render(call: Call, triggered: TriggeredWebhook, webhooks_by_id: Mapping[int, Webhook]) -> Document:
    """Return a delivery as HAL."""
    webhook = webhooks_by_id.get(triggered.webhook_id or 0)
    name = described(webhook.request) if webhook else None
    logs = link(call.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=triggered.uuid), "What was sent and answered", name)
    links = {"pb:logs": logs, "logs": logs}
    if webhook is not None:
        links["pb:webhook"] = link(call.links.to(urls.WEBHOOK, uuid=webhook.uuid), "Webhook", name)
        replay = call.links.to(urls.TRIGGERED_WEBHOOK_REPLAY, uuid=triggered.uuid)
        links["pb:replay"] = link(replay, "POST to send it again")
    document: Document = {"name": name} if name is not None else {}
    return document | {
        "status": triggered.status.value,
        "attemptsMade": triggered.attempts_made,
        "attemptsRemaining": attempts_remaining(triggered, call.runtime.settings.webhook_retry_schedule),
        "triggerType": "resource_creation",
        "eventName": triggered.event_name,
        "triggeredAt": timestamp(triggered.created_at),
        "_links": links,
    }


def _status(
    call: Call,
    provider: str,
    consumer: str,
    pact: Pact | None,
    triggered: Sequence[TriggeredWebhook],
    webhooks_by_id: Mapping[int, Webhook],
) -> Document:
    items = [render(call, each, webhooks_by_id) for each in triggered]
    failing = [
        item["_links"]["pb:logs"]
        for each, item in zip(triggered, items, strict=True)
        if each.status in {DeliveryStatus.FAILURE, DeliveryStatus.RETRYING}
    ]
    names = {"provider": provider, "consumer": consumer}
    links: Document = {"self": link(call.url, "Webhooks of the pair, as they stand"), "pb:error-logs": failing}
    links["pb:pact-webhooks"] = link(call.links.to(urls.PACT_WEBHOOKS, **names), "Webhooks of the pair")
    if pact is not None:
        links["pb:pact-version"] = link(pact_url(call.links, pact), "Pact", pact.name)
    for role, name in (("consumer", consumer), ("provider", provider)):
        href = call.links.to(urls.PACTICIPANT, pacticipant=name)
        links[f"pb:{role}"] = link(href, role.capitalize(), name)
    return {"summary": _summary(triggered), "_embedded": {"triggeredWebhooks": items}, "_links": links}


def _summary(triggered: Sequence[TriggeredWebhook]) -> Document:
    counts = Counter(each.status for each in triggered)
    summary = {"successful": counts[DeliveryStatus.SUCCESS], "failed": counts[DeliveryStatus.FAILURE]}
    optional = {"retrying": counts[DeliveryStatus.RETRYING], "notRun": counts[DeliveryStatus.NOT_RUN]}
    return summary | {name: count for name, count in optional.items() if count}
