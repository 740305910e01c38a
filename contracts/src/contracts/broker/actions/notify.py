"""Telling webhooks what happened: a row in the outbox for each, in the transaction that made it happen.

Nothing is sent here; whoever commits wakes the delivery. Source: Pact Broker protocol, events and fan-out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.store import deliveries, labels, pacts, requirements, verifications, webhooks
from contracts.broker.store.deliveries import NewDelivery
from contracts.model import metadata
from contracts.model import webhooks as events
from contracts.model.events import Happening, Parties, ResultFacts, VersionFacts
from contracts.model.metadata import Metadata


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from contracts.broker.broker import Broker
    from contracts.model.pacts import Pact
    from contracts.model.verifications import Verification
    from contracts.model.webhooks import NewWebhook, Side, Webhook


TEST = "test"
_COMMIT = "aaaabbbbccccddddeeeeffff0000111122223333"
PLACEHOLDER = Happening(
    parties=Parties(consumer="placeholder-consumer", provider="placeholder-provider"),
    consumer_version=VersionFacts(id=0, number=_COMMIT, branch="main", tags=("main",)),
    pact_url="http://example.org/pact",
    result=ResultFacts(
        success=True,
        url="http://example.org/result",
        provider_version=VersionFacts(id=0, number=_COMMIT, branch="main", tags=("main",)),
    ),
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


def pact_published(
    broker: Broker,
    connection: Connection,
    *,
    pact: Pact,
    content_changed: bool,
    build_url: str | None,
    base_url: str,
) -> Notified:
    """Raise the events of publishing *pact*: published, required by a provider version without a result, changed.

    Addresses in the events start with *base_url*.
    """
    required = requirements.unverified(connection, pact.provider.id, pact.pact_version_id)
    interested = webhooks.matching(connection, pact.consumer.id, pact.provider.id)
    triggered: tuple[Triggered, ...] = ()
    if interested:
        happened = _publication(connection, pact, build_url, base_url)
        happenings = [(events.CONTRACT_PUBLISHED, happened)]
        happenings += [
            (events.CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, replace(happened, required=each)) for each in required
        ]
        if content_changed:
            happenings.append((events.CONTRACT_CONTENT_CHANGED, happened))
        triggered = _trigger(broker, connection, interested, [(*each, pact) for each in happenings], None)
    return Notified(triggered=triggered, webhooks_exist=bool(interested), requiring_verification=bool(required))


def result_published(
    broker: Broker,
    connection: Connection,
    *,
    verification: Verification,
    pact: Pact,
    selected: Metadata,
    base_url: str,
) -> None:
    """Raise the events of a result: published, and succeeded or failed, once for each consumer version *selected*.

    Where the address of the result named no version, the latest with the content, *pact*, is told of.
    """
    interested = webhooks.matching(connection, pact.consumer.id, pact.provider.id)
    outcome = events.PROVIDER_VERIFICATION_SUCCEEDED if verification.success else events.PROVIDER_VERIFICATION_FAILED
    names = (events.PROVIDER_VERIFICATION_PUBLISHED, outcome)
    if not any(set(each.events) & set(names) for each in interested):
        return
    result = _result(connection, verification, pact, base_url)
    told = _told_of(connection, pact, selected)
    parties = _parties(connection, pact)
    happenings = [
        (
            name,
            Happening(
                parties=parties,
                consumer_version=version,
                pact_url=_permalink(base_url, each, version),
                result=result,
                build_url=verification.build_url,
            ),
            each,
        )
        for each, version in told
        for name in names
    ]
    _trigger(broker, connection, interested, happenings, verification.id)


def example(connection: Connection, webhook: NewWebhook | Webhook, base_url: str) -> Mapping[str, str]:
    """Template parameters to test *webhook* with: of the latest pact that it would be sent for, or made up."""
    pact = pacts.get_newest(connection, _name(webhook.consumer), _name(webhook.provider))
    if pact is None:
        return PLACEHOLDER.parameters(TEST)
    return _publication(connection, pact, None, base_url).parameters(TEST)


def _name(side: Side | None) -> str | None:
    return None if side is None else side.name


def _trigger(
    broker: Broker,
    connection: Connection,
    interested: Iterable[Webhook],
    happenings: Iterable[tuple[str, Happening, Pact]],
    verification_id: int | None,
) -> tuple[Triggered, ...]:
    wanted = [
        (webhook, name, happening, pact, broker.uuid())
        for name, happening, pact in happenings
        for webhook in interested
        if name in webhook.events
    ]
    new = [
        NewDelivery(
            uuid=uuid,
            webhook_id=webhook.id,
            webhook_uuid=webhook.uuid,
            event_name=name,
            consumer_id=pact.consumer.id,
            provider_id=pact.provider.id,
            pact_publication_id=pact.id,
            verification_id=verification_id,
            parameters=happening.parameters(name),
        )
        for webhook, name, happening, pact, uuid in wanted
    ]
    deliveries.add(connection, new, broker.now())
    return tuple(
        Triggered(webhook_uuid=webhook.uuid, description=webhook.shown_as, event_name=name, uuid=uuid)
        for webhook, name, _, _, uuid in wanted
    )


def _publication(connection: Connection, pact: Pact, build_url: str | None, base_url: str) -> Happening:
    version = _facts(connection, [pact.consumer_version.id])[pact.consumer_version.id]
    # a content may have been verified before, under another version: its status is known already
    known = verifications.latest_from_main_branch(connection, pact.pact_version_id)
    known = known or verifications.latest_for_content(connection, pact.pact_version_id)
    return Happening(
        parties=_parties(connection, pact),
        consumer_version=version,
        pact_url=_permalink(base_url, pact, version),
        result=_result(connection, known, pact, base_url) if known else None,
        build_url=build_url,
    )


def _parties(connection: Connection, pact: Pact) -> Parties:
    carried = labels.of_pacticipants(connection, [pact.consumer.id, pact.provider.id])
    return Parties(
        consumer=pact.consumer.name,
        provider=pact.provider.name,
        consumer_labels=carried.get(pact.consumer.id, ()),
        provider_labels=carried.get(pact.provider.id, ()),
    )


def _told_of(connection: Connection, pact: Pact, selected: Metadata) -> list[tuple[Pact, VersionFacts]]:
    """The publications that a result is about, each with its version as the selectors described it."""
    ids = selected.consumer_version_ids
    named = pacts.of_content(connection, pact.pact_version_id, selected.consumer_version_number, ids) or [pact]
    known = _facts(connection, [each.consumer_version.id for each in named])
    tags = _selected_tags(selected)
    return [
        (
            each,
            replace(version, tags=tags.get(version.id, selected.consumer_version_tags)) if _says(selected) else version,
        )
        for each in named
        for version in (known[each.consumer_version.id],)
    ]


def _says(selected: Metadata) -> bool:
    return bool(selected.consumer_version_ids) or selected.consumer_version_number is not None


def _selected_tags(selected: Metadata) -> Mapping[int, tuple[str, ...]]:
    tags: dict[int, tuple[str, ...]] = {}
    for each in selected.selectors:
        if each.consumer_version_id is not None and each.tag is not None:
            tags[each.consumer_version_id] = (*tags.get(each.consumer_version_id, ()), each.tag)
    return tags


def _result(connection: Connection, verification: Verification, pact: Pact, base_url: str) -> ResultFacts:
    version = _facts(connection, [verification.provider_version_id])[verification.provider_version_id]
    url = base_url + urls.expand(
        urls.RESULT,
        provider=pact.provider.name,
        consumer=pact.consumer.name,
        sha=pact.sha,
        number=str(verification.number),
    )
    return ResultFacts(success=verification.success, url=url, provider_version=version)


def _facts(connection: Connection, version_ids: list[int]) -> dict[int, VersionFacts]:
    return requirements.facts(connection, version_ids)


def _permalink(base_url: str, pact: Pact, version: VersionFacts) -> str:
    """The address of the content, which leads its results back to this version; they count as work in progress."""
    said = Metadata(consumer_version_number=version.number, consumer_version_tags=version.tags, wip=True)
    return base_url + urls.expand(
        urls.PACT_VERSION_METADATA,
        provider=pact.provider.name,
        consumer=pact.consumer.name,
        sha=pact.sha,
        metadata=metadata.encode(said),
    )
