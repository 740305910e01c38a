"""`/webhook-decisions`: which webhooks an event triggered, and why not the others; dry runs, and replays of deliveries.

Additions of this broker, which official clients ignore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import dry_run, explain_webhooks, seal
from contracts.broker.actions.dry_run import Chosen, DryRun
from contracts.broker.api import queries
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.pacts import pact_url
from contracts.broker.api.resources import Resources
from contracts.broker.api.triggered_webhooks import render as render_delivery
from contracts.broker.store import deliveries, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.broker.webhooks import requests
from contracts.model.deliveries import Execution, TriggeredWebhook
from contracts.model.errors import Conflict, InvalidFields
from contracts.model.rendered_requests import as_curl
from contracts.model.webhook_decisions import DecisionRecord, OccurrenceRecord
from contracts.model.webhook_rules import event_problem


routes = Resources("webhook decisions")
_Attempts = Mapping[str, tuple[TriggeredWebhook, Sequence[Execution]]]


@routes.get(urls.WEBHOOK_DECISIONS, query=queries.texts("pacticipant", "version", "webhook"))
def list_webhook_decisions(call: Call) -> Response:
    pacticipant, version = queries.text(call.query, "pacticipant"), queries.text(call.query, "version")
    uuid = queries.text(call.query, "webhook")
    _require_subject(pacticipant, version, uuid)
    with call.reading() as connection:
        webhook = webhooks.find(connection, uuid) if uuid is not None else None
        if pacticipant is not None and version is not None:
            records = explain_webhooks.of_version(connection, pacticipant, version, webhook)
        else:
            records = explain_webhooks.of_webhook(connection, webhook) if webhook is not None else []
        attempts = _attempts(connection, records)
    items = [_item(call, each, attempts) for each in records]
    return call.hal({"_embedded": {"events": items}, "_links": {"self": link(call.url, "Decisions about webhooks")}})


@routes.get(urls.WEBHOOK_DRY_RUN, query=queries.texts("event", "consumer", "provider", "version"))
def dry_run_webhook(call: Call, uuid: str) -> Response:
    query = call.query
    event = queries.text(query, "event")
    chosen = Chosen(**{name: queries.text(query, name) for name in ("consumer", "provider", "version")})
    _require_contract(event, chosen)
    with call.reading() as connection:
        webhook = webhooks.find(connection, uuid)
        readable = replace(webhook, request=seal.readable(call.runtime, webhook.request))
        tried = dry_run.dry_run(connection, readable, call.links.base, event or webhook.events[0], chosen)
    problem = requests.problem_of(call.runtime.settings, webhook.request)
    document = _tried(call, tried, problem)
    webhook_link = link(call.links.to(urls.WEBHOOK, uuid=uuid), "Webhook", webhook.shown_as)
    return call.hal(document | {"_links": {"self": link(call.url, "Dry run"), "pb:webhook": webhook_link}})


@routes.post(urls.TRIGGERED_WEBHOOK_REPLAY, accepts=None)
def replay_delivery(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        triggered = deliveries.find(connection, uuid)
        new_uuid, now = call.runtime.uuid(), call.now()
        if not deliveries.repeat(connection, uuid, new_uuid, now, now):
            raise Conflict("The webhook of this delivery was removed or disabled. Enable it, and replay again")
        new = deliveries.find(connection, new_uuid)
        by_id = webhooks.by_ids(connection, {each for each in (triggered.webhook_id,) if each is not None})
    call.runtime.wake_delivery()
    logs = call.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=new_uuid)
    return call.hal(render_delivery(call, new, by_id), 201, location=logs)


def decisions_url(links: Links, **filters: str) -> str:
    """Return the URL of the decisions that these *filters* choose."""
    return f"{links.to(urls.WEBHOOK_DECISIONS)}?{urlencode(filters)}"


def _require_subject(pacticipant: str | None, version: str | None, webhook: str | None) -> None:
    if (pacticipant is None) != (version is None):
        missing = "version" if version is None else "pacticipant"
        raise InvalidFields({missing: ["is required, because pacticipant and version belong together"]})
    if pacticipant is None and webhook is None:
        raise InvalidFields({"pacticipant": ["is required, with a version; or give a webhook"]})


def _require_contract(event: str | None, chosen: Chosen) -> None:
    if event is not None and (problem := event_problem(event)) is not None:
        raise InvalidFields({"event": [problem]})
    if chosen.version is not None and (chosen.consumer is None or chosen.provider is None):
        raise InvalidFields({"version": ["is of the consumer, and requires consumer and provider"]})


def _attempts(connection: Connection, records: Sequence[OccurrenceRecord]) -> _Attempts:
    uuids = {each.delivery_uuid for one in records for each in one.decisions if each.delivery_uuid is not None}
    if not uuids:
        return {}
    listed = deliveries.by_uuids(connection, uuids)
    executions = deliveries.executions_of(connection, [each.id for each in listed.values()])
    return {uuid: (each, executions.get(each.id, ())) for uuid, each in listed.items()}


def _item(call: Call, record: OccurrenceRecord, attempts: _Attempts) -> Document:
    pair = {"provider": record.provider, "consumer": record.consumer}
    pact = call.links.to(urls.PACT, **pair, version=record.consumer_version)
    links = {"pb:pact": link(pact, "Pact", f"{record.consumer} {record.consumer_version}")}
    if record.result is not None:
        result = call.links.to(urls.RESULT, **pair, sha=record.sha, number=str(record.result))
        links["pb:verification-result"] = link(result, "Verification result")
    return {
        "occurrence": "contract_publication" if record.result is None else "verification_result",
        "events": list(record.events),
        "consumer": {"name": record.consumer, "version": record.consumer_version},
        "provider": present({"name": record.provider, "version": record.provider_version}),
        "recorded": record.recorded,
        "createdAt": timestamp(record.created_at),
        "decisions": [_decision(call, each, attempts) for each in record.decisions],
        "_links": links,
    }


def _decision(call: Call, decision: DecisionRecord, attempts: _Attempts) -> Document:
    links = {
        "pb:webhook": link(call.links.to(urls.WEBHOOK, uuid=decision.webhook_uuid), "Webhook", decision.description)
    }
    document: Document = {
        "webhook": {"uuid": decision.webhook_uuid, "description": decision.description},
        "event": decision.event,
        "triggered": decision.reason is None,
        "reason": decision.reason.value if decision.reason is not None else None,
        "text": decision.text or None,
        "providerVersion": decision.provider_version,
        "request": decision.request,
    }
    uuid = decision.delivery_uuid or ""
    if uuid in attempts:
        triggered, executions = attempts[uuid]
        links["pb:logs"] = link(call.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=uuid), "What was sent and answered")
        document["delivery"] = {
            "uuid": uuid,
            "status": triggered.status.value,
            "attempts": [{"success": each.success, "createdAt": timestamp(each.created_at)} for each in executions],
        }
    return present(document) | {"_links": links}


def _tried(call: Call, tried: DryRun, problem: str | None) -> Document:
    document: Document = {
        "event": tried.event,
        "triggered": tried.decision.fires,
        "reason": tried.decision.reason.value if tried.decision.reason is not None else None,
        "text": tried.decision.text or None,
        "problem": problem,
        "request": tried.request.document(),
        "curl": as_curl(tried.request),
    }
    if tried.pact is not None:
        document["pact"] = {
            "consumer": tried.pact.consumer.name,
            "consumerVersion": tried.pact.consumer_version.number,
            "provider": tried.pact.provider.name,
            "href": pact_url(call.links, tried.pact),
        }
    return present(document)
