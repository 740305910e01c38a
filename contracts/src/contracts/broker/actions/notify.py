"""Notify webhooks of events: a row in the outbox for each, in the transaction of the event.

Nothing is sent here; the caller wakes the delivery after the commit. Source: Pact Broker protocol, events and fan-out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker.actions import trigger
from contracts.broker.actions.describe import Facts
from contracts.broker.actions.trigger import Event, Raised, Triggered
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, events, jobs, pacts, webhooks
from contracts.broker.store.database import Connection
from contracts.model.events import AGAIN_WITHIN, Happening, LatestResult, RequiredVersion
from contracts.model.jobs import Job, Need
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.verifications import Verification
from contracts.model.webhook_decisions import Occurrence, publication_events, result_events
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The effect of a publication: the triggered webhooks, whether any exist, and the versions that need a result."""

    triggered: tuple[Triggered, ...]
    webhooks_exist: bool
    required: tuple[RequiredVersion, ...]


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
    candidates = webhooks.candidates(connection, published[0].consumer.id, contents)
    raised = [
        Raised(
            pact=pact,
            occurrence=_occurrence(
                pact,
                publication_events(content_changed=changed, required=pact.provider.id in required),
            ),
            candidates=candidates.get(pact.provider.id, ()),
        )
        for pact, changed in publications
    ]
    audible = [each.pact for each in raised if each.depends_on_facts]
    if audible:
        version_ids = [each.id for pact in audible for each in required.get(pact.provider.id, ())]
        facts = Facts.of_publications(connection, audible, version_ids, base_url)
        raised = [
            _with_publication_events(each, facts, required.get(each.pact.provider.id, ()), build_url)
            if each.depends_on_facts
            else each
            for each in raised
        ]
    repeated = [each.id for each in audible if each.provider.id in published_before]
    since = runtime.now() - AGAIN_WITHIN
    earlier = deliveries.of_publications_since(connection, repeated, since) if repeated else ()
    triggered = trigger.trigger(runtime, connection, raised, earlier=earlier)
    _require_verifications(runtime, connection, published, required, triggered, base_url)
    return [
        Notified(
            triggered=tuple(one for pact, _, one in triggered if pact is each.pact),
            webhooks_exist=each.webhooks_exist,
            required=required.get(each.pact.provider.id, ()),
        )
        for each in raised
    ]


def verification_required(runtime: Runtime, connection: Connection, job: Job) -> str | None:
    """Raise the event that requests the verification of *job* again; return the uuid of a delivery, None without one.

    The event is about the consumer version that began the job, or the latest with the same content.
    """
    candidates = webhooks.candidates(connection, job.consumer_id, [job.provider_id]).get(job.provider_id, ())
    pact = pacts.find_by_sha(connection, job.provider, job.consumer, job.sha, version=job.consumer_version)
    occurrence = _occurrence(pact, (CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,))
    raised = Raised(pact=pact, occurrence=occurrence, candidates=candidates)
    if raised.depends_on_facts:
        unverified = events.unverified(connection, {job.provider_id: job.pact_version_id}).get(job.provider_id, ())
        required = next(
            (each for each in unverified if each.id == job.provider_version_id),
            RequiredVersion(id=job.provider_version_id, number=job.provider_version, descriptions=job.reasons),
        )
        facts = Facts.of_publications(connection, [pact], [required.id], job.base_url)
        raised = _with_publication_events(raised, facts, [required], build_url=None)
    triggered = trigger.trigger(runtime, connection, [raised], earlier=())
    return triggered[0][2].uuid if triggered else None


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
    candidates = webhooks.candidates(connection, pact.consumer.id, [pact.provider.id]).get(pact.provider.id)
    if not candidates:
        return
    ids = selected.consumer_version_ids
    verified = pacts.of_content(connection, pact.pact_version_id, selected.consumer_version_number, ids) or [pact]
    names = result_events(success=verification.success)
    raised = [
        Raised(
            pact=each,
            occurrence=_occurrence(each, names),
            candidates=candidates,
            verification_id=verification.id,
        )
        for each in verified
    ]
    if any(each.depends_on_facts for each in raised):
        result = LatestResult(
            number=verification.number,
            success=verification.success,
            provider_version_id=verification.provider_version_id,
        )
        facts = Facts.of_results(connection, verified, {pact.pact_version_id: result}, base_url)
        raised = [
            _with_events(each, happening, [(name, happening, None) for name in names])
            for each in raised
            for happening in (facts.happening(each.pact, verification.build_url, _selected_tags(selected, each.pact)),)
        ]
    earlier = deliveries.of_verification(connection, verification.id) if again else ()
    trigger.trigger(runtime, connection, raised, earlier=earlier)


def _occurrence(pact: Pact, names: tuple[str, ...]) -> Occurrence:
    return Occurrence(consumer=pact.consumer.name, provider=pact.provider.name, events=names)


def _with_publication_events(
    raised: Raised, facts: Facts, required: Sequence[RequiredVersion], build_url: str | None
) -> Raised:
    happening = facts.happening(raised.pact, build_url)
    described: list[tuple[str, Happening, RequiredVersion | None]] = []
    for name in raised.occurrence.events:
        if name == CONTRACT_REQUIRING_VERIFICATION_PUBLISHED:
            described += [(name, facts.requiring(happening, raised.pact, each), each) for each in required]
        else:
            described.append((name, happening, None))
    return _with_events(raised, happening, described)


def _with_events(
    raised: Raised, happening: Happening, described: Sequence[tuple[str, Happening, RequiredVersion | None]]
) -> Raised:
    """Return *raised* with its events and with the labels and the branch on which decisions depend."""
    occurrence = replace(
        raised.occurrence,
        consumer_labels=happening.parties.consumer_labels,
        provider_labels=happening.parties.provider_labels,
        branch=happening.consumer_version.branch,
    )
    raised_events = [Event(name=name, happening=each, required=required) for name, each, required in described]
    return replace(raised, occurrence=occurrence, events=raised_events)


def _require_verifications(
    runtime: Runtime,
    connection: Connection,
    published: Sequence[Pact],
    required: Mapping[int, Sequence[RequiredVersion]],
    triggered: Sequence[tuple[Pact, Event, Triggered]],
    base_url: str,
) -> None:
    """Record a job for each *published* pact and provider version that needs its result.

    A webhook for another event of the publication may start a build too: a result is then expected for a lease.
    """
    uuids: dict[tuple[int, int], str] = {}
    announced = set()
    for pact, event, one in triggered:
        if event.required is not None:
            uuids.setdefault((pact.id, event.required.id), one.uuid)
        else:
            announced.add(pact.id)
    lease_end = runtime.now() + runtime.settings.patience_for_verifications.lease
    needs = [
        Need(
            consumer_id=pact.consumer.id,
            provider_id=pact.provider.id,
            pact_version_id=pact.pact_version_id,
            consumer_version_id=pact.consumer_version.id,
            provider_version_id=each.id,
            reasons=each.descriptions,
            base_url=base_url,
            delivery_uuid=uuids.get((pact.id, each.id)),
            deadline=lease_end if pact.id in announced and (pact.id, each.id) not in uuids else None,
        )
        for pact in published
        for each in required.get(pact.provider.id, ())
    ]
    if needs:
        jobs.require(connection, [(runtime.uuid(), each) for each in needs], runtime.now())


def _selected_tags(selected: Metadata, pact: Pact) -> tuple[str, ...] | None:
    """The tags by which the version of *pact* was selected; None if the URL of the result named no version."""
    if not selected.consumer_version_ids and selected.consumer_version_number is None:
        return None
    version_id = pact.consumer_version.id
    tags = tuple(
        each.tag for each in selected.selectors if each.consumer_version_id == version_id and each.tag is not None
    )
    return tags or selected.consumer_version_tags
