"""Notify webhooks of events: a row in the outbox for each, in the transaction of the event.

Nothing is sent here; the caller wakes the delivery after the commit. Source: Pact Broker protocol, events and fan-out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.broker.actions.describe import Facts
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, events, jobs, pacts, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.store.deliveries import NewDelivery
from contracts.model.deliveries import TriggeredWebhook
from contracts.model.events import (
    AGAIN_WITHIN,
    Happening,
    LatestResult,
    RequiredVersion,
    identity,
)
from contracts.model.jobs import Need
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.verifications import Verification
from contracts.model.webhooks import (
    CONTRACT_CONTENT_CHANGED,
    CONTRACT_PUBLISHED,
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_FAILED,
    PROVIDER_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_SUCCEEDED,
    Webhook,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A webhook that an event triggered."""

    webhook_uuid: str
    description: str | None
    event_name: str
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The effect of a publication: the triggered webhooks, whether any exist, and whether a result is required."""

    triggered: tuple[Triggered, ...]
    webhooks_exist: bool
    requiring_verification: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """A happening under one of its names, with the webhooks that may listen to it."""

    name: str
    happening: Happening
    pact: Pact
    listeners: Sequence[Webhook]
    required: RequiredVersion | None = None
    """The provider version that needs a result, for the event that requests it."""


def pacts_published(
    runtime: Runtime,
    connection: Connection,
    publications: Sequence[tuple[Pact, bool]],
    *,
    build_url: str | None,
    base_url: str,
    published_before: Collection[int] = (),
) -> list[Notified]:
    """Raise the events of pacts that a consumer version published, each with another provider.

    *publications* says for each pact whether its content changed; the result has the same order. The events are:
    published; for each provider version that needs a result: required; and content changed. URLs start with *base_url*.
    Without webhooks this takes two statements for any number of pacts, and one more if any needs a result.

    *published_before* are the providers whose pact the version already had, for example because a client lost the
    response and sent the request again. A webhook that was triggered for it within the last minute is not triggered
    again.
    """
    published = [pact for pact, _ in publications]
    contents = {each.provider.id: each.pact_version_id for each in published}
    required = events.unverified(connection, contents)
    matching = webhooks.matching(connection, published[0].consumer.id, contents)
    audible = [each for each in published if any(other.enabled for other in matching.get(each.provider.id, ()))]
    version_ids = [each.id for pact in audible for each in required.get(pact.provider.id, ())]
    facts = Facts.of_publications(connection, audible, version_ids, base_url) if audible else None
    raised = [
        event
        for pact, changed in publications
        if facts is not None and pact in audible
        for event in _publication_events(
            facts,
            pact,
            required.get(pact.provider.id, ()),
            matching[pact.provider.id],
            content_changed=changed,
            build_url=build_url,
        )
    ]
    repeated = [each.id for each in audible if each.provider.id in published_before]
    since = runtime.now() - AGAIN_WITHIN
    earlier = deliveries.of_publications_since(connection, repeated, since) if repeated else ()
    triggered = _trigger(runtime, connection, raised, verification_id=None, earlier=earlier)
    _require_verifications(runtime, connection, published, required, triggered)
    return [
        Notified(
            triggered=tuple(one for event, one in triggered if event.pact is each),
            webhooks_exist=each.provider.id in matching,
            requiring_verification=each.provider.id in required,
        )
        for each in published
    ]


def result_published(
    runtime: Runtime,
    connection: Connection,
    *,
    verification: Verification,
    pact: Pact,
    selected: Metadata,
    base_url: str,
    again: bool = False,
) -> None:
    """Raise the events of a result: published, and succeeded or failed, once for each consumer version *selected*.

    If the URL of the result named no version, the events are about *pact*, the latest with the content. A result that
    was sent *again* does not trigger a webhook a second time for the same consumer version.
    """
    outcome = PROVIDER_VERIFICATION_SUCCEEDED if verification.success else PROVIDER_VERIFICATION_FAILED
    names = (PROVIDER_VERIFICATION_PUBLISHED, outcome)
    matching = webhooks.matching(connection, pact.consumer.id, [pact.provider.id])
    listeners = [
        each for each in matching.get(pact.provider.id, ()) if each.enabled and not set(names).isdisjoint(each.events)
    ]
    if not listeners:
        return
    ids = selected.consumer_version_ids
    verified = pacts.of_content(connection, pact.pact_version_id, selected.consumer_version_number, ids) or [pact]
    result = LatestResult(
        number=verification.number, success=verification.success, provider_version_id=verification.provider_version_id
    )
    facts = Facts.of_results(connection, verified, {pact.pact_version_id: result}, base_url)
    raised = [
        _Event(name=name, happening=happening, pact=each, listeners=listeners)
        for each in verified
        for happening in (facts.happening(each, verification.build_url, _selected_tags(selected, each)),)
        for name in names
    ]
    earlier = deliveries.of_verification(connection, verification.id) if again else ()
    _trigger(runtime, connection, raised, verification_id=verification.id, earlier=earlier)


def _publication_events(
    facts: Facts,
    pact: Pact,
    required: Sequence[RequiredVersion],
    listeners: Sequence[Webhook],
    *,
    content_changed: bool,
    build_url: str | None,
) -> Iterator[_Event]:
    happening = facts.happening(pact, build_url)
    yield _Event(name=CONTRACT_PUBLISHED, happening=happening, pact=pact, listeners=listeners)
    for each in required:
        yield _Event(
            name=CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
            happening=facts.requiring(happening, pact, each),
            pact=pact,
            listeners=listeners,
            required=each,
        )
    if content_changed:
        yield _Event(name=CONTRACT_CONTENT_CHANGED, happening=happening, pact=pact, listeners=listeners)


def _trigger(
    runtime: Runtime,
    connection: Connection,
    raised: Sequence[_Event],
    *,
    verification_id: int | None,
    earlier: Sequence[TriggeredWebhook],
) -> list[tuple[_Event, Triggered]]:
    """Put the webhooks that listen to the *raised* events into the outbox; return them with their events.

    If one of the *earlier* deliveries was for the same event, it is used again, unless the webhook has changed since.
    """
    delivered = {(each.webhook_id, identity(each.event_name, each.parameters)): each for each in earlier}
    new: list[NewDelivery] = []
    triggered: list[tuple[_Event, Triggered]] = []
    for event in raised:
        for webhook in (each for each in event.listeners if each.enabled and event.name in each.events):
            parameters = event.happening.parameters(event.name)
            before = delivered.get((webhook.id, identity(event.name, parameters)))
            if before is not None and before.created_at >= webhook.updated_at:
                uuid = before.uuid
            else:
                uuid = runtime.uuid()
                new.append(_delivery(uuid, event, webhook, parameters, verification_id))
            one = Triggered(webhook_uuid=webhook.uuid, description=webhook.shown_as, event_name=event.name, uuid=uuid)
            triggered.append((event, one))
    deliveries.add(connection, new, runtime.now())
    return triggered


def _require_verifications(
    runtime: Runtime,
    connection: Connection,
    published: Sequence[Pact],
    required: Mapping[int, Sequence[RequiredVersion]],
    triggered: Sequence[tuple[_Event, Triggered]],
) -> None:
    """Record a job for each *published* pact and provider version that needs its result."""
    uuids: dict[tuple[int, int], str] = {}
    for event, one in triggered:
        if event.required is not None:
            uuids.setdefault((event.pact.id, event.required.id), one.uuid)
    needs = [
        Need(
            consumer_id=pact.consumer.id,
            provider_id=pact.provider.id,
            pact_version_id=pact.pact_version_id,
            consumer_version_id=pact.consumer_version.id,
            provider_version_id=each.id,
            reasons=each.descriptions,
            delivery_uuid=uuids.get((pact.id, each.id)),
        )
        for pact in published
        for each in required.get(pact.provider.id, ())
    ]
    if needs:
        jobs.require(connection, [(runtime.uuid(), each) for each in needs], runtime.now())


def _delivery(
    uuid: str, event: _Event, webhook: Webhook, parameters: Mapping[str, str], verification_id: int | None
) -> NewDelivery:
    return NewDelivery(
        uuid=uuid,
        webhook_id=webhook.id,
        webhook_uuid=webhook.uuid,
        event_name=event.name,
        consumer_id=event.pact.consumer.id,
        provider_id=event.pact.provider.id,
        pact_publication_id=event.pact.id,
        verification_id=verification_id,
        parameters=parameters,
    )


def _selected_tags(selected: Metadata, pact: Pact) -> tuple[str, ...] | None:
    """The tags by which the version of *pact* was selected; None if the URL of the result named no version."""
    if not selected.consumer_version_ids and selected.consumer_version_number is None:
        return None
    version_id = pact.consumer_version.id
    tags = tuple(
        each.tag for each in selected.selectors if each.consumer_version_id == version_id and each.tag is not None
    )
    return tags or selected.consumer_version_tags
