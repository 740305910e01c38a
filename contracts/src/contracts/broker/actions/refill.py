"""Update the template parameters of a webhook when it is sent.

A client may add branch, tags or labels right after the event, and an attempt may be repeated an hour later.
Source: Pact Broker protocol, template parameters; the reference broker fills them when it sends.
"""

from __future__ import annotations

from collections.abc import Mapping

from contracts.broker import urls
from contracts.broker.store import events, labels, pacts, versions
from contracts.broker.store.database import Connection
from contracts.model import metadata
from contracts.model.deliveries import TriggeredWebhook
from contracts.model.events import statuses
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED, RESULT_EVENTS


def parameters(connection: Connection, triggered: TriggeredWebhook) -> Mapping[str, str]:
    """The current template parameters of *triggered*; those of removed data stay as they were at the event.

    A result event keeps its result, and the tags by which its pact was selected.
    """
    filled = dict(triggered.parameters)
    version = versions.get(connection, triggered.consumer_id, filled.get("consumerVersionNumber", ""))
    if version is None:
        return filled
    if triggered.event_name not in RESULT_EVENTS:
        pact = pacts.of_version(connection, version.id, [triggered.provider_id]).get(triggered.provider_id)
        if pact is not None and f"/pact-version/{pact.sha}/" in filled["pactUrl"]:
            filled |= _result(connection, triggered, pact)
    number = filled["providerVersionNumber"]
    verifying = versions.get(connection, triggered.provider_id, number) if number else None
    facts = events.versions_of(connection, [each.id for each in (version, verifying) if each is not None])
    if triggered.event_name not in RESULT_EVENTS:
        filled |= _tags(filled["pactUrl"], filled["consumerVersionNumber"], facts[version.id].tags)
    filled["consumerVersionBranch"] = facts[version.id].branch
    if verifying is not None:
        filled["providerVersionBranch"] = facts[verifying.id].branch
        if triggered.event_name != CONTRACT_REQUIRING_VERIFICATION_PUBLISHED:
            filled["providerVersionTags"] = ", ".join(facts[verifying.id].tags)
    named = labels.of_pacticipants(connection, {triggered.consumer_id, triggered.provider_id})
    filled["consumerLabels"] = ", ".join(named.get(triggered.consumer_id, ()))
    filled["providerLabels"] = ", ".join(named.get(triggered.provider_id, ()))
    return filled


def _result(connection: Connection, triggered: TriggeredWebhook, pact: Pact) -> dict[str, str]:
    """The current result of the content of *pact*, if any."""
    result = events.results_of(connection, [pact.pact_version_id]).get(pact.pact_version_id)
    if result is None:
        return {}
    names = {"provider": pact.provider.name, "consumer": pact.consumer.name, "sha": pact.sha}
    base_url = triggered.parameters["pactUrl"].partition(urls.expand(urls.PACT_VERSION, **names))[0]
    filled = statuses(result.success)
    filled["verificationResultUrl"] = base_url + urls.expand(urls.RESULT, **names, number=str(result.number))
    if triggered.event_name != CONTRACT_REQUIRING_VERIFICATION_PUBLISHED:
        facts = events.versions_of(connection, [result.provider_version_id])
        filled["providerVersionNumber"] = facts[result.provider_version_id].number
    return filled


def _tags(pact_url: str, number: str, tags: tuple[str, ...]) -> dict[str, str]:
    """The consumer version's *tags*, and the URL of its pact, which passes them on to results."""
    address, separator, segment = pact_url.rpartition("/metadata/")
    details = Metadata(
        consumer_version_number=number,
        consumer_version_tags=tags,
        wip=True,
        provider_version_id=metadata.decode(segment).provider_version_id,
    )
    return {"consumerVersionTags": ", ".join(tags), "pactUrl": address + separator + metadata.encode(details)}
