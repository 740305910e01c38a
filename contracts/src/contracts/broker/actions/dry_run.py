"""Dry runs of webhooks: the decision and the request for an event, without sending anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.broker.actions import exemplify
from contracts.broker.actions.describe import Facts
from contracts.broker.store import events, pacticipants, pacts
from contracts.broker.store.database import Connection
from contracts.model.events import Happening
from contracts.model.pacts import Pact
from contracts.model.rendered_requests import RenderedRequest, rendered
from contracts.model.webhook_decisions import (
    Decision,
    Occurrence,
    Reason,
    decide_about,
    publication_events,
    result_events,
)
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, RESULT_EVENTS, NewWebhook, Side, Webhook


_NO_CONTRACT = "No contract between its applications is published yet. The request has example values."
_NO_RESULT = "The contract has no verification result yet. The request has the values of its publication."


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an *event* of *pact* would do; without a pact, the request has example values."""

    event: str
    pact: Pact | None
    decision: Decision
    request: RenderedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The contract to try a webhook with, by the names of its applications and its version; each may be None."""

    consumer: str | None = None
    provider: str | None = None
    version: str | None = None


def dry_run(connection: Connection, webhook: Webhook | NewWebhook, base_url: str, event: str, chosen: Chosen) -> DryRun:
    """Return what *event* would do with *webhook*, for the *chosen* contract, or else the newest between its sides.

    Raises:
        NotFound: if the chosen contract does not exist.
    """
    pact = _pact(connection, webhook, chosen)
    if pact is None:
        decision = Decision(event=event, reason=Reason.NO_CONTRACT, text=_NO_CONTRACT)
        parameters: Mapping[str, str] = {**exemplify.placeholders(event), "eventName": event}
    else:
        decision, parameters = _of_pact(connection, webhook, pact, event, base_url)
    return DryRun(event=event, pact=pact, decision=decision, request=rendered(webhook.request, parameters))


def _pact(connection: Connection, webhook: Webhook | NewWebhook, chosen: Chosen) -> Pact | None:
    if chosen.consumer is not None and chosen.provider is not None:
        if chosen.version is not None:
            return pacts.find(connection, chosen.provider, chosen.consumer, chosen.version)
        return pacts.find_latest(connection, chosen.provider, chosen.consumer)
    for name in (chosen.consumer, chosen.provider):
        if name is not None:
            pacticipants.find(connection, name)
    consumer = webhook.consumer if chosen.consumer is None else Side(name=chosen.consumer)
    provider = webhook.provider if chosen.provider is None else Side(name=chosen.provider)
    consumers = [consumer]
    if chosen.consumer is None and webhook.limits.consumers:
        consumers = [Side(name=each) for each in webhook.limits.consumers]
    newest = [pact for each in consumers if (pact := pacts.get_newest(connection, each, provider)) is not None]
    return max(newest, key=lambda each: each.id, default=None)


def _of_pact(
    connection: Connection, webhook: Webhook | NewWebhook, pact: Pact, event: str, base_url: str
) -> tuple[Decision, Mapping[str, str]]:
    if event in RESULT_EVENTS:
        return _of_result(connection, webhook, pact, event, base_url)
    happening, required = exemplify.publication(connection, pact, base_url, requiring=_requires(event))
    names = publication_events(content_changed=True, required=required)
    return decide_about(webhook, _occurrence(pact, happening, names), event), happening.parameters(event)


def _of_result(
    connection: Connection, webhook: Webhook | NewWebhook, pact: Pact, event: str, base_url: str
) -> tuple[Decision, Mapping[str, str]]:
    result = events.results_of(connection, [pact.pact_version_id]).get(pact.pact_version_id)
    results = {} if result is None else {pact.pact_version_id: result}
    happening = Facts.of_results(connection, [pact], results, base_url).happening(pact, None)
    if result is None:
        return Decision(event=event, reason=Reason.NO_RESULT, text=_NO_RESULT), happening.parameters(event)
    occurrence = _occurrence(pact, happening, result_events(success=result.success))
    return decide_about(webhook, occurrence, event), happening.parameters(event)


def _occurrence(pact: Pact, happening: Happening, names: tuple[str, ...]) -> Occurrence:
    occurrence = Occurrence(consumer=pact.consumer.name, provider=pact.provider.name, events=names)
    return replace(
        occurrence,
        consumer_labels=happening.parties.consumer_labels,
        provider_labels=happening.parties.provider_labels,
        branch=happening.consumer_version.branch,
    )


def _requires(event: str) -> bool:
    return event == CONTRACT_REQUIRING_VERIFICATION_PUBLISHED
