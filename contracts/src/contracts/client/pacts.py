"""Pacts and provider states as lists: by provider, consumer and branch.

Nothing in the index leads to these lists; the official clients use the same paths.
Source: Pact Broker protocol, pacts and provider states.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.client import hal
from contracts.client.errors import NotFound, UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator
from contracts.client.versions import unknown_pacticipant


@dataclass(frozen=True, slots=True, kw_only=True)
class PactSummary:
    """A pact in a list; *url* is its address, *created_at* when it was published."""

    consumer: str
    consumer_version: str
    provider: str
    url: str
    created_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderState:
    """A provider state with the consumers whose pacts use it."""

    name: str
    params: JsonObject
    consumers: tuple[str, ...]


def latest(navigator: Navigator) -> tuple[PactSummary, ...]:
    """Return the latest pact of each pair, by consumer and provider."""
    document = navigator.get(navigator.relation("pb:latest-pact-versions", "listing the latest pacts"))
    pacts = [_latest_from(navigator, each) for each in hal.objects(document.get("pacts") or [], "pacts")]
    return tuple(sorted(pacts, key=lambda each: (each.consumer, each.provider)))


def of_provider(
    navigator: Navigator,
    provider: str,
    *,
    consumer: str | None = None,
    branch: str | None = None,
    latest_only: bool = False,
) -> tuple[PactSummary, ...]:
    """Return the pacts of *provider* on *branch*, by default the consumers' main branches.

    With *latest_only*, only those of the heads of the branches.

    Raises:
        NotFound: if the provider or the consumer does not exist.
    """
    path = f"/pacts/provider/{hal.segment(provider)}/branch"
    path += f"/{hal.segment(branch)}" if branch is not None else ""
    path += "/latest" if latest_only else ""
    try:
        document = navigator.get(navigator.checked_below(path))
    except NotFound as error:
        raise NotFound(unknown_pacticipant(navigator, provider) or str(error)) from error
    links = hal.links(document, "pb:pacts")
    pacts = [_summary(navigator.get(navigator.address(link.href)), navigator.address(link.href)) for link in links]
    is_missing = consumer is not None and not any(each.consumer == consumer for each in pacts)
    if consumer is not None and is_missing and (unknown := unknown_pacticipant(navigator, consumer)):
        raise NotFound(unknown)
    return tuple(each for each in pacts if consumer in {None, each.consumer})


def text(navigator: Navigator, pact: PactSummary) -> str:
    """Return the JSON text of *pact* as the broker spells it."""
    return navigator.text(pact.url)


def provider_states(
    navigator: Navigator, provider: str, *, branch: str | None = None, environment: str | None = None
) -> tuple[ProviderState, ...]:
    """Return the states in the pacts of the consumers' main branches, of *branch*, or of what is in *environment*.

    Raises:
        NotFound: if the provider or the environment does not exist.
    """
    path = f"/pacts/provider/{hal.segment(provider)}/provider-states"
    if branch is not None:
        path += f"/branch/{hal.segment(branch)}"
    elif environment is not None:
        path += f"/environment/{hal.segment(environment)}"
    try:
        document = navigator.get(navigator.checked_below(path))
    except NotFound as error:
        raise NotFound(unknown_pacticipant(navigator, provider) or str(error)) from error
    states = hal.objects(document.get("providerStates") or [], "providerStates")
    return tuple(
        ProviderState(
            name=hal.text(each, "name"),
            params=hal.mapping(each, "params", {}),
            consumers=tuple(str(name) for name in each.get("consumers") or ()),
        )
        for each in states
    )


def _latest_from(navigator: Navigator, document: JsonObject) -> PactSummary:
    parts = hal.mapping(document, "_embedded")
    consumer, provider = hal.mapping(parts, "consumer"), hal.mapping(parts, "provider")
    version = hal.mapping(hal.mapping(consumer, "_embedded"), "version")
    links = hal.links(document, "self")
    if not links:
        raise UnexpectedAnswer("The broker's answer is not what a Pact Broker sends: a pact has no link 'self'.")
    return PactSummary(
        consumer=hal.text(consumer, "name"),
        consumer_version=hal.text(version, "number"),
        provider=hal.text(provider, "name"),
        url=navigator.address(links[-1].href),
        created_at=hal.get_text(document, "createdAt"),
    )


def _summary(document: JsonObject, url: str) -> PactSummary:
    names = {role: hal.get_link(document, f"pb:{role}") for role in ("consumer", "provider", "consumer-version")}
    missing = [role for role, link in names.items() if link is None or link.name is None]
    if missing:
        raise UnexpectedAnswer(
            f"The broker's answer is not what a Pact Broker sends: the pact {url} does not name its {missing[0]}."
        )
    consumer, provider, version = (link.name if link and link.name else "" for link in names.values())
    return PactSummary(
        consumer=consumer,
        consumer_version=version,
        provider=provider,
        url=url,
        created_at=hal.get_text(document, "createdAt"),
    )
