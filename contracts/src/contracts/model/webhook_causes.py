"""Why a webhook was sent, or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.model import next_commands
from contracts.model.cause_classes import Cause, CauseClass
from contracts.model.cause_facts import MAX_LISTED, ago, iso
from contracts.model.matrix_documents import Document, link_of, moment_of, object_of, objects_of, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A decision of our broker about a webhook at one publication or result, or a delivery of any broker.

    *subject* is what happened, in words. If the webhook was not *triggered*, *text* says why not. *status* is that of
    the delivery: success, failure, retrying or not_run.
    """

    subject: str
    triggered: bool
    happened_at: datetime | None = None
    event: str | None = None
    reason: str | None = None
    text: str = ""
    status: str | None = None
    logs_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFacts:
    """A webhook with its newest *events*, the newest first; *with_decisions* if these include what did not trigger it.

    *pair* are its consumer and provider in words.
    """

    uuid: str
    description: str
    enabled: bool
    names_of_events: Sequence[str]
    pair: str
    events: Sequence[WebhookEvent]
    with_decisions: bool
    now: datetime


def explain_webhook(webhook: WebhookFacts) -> list[Cause]:
    """Return why the webhook is not sent at all, and what became of the newest events."""
    causes = list(_disabled(webhook))
    if not webhook.events:
        causes.append(_unused(webhook))
    return [*causes, *(_of_event(webhook, each) for each in webhook.events[:MAX_LISTED])]


def events_of_decisions(document: Document) -> list[WebhookEvent]:
    """Read the decisions about one webhook."""
    events: list[WebhookEvent] = []
    for occurrence in objects_of(object_of(document, "_embedded").get("events")):
        consumer, provider = object_of(occurrence, "consumer"), object_of(occurrence, "provider")
        what = f"version {text_of(consumer, 'version')} of {text_of(consumer, 'name')} with {text_of(provider, 'name')}"
        is_result = text_of(occurrence, "occurrence") == "verification_result"
        by = f" by version {text_of(provider, 'version')}" if is_result else ""
        subject = f"The result{by} for the pact of {what}" if is_result else f"The publication of the pact of {what}"
        events += [_decision(each, subject, occurrence) for each in objects_of(occurrence.get("decisions"))]
    return events


def _decision(decision: Document, subject: str, occurrence: Document) -> WebhookEvent:
    return WebhookEvent(
        subject=subject,
        triggered=decision.get("triggered") is True,
        happened_at=moment_of(occurrence, "createdAt"),
        event=text_of(decision, "event"),
        reason=text_of(decision, "reason"),
        text=text_of(decision, "text") or "",
        status=text_of(object_of(decision, "delivery"), "status"),
        logs_url=link_of(decision, "pb:logs"),
    )


def _disabled(webhook: WebhookFacts) -> Iterator[Cause]:
    if not webhook.enabled:
        yield Cause(
            kind=CauseClass.WEBHOOK_DISABLED,
            text=f"The webhook {webhook.description} is disabled, so no event sends it.",
            evidence={"webhook": webhook.uuid},
            command=next_commands.enable_webhook(webhook.uuid),
        )


def _unused(webhook: WebhookFacts) -> Cause:
    heard = ", ".join(webhook.names_of_events)
    if webhook.with_decisions:
        remark = f"Nothing has happened yet between {webhook.pair} that the broker remembers."
    else:
        remark = "This broker does not say which events it decided against."
    return Cause(
        kind=CauseClass.WEBHOOK_UNUSED,
        text=f"No event has triggered the webhook {webhook.description}. It is for {heard} of {webhook.pair}. {remark}",
        evidence={"webhook": webhook.uuid, "events": list(webhook.names_of_events)},
        command=next_commands.describe_webhook(webhook.uuid),
    )


def _of_event(webhook: WebhookFacts, event: WebhookEvent) -> Cause:
    happened = f"{event.subject}{f', {ago(event.happened_at, webhook.now)},' if event.happened_at else ''}"
    evidence = {
        "webhook": webhook.uuid,
        "event": event.event or "",
        "reason": event.reason or "",
        "status": event.status or "",
        "happened_at": iso(event.happened_at),
        "logs": event.logs_url or "",
    }
    kind, text, command = _outcome(webhook, event)
    return Cause(
        kind=kind,
        text=f"{happened} {text}",
        evidence={name: value for name, value in evidence.items() if value},
        command=command,
    )


def _outcome(webhook: WebhookFacts, event: WebhookEvent) -> tuple[CauseClass, str, str]:
    if not event.triggered:
        text = f"did not trigger the webhook. {event.text}".strip()
        return CauseClass.WEBHOOK_NOT_TRIGGERED, text, next_commands.describe_webhook(webhook.uuid)
    logs = next_commands.show_deliveries(webhook.uuid)
    match event.status:
        case "failure":
            return CauseClass.WEBHOOK_FAILED, "triggered the webhook, but its request failed.", logs
        case "retrying":
            return CauseClass.WEBHOOK_SENDING, "triggered the webhook; the broker sends the request again.", logs
        case "not_run" | None:
            return CauseClass.WEBHOOK_SENDING, "triggered the webhook; the broker has not sent it yet.", logs
        case _:
            return CauseClass.WEBHOOK_SENT, "triggered the webhook, which was sent with success.", logs
