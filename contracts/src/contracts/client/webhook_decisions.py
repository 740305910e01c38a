"""Decisions about webhooks, and dry runs, as documents; free of I/O. Only the Contracts broker has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.client import hal
from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDecision:
    """The effect of an event on a webhook: it was *triggered*, or the *reason* and a *text* that say why not.

    *event* is None if no event came into question. *request* is the rendered request, with masked secrets.
    *delivery_uuid*, *status* and *attempts* (whether each succeeded) are those of the delivery.
    """

    webhook_uuid: str
    webhook: str | None
    event: str | None
    triggered: bool
    reason: str | None
    text: str | None
    provider_version: str | None
    request: JsonObject | None
    delivery_uuid: str | None
    status: str | None
    attempts: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A publication or result, the *events* that it raised, and its decisions.

    *provider_version* is None for a publication. Without a record (*recorded* is false), the decisions are what follows
    from the webhook as it is now.
    """

    occurrence: str
    events: tuple[str, ...]
    consumer: str
    consumer_version: str
    provider: str
    provider_version: str | None
    created_at: str
    recorded: bool
    decisions: tuple[WebhookDecision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an *event* would do with a webhook now, and the request as a document and as a *curl* command.

    *problem* is a setting of the broker that forbids the request. *pact* names the contract, None without one.
    """

    event: str
    triggered: bool
    reason: str | None
    text: str | None
    problem: str | None
    request: JsonObject
    curl: str
    pact: JsonObject | None


def event_from(document: JsonObject) -> WebhookEvent:
    """Read an occurrence with its decisions."""
    consumer, provider = hal.mapping(document, "consumer"), hal.mapping(document, "provider")
    return WebhookEvent(
        occurrence=hal.text(document, "occurrence"),
        events=tuple(map(str, document.get("events") or ())),
        consumer=hal.text(consumer, "name"),
        consumer_version=hal.text(consumer, "version"),
        provider=hal.text(provider, "name"),
        provider_version=hal.get_text(provider, "version"),
        created_at=hal.text(document, "createdAt"),
        recorded=hal.truth(document, "recorded"),
        decisions=tuple(_decision(each) for each in hal.objects(document.get("decisions") or [], "decisions")),
    )


def dry_run_from(document: JsonObject) -> DryRun:
    """Read a dry run."""
    return DryRun(
        event=hal.text(document, "event"),
        triggered=hal.truth(document, "triggered"),
        reason=hal.get_text(document, "reason"),
        text=hal.get_text(document, "text"),
        problem=hal.get_text(document, "problem"),
        request=hal.mapping(document, "request"),
        curl=hal.text(document, "curl"),
        pact=hal.get_mapping(document, "pact"),
    )


def _decision(document: JsonObject) -> WebhookDecision:
    webhook = hal.mapping(document, "webhook")
    delivery: dict[str, Any] = hal.get_mapping(document, "delivery") or {}
    attempts = hal.objects(delivery.get("attempts") or [], "attempts")
    return WebhookDecision(
        webhook_uuid=hal.text(webhook, "uuid"),
        webhook=hal.get_text(webhook, "description"),
        event=hal.get_text(document, "event"),
        triggered=hal.truth(document, "triggered"),
        reason=hal.get_text(document, "reason"),
        text=hal.get_text(document, "text"),
        provider_version=hal.get_text(document, "providerVersion"),
        request=hal.get_mapping(document, "request"),
        delivery_uuid=hal.get_text(delivery, "uuid"),
        status=hal.get_text(delivery, "status"),
        attempts=tuple(hal.truth(each, "success") for each in attempts),
    )
