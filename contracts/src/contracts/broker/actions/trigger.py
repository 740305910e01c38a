"""Trigger webhooks: a row in the outbox for each that an event fires, and a record of every decision.

Both follow from `contracts.model.webhook_decisions`, and are written in the transaction of the event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.broker.actions import seal
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, webhook_decisions
from contracts.broker.store.database import Connection
from contracts.broker.store.deliveries import NewDelivery
from contracts.broker.store.webhook_decisions import NewRecord
from contracts.model.deliveries import TriggeredWebhook
from contracts.model.events import Happening, RequiredVersion, identity
from contracts.model.pacts import Pact
from contracts.model.rendered_requests import RenderedRequest, rendered
from contracts.model.webhook_decisions import Decision, DecisionRecord, Occurrence, Reason, decide, depends_on_facts
from contracts.model.webhooks import Webhook


_TRIGGERED_BEFORE = "The same request, sent again within a minute, had triggered it already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A webhook that an event triggered."""

    webhook_uuid: str
    description: str | None
    event_name: str
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A happening under one of its names."""

    name: str
    happening: Happening
    required: RequiredVersion | None = None
    """The provider version that needs a result, for the event that requests it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An occurrence, its *events*, and the webhooks that may listen to them.

    Without a candidate that depends on facts there are no events, because they would trigger nothing.
    """

    pact: Pact
    occurrence: Occurrence
    candidates: Sequence[Webhook]
    events: Sequence[Event] = field(default_factory=tuple)
    verification_id: int | None = None

    @property
    def depends_on_facts(self) -> bool:
        """Whether a candidate may be triggered."""
        return any(depends_on_facts(each, self.occurrence) for each in self.candidates)

    @property
    def webhooks_exist(self) -> bool:
        """Whether a candidate is for these applications, enabled or not."""
        others = {Reason.ANOTHER_APPLICATION, Reason.ANOTHER_LABEL}
        return any(others.isdisjoint(each.reason for each in decide(one, self.occurrence)) for one in self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Firing:
    """A webhook that an event fires, and its delivery; *again* if an earlier request triggered it."""

    raised: Raised
    event: Event
    webhook: Webhook
    parameters: Mapping[str, str]
    request: RenderedRequest
    uuid: str
    again: bool


def trigger(
    runtime: Runtime, connection: Connection, raised: Sequence[Raised], *, earlier: Sequence[TriggeredWebhook]
) -> list[tuple[Pact, Event, Triggered]]:
    """Put the webhooks that the *raised* events fire into the outbox, and record the decisions.

    If one of the *earlier* deliveries was for the same event, it is used again, unless the webhook has changed since.
    Without candidates this takes no statement.
    """
    decided = [(each, [(one, decide(one, each.occurrence)) for one in each.candidates]) for each in raised]
    delivered = {(each.webhook_id, identity(each.event_name, each.parameters)): each for each in earlier}
    firings = [
        _firing(runtime, each, event, webhook, delivered)
        for each, decisions in decided
        for event in each.events
        for webhook, of_webhook in decisions
        if any(one.fires and one.event == event.name for one in of_webhook)
    ]
    deliveries.add(connection, [_delivery(each) for each in firings if not each.again], runtime.now())
    records = [_record(each, decisions, firings) for each, decisions in decided if decisions]
    webhook_decisions.add(connection, records, runtime.now())
    return [(each.raised.pact, each.event, _triggered(each)) for each in firings]


def _firing(
    runtime: Runtime,
    raised: Raised,
    event: Event,
    webhook: Webhook,
    delivered: Mapping[tuple[int | None, frozenset[tuple[str, str]]], TriggeredWebhook],
) -> _Firing:
    parameters = event.happening.parameters(event.name)
    before = delivered.get((webhook.id, identity(event.name, parameters)))
    again = before is not None and before.created_at >= webhook.updated_at
    uuid = before.uuid if before is not None and again else runtime.uuid()
    request = rendered(seal.readable(runtime, webhook.request), parameters)
    return _Firing(
        raised=raised, event=event, webhook=webhook, parameters=parameters, request=request, uuid=uuid, again=again
    )


def _triggered(firing: _Firing) -> Triggered:
    return Triggered(
        webhook_uuid=firing.webhook.uuid,
        description=firing.webhook.shown_as,
        event_name=firing.event.name,
        uuid=firing.uuid,
    )


def _delivery(firing: _Firing) -> NewDelivery:
    return NewDelivery(
        uuid=firing.uuid,
        webhook_id=firing.webhook.id,
        webhook_uuid=firing.webhook.uuid,
        event_name=firing.event.name,
        consumer_id=firing.raised.pact.consumer.id,
        provider_id=firing.raised.pact.provider.id,
        pact_publication_id=firing.raised.pact.id,
        verification_id=firing.raised.verification_id,
        parameters=firing.parameters,
    )


def _record(
    raised: Raised, decisions: Sequence[tuple[Webhook, Sequence[Decision]]], firings: Sequence[_Firing]
) -> NewRecord:
    own = [each for each in firings if each.raised is raised]
    return NewRecord(
        consumer_id=raised.pact.consumer.id,
        provider_id=raised.pact.provider.id,
        pact_publication_id=raised.pact.id,
        verification_id=raised.verification_id,
        events=raised.occurrence.events,
        decisions=[
            record
            for webhook, of_webhook in decisions
            for decision in of_webhook
            for record in _decision_records(webhook, decision, own)
        ],
    )


def _decision_records(webhook: Webhook, decision: Decision, firings: Sequence[_Firing]) -> Iterator[DecisionRecord]:
    """Yield the record of a decision, or one for each delivery if it fires."""
    if not decision.fires:
        yield DecisionRecord(
            webhook_uuid=webhook.uuid,
            description=webhook.shown_as,
            event=decision.event,
            reason=decision.reason,
            text=decision.text,
        )
    for each in firings:
        if decision.fires and each.webhook is webhook and each.event.name == decision.event:
            yield _fired(each)


def _fired(firing: _Firing) -> DecisionRecord:
    required = firing.event.required is not None
    version = firing.event.happening.provider_version
    return DecisionRecord(
        webhook_uuid=firing.webhook.uuid,
        description=firing.webhook.shown_as,
        event=firing.event.name,
        reason=Reason.TRIGGERED_BEFORE if firing.again else None,
        text=_TRIGGERED_BEFORE if firing.again else "",
        delivery_uuid=firing.uuid,
        provider_version=version.number if required and version is not None else None,
        request=firing.request.document(),
    )
