"""Telling webhooks what happened: a row in the outbox for each, in the transaction that made it happen.

Nothing is sent here; whoever commits wakes the delivery. Source: Pact Broker protocol, events and fan-out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker import urls
from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, events, labels, pacts, webhooks
from contracts.broker.store.database import Connection
from contracts.broker.store.deliveries import NewDelivery
from contracts.model import metadata
from contracts.model.deliveries import TriggeredWebhook
from contracts.model.events import (
    AGAIN_WITHIN,
    LATEST_FROM_MAIN_BRANCH,
    Happening,
    LatestResult,
    Parties,
    RequiredVersion,
    VersionFacts,
    identity,
)
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
    RESULT_EVENTS,
    NewWebhook,
    Webhook,
)


TEST = "test"
_COMMIT = "aaaabbbbccccddddeeeeffff0000111122223333"
_PLACEHOLDER = Happening(
    parties=Parties(consumer="placeholder-consumer", provider="placeholder-provider"),
    consumer_version=VersionFacts(number=_COMMIT, branch="main", tags=("dev",)),
    pact_url="http://example.org/pact",
)
_PLACEHOLDER_RESULT = replace(
    _PLACEHOLDER,
    provider_version=VersionFacts(number=_COMMIT, tags=("master",)),
    success=True,
    result_url="http://example.org/result",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggered:
    """A webhook that an event set off."""

    webhook_uuid: str
    description: str | None
    event_name: str
    uuid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """What became of an event: who is told, whether anybody could have been, and whether a verification is wanted."""

    triggered: tuple[Triggered, ...]
    webhooks_exist: bool
    requiring_verification: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """A happening under one of its names, for the webhooks that may want to hear of it."""

    name: str
    happening: Happening
    pact: Pact
    interested: Sequence[Webhook]


def pacts_published(
    runtime: Runtime,
    connection: Connection,
    changed: Sequence[tuple[Pact, bool]],
    *,
    build_url: str | None,
    base_url: str,
    kept: Collection[int] = (),
) -> list[Notified]:
    """Raise the events of pacts that a consumer version published, each with another provider.

    *changed* says of each whether its content is new; what became of each stands in the same order. The events are:
    published, then for each provider version that has no result and needs one: required, and then content changed.
    Addresses in them start with *base_url*. Without webhooks it takes two statements, however many pacts there are.
    *kept* are the providers whose pact the version had before: a client that lost the answer sends it again. What a
    webhook was triggered for within the last minute does not trigger it again.
    """
    published = [pact for pact, _ in changed]
    contents = {each.provider.id: each.pact_version_id for each in published}
    required = events.unverified(connection, contents)
    interested = webhooks.matching(connection, published[0].consumer.id, contents)
    told = [each for each in published if any(other.enabled for other in interested.get(each.provider.id, ()))]
    needed = [each.id for pact in told for each in required.get(pact.provider.id, ())]
    known = _Known.of_publications(connection, told, needed, base_url) if told else None
    raised = [
        event
        for pact, new in changed
        if known is not None and pact in told
        for event in _publication_events(
            known,
            pact,
            required.get(pact.provider.id, ()),
            interested[pact.provider.id],
            content_changed=new,
            build_url=build_url,
        )
    ]
    again = [each.id for each in told if each.provider.id in kept]
    since = runtime.now() - AGAIN_WITHIN
    earlier = deliveries.of_publications_since(connection, again, since) if again else ()
    triggered = _trigger(runtime, connection, raised, verification_id=None, earlier=earlier)
    return [
        Notified(
            triggered=tuple(triggered.get(each.id, ())),
            webhooks_exist=each.provider.id in interested,
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

    A result that was sent *again* triggers no webhook a second time for the same consumer version.

    Where the address of the result named no version, the latest with the content, *pact*, is told of.
    """
    outcome = PROVIDER_VERIFICATION_SUCCEEDED if verification.success else PROVIDER_VERIFICATION_FAILED
    names = (PROVIDER_VERIFICATION_PUBLISHED, outcome)
    matching = webhooks.matching(connection, pact.consumer.id, [pact.provider.id])
    interested = [
        each for each in matching.get(pact.provider.id, ()) if each.enabled and not set(names).isdisjoint(each.events)
    ]
    if not interested:
        return
    ids = selected.consumer_version_ids
    named = pacts.of_content(connection, pact.pact_version_id, selected.consumer_version_number, ids) or [pact]
    result = LatestResult(
        number=verification.number, success=verification.success, provider_version_id=verification.provider_version_id
    )
    known = _Known.of_results(connection, named, {pact.pact_version_id: result}, base_url)
    raised = [
        _Event(name=name, happening=happening, pact=each, interested=interested)
        for each in named
        for happening in (known.happening(each, verification.build_url, _selected_tags(selected, each)),)
        for name in names
    ]
    earlier = deliveries.of_verification(connection, verification.id) if again else ()
    _trigger(runtime, connection, raised, verification_id=verification.id, earlier=earlier)


def example(connection: Connection, webhook: NewWebhook | Webhook, base_url: str) -> Mapping[str, str]:
    """Template parameters to test *webhook* with: what its event would name of the newest pact or result, or made up.

    A webhook that asks for verifications gets a provider version that is required to have one: that of the main branch,
    else the newest in an environment, else none, as it would not be sent then.
    """
    if RESULT_EVENTS.issuperset(webhook.events) and (happening := _last_result(connection, webhook, base_url)):
        return happening.parameters(TEST)
    pact = pacts.get_newest(connection, webhook.consumer, webhook.provider)
    if pact is not None and CONTRACT_REQUIRING_VERIFICATION_PUBLISHED in webhook.events:
        return _required(connection, pact, base_url).parameters(TEST)
    if pact is not None:
        return _Known.of_publications(connection, [pact], (), base_url).happening(pact, None).parameters(TEST)
    about_results = not RESULT_EVENTS.isdisjoint(webhook.events)
    return (_PLACEHOLDER_RESULT if about_results else _PLACEHOLDER).parameters(TEST)


def _required(connection: Connection, pact: Pact, base_url: str) -> Happening:
    """*pact* as the event tells of it that asks a provider version for its verification, which may have one by now."""
    contents = {pact.provider.id: pact.pact_version_id}
    unverified = events.unverified(connection, contents).get(pact.provider.id, ())
    versions = unverified or events.required(connection, pact.provider.id)
    on_main = [each for each in versions if LATEST_FROM_MAIN_BRANCH in each.descriptions]
    chosen = (on_main or list(versions))[-1:]
    known = _Known.of_publications(connection, [pact], [each.id for each in chosen], base_url)
    happening = replace(known.happening(pact, None), provider_version=None)
    return known.requiring(happening, chosen[0]) if chosen else happening


def _last_result(connection: Connection, webhook: NewWebhook | Webhook, base_url: str) -> Happening | None:
    """The last result that *webhook* would be sent for, and the pact that it is about; None where there is none."""
    outcomes = {each == PROVIDER_VERIFICATION_SUCCEEDED for each in webhook.events}
    if PROVIDER_VERIFICATION_PUBLISHED in webhook.events:
        outcomes = {True, False}
    newest = events.newest_result(connection, webhook.consumer, webhook.provider, outcomes)
    if newest is None:
        return None
    pact, result = newest
    return _Known.of_results(connection, [pact], {pact.pact_version_id: result}, base_url).happening(pact, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of versions, of applications by label, and of contents; addresses start with *base_url*."""

    versions: Mapping[int, VersionFacts]
    labels: Mapping[int, Sequence[str]]
    results: Mapping[int, LatestResult]
    base_url: str

    @classmethod
    def of_publications(
        cls, connection: Connection, published: Sequence[Pact], version_ids: Collection[int], base_url: str
    ) -> _Known:
        """What is known of *published* and of *version_ids*: a content may have a result, under another version."""
        results = events.results_of(connection, [each.pact_version_id for each in published])
        return cls._of(connection, published, results, version_ids, base_url)

    @classmethod
    def of_results(
        cls, connection: Connection, verified: Sequence[Pact], results: Mapping[int, LatestResult], base_url: str
    ) -> _Known:
        """What is known of *verified*, with these *results*."""
        return cls._of(connection, verified, results, (), base_url)

    @classmethod
    def _of(
        cls,
        connection: Connection,
        told: Sequence[Pact],
        results: Mapping[int, LatestResult],
        version_ids: Collection[int],
        base_url: str,
    ) -> _Known:
        ids = {each.consumer_version.id for each in told} | {each.provider_version_id for each in results.values()}
        parties = {party.id for each in told for party in (each.consumer, each.provider)}
        return cls(
            versions=events.versions_of(connection, ids | set(version_ids)),
            labels=labels.of_pacticipants(connection, parties),
            results=results,
            base_url=base_url,
        )

    def happening(self, pact: Pact, build_url: str | None, tags: tuple[str, ...] | None = None) -> Happening:
        """What is told of *pact*, its version with *tags* in place of its own where they are given."""
        version = self.versions[pact.consumer_version.id]
        if tags is not None:
            version = replace(version, tags=tags)
        happening = Happening(
            parties=Parties(
                consumer=pact.consumer.name,
                provider=pact.provider.name,
                consumer_labels=self.labels.get(pact.consumer.id, ()),
                provider_labels=self.labels.get(pact.provider.id, ()),
            ),
            consumer_version=version,
            pact_url=self._pact_url(pact, version),
            build_url=build_url,
        )
        if (result := self.results.get(pact.pact_version_id)) is None:
            return happening
        return replace(
            happening,
            provider_version=self.versions[result.provider_version_id],
            success=result.success,
            result_url=self.base_url + urls.expand(urls.RESULT, **_names(pact), number=str(result.number)),
        )

    def requiring(self, happening: Happening, required: RequiredVersion) -> Happening:
        """*happening* with a provider version that should have a result."""
        # the reference broker tells of the version's tags only where it has a result
        version = replace(self.versions[required.id], tags=())
        return replace(happening, provider_version=version, required_because=required.descriptions)

    def _pact_url(self, pact: Pact, version: VersionFacts) -> str:
        """The address of the content, which leads its results back to this version; they count as work in progress."""
        said = Metadata(consumer_version_number=version.number, consumer_version_tags=version.tags, wip=True)
        path = urls.expand(urls.PACT_VERSION_METADATA, **_names(pact), metadata=metadata.encode(said))
        return self.base_url + path


def _publication_events(
    known: _Known,
    pact: Pact,
    required: Sequence[RequiredVersion],
    interested: Sequence[Webhook],
    *,
    content_changed: bool,
    build_url: str | None,
) -> Iterator[_Event]:
    happening = known.happening(pact, build_url)
    yield _Event(name=CONTRACT_PUBLISHED, happening=happening, pact=pact, interested=interested)
    for each in required:
        wanted = known.requiring(happening, each)
        name = CONTRACT_REQUIRING_VERIFICATION_PUBLISHED
        yield _Event(name=name, happening=wanted, pact=pact, interested=interested)
    if content_changed:
        yield _Event(name=CONTRACT_CONTENT_CHANGED, happening=happening, pact=pact, interested=interested)


def _trigger(
    runtime: Runtime,
    connection: Connection,
    raised: Sequence[_Event],
    *,
    verification_id: int | None,
    earlier: Sequence[TriggeredWebhook],
) -> dict[int, list[Triggered]]:
    """Put the webhooks that listen to what is *raised* into the outbox; those of each publication, by its id.

    Among the *earlier* deliveries, one for the same event takes the place of a new one, unless the webhook was changed
    since.
    """
    delivered = {(each.webhook_id, identity(each.event_name, each.parameters)): each for each in earlier}
    new: list[NewDelivery] = []
    triggered: dict[int, list[Triggered]] = {}
    for event in raised:
        for webhook in (each for each in event.interested if each.enabled and event.name in each.events):
            parameters = event.happening.parameters(event.name)
            before = delivered.get((webhook.id, identity(event.name, parameters)))
            if before is not None and before.created_at >= webhook.updated_at:
                uuid = before.uuid
            else:
                uuid = runtime.uuid()
                new.append(_delivery(uuid, event, webhook, parameters, verification_id))
            triggered.setdefault(event.pact.id, []).append(
                Triggered(webhook_uuid=webhook.uuid, description=webhook.shown_as, event_name=event.name, uuid=uuid)
            )
    deliveries.add(connection, new, runtime.now())
    return triggered


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
    """The tags that the version of *pact* was selected by; None where the address named no version."""
    if not selected.consumer_version_ids and selected.consumer_version_number is None:
        return None
    version_id = pact.consumer_version.id
    tags = tuple(
        each.tag for each in selected.selectors if each.consumer_version_id == version_id and each.tag is not None
    )
    return tags or selected.consumer_version_tags


def _names(pact: Pact) -> dict[str, str]:
    return {"provider": pact.provider.name, "consumer": pact.consumer.name, "sha": pact.sha}
