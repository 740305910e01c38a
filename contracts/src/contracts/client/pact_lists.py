"""Pacts and provider states as lists; free of I/O.

Source: Pact Broker protocol, pacts and provider states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from contracts.client import hal
from contracts.client.errors import UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.model.provider_states import ProviderState


_PACT_URL = re.compile(r"/pacts/provider/([^/?]+)/consumer/([^/?]+)/version/([^/?]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PactSummary:
    """A pact in a list; *url* is its address, *created_at* when it was published, if the list says so."""

    consumer: str
    consumer_version: str
    provider: str
    url: str
    created_at: str | None = None


def latest_pact_from(document: JsonObject) -> PactSummary:
    """Read one item of the list of latest pacts; its *url* is as the broker wrote it."""
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
        url=links[-1].href,
        created_at=hal.get_text(document, "createdAt"),
    )


def pact_summary_from_url(url: str) -> PactSummary | None:
    """Read a summary from the *url* of a consumer version's pact; None for any other URL.

    >>> pact_summary_from_url("http://broker/pacts/provider/api/consumer/web%2Fui/version/1").consumer
    'web/ui'
    >>> pact_summary_from_url("http://broker/pacts/provider/api/consumer/web/latest")
    """
    match = _PACT_URL.search(url)
    if match is None:
        return None
    provider, consumer, version = map(unquote, match.groups())
    return PactSummary(consumer=consumer, consumer_version=version, provider=provider, url=url)


def pact_summary_from(document: JsonObject, url: str) -> PactSummary:
    """Read a summary of the pact that was fetched from *url*."""
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


def provider_state_from(document: JsonObject) -> ProviderState:
    """Read one item of the list of provider states."""
    return ProviderState(
        name=hal.text(document, "name"),
        params=hal.get_mapping(document, "params"),
        consumers=tuple(str(name) for name in document.get("consumers") or ()),
    )
