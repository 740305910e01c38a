"""Template parameters to test a webhook with.

Source: Pact Broker protocol, webhook execution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contracts.broker.actions.describe import Facts
from contracts.broker.store import events, pacts
from contracts.broker.store.database import Connection
from contracts.model.events import LATEST_FROM_MAIN_BRANCH, Happening, Parties, VersionFacts
from contracts.model.pacts import Pact
from contracts.model.webhooks import (
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
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


def parameters(connection: Connection, webhook: NewWebhook | Webhook, base_url: str) -> Mapping[str, str]:
    """Template parameters to test *webhook* with: of the newest pact or result, or placeholders.

    For a webhook that requests verifications, the provider version is the one on the main branch that needs a result,
    or else the newest in an environment; without one there is none, because the webhook would not be sent.
    """
    if RESULT_EVENTS.issuperset(webhook.events) and (happening := _last_result(connection, webhook, base_url)):
        return happening.parameters(TEST)
    pact = pacts.get_newest(connection, webhook.consumer, webhook.provider)
    if pact is not None:
        requiring = CONTRACT_REQUIRING_VERIFICATION_PUBLISHED in webhook.events
        return publication(connection, pact, base_url, requiring=requiring)[0].parameters(TEST)
    return placeholders(*webhook.events)


def placeholders(*names: str) -> Mapping[str, str]:
    """Template parameters of nothing that exists, for the events with these *names*."""
    about_results = not RESULT_EVENTS.isdisjoint(names)
    return (_PLACEHOLDER_RESULT if about_results else _PLACEHOLDER).parameters(TEST)


def publication(connection: Connection, pact: Pact, base_url: str, *, requiring: bool) -> tuple[Happening, bool]:
    """The event that *pact* is published, or requires a verification, and whether a provider version needs a result.

    An event that requires a verification has an example even if every provider version has a result by now.
    """
    unverified = events.unverified(connection, {pact.provider.id: pact.pact_version_id}).get(pact.provider.id, ())
    if not requiring:
        facts = Facts.of_publications(connection, [pact], (), base_url)
        return facts.happening(pact, None), bool(unverified)
    versions = unverified or events.required(connection, pact.provider.id)
    on_main = [each for each in versions if LATEST_FROM_MAIN_BRANCH in each.descriptions]
    chosen = (on_main or list(versions))[-1:]
    facts = Facts.of_publications(connection, [pact], [each.id for each in chosen], base_url)
    happening = replace(facts.happening(pact, None), provider_version=None)
    return facts.requiring(happening, pact, chosen[0]) if chosen else happening, bool(unverified)


def _last_result(connection: Connection, webhook: NewWebhook | Webhook, base_url: str) -> Happening | None:
    """The event of the last result that *webhook* would be sent for, or None."""
    outcomes = {each == PROVIDER_VERIFICATION_SUCCEEDED for each in webhook.events}
    if PROVIDER_VERIFICATION_PUBLISHED in webhook.events:
        outcomes = {True, False}
    newest = events.newest_result(connection, webhook.consumer, webhook.provider, outcomes)
    if newest is None:
        return None
    pact, result = newest
    return Facts.of_results(connection, [pact], {pact.pact_version_id: result}, base_url).happening(pact, None)
