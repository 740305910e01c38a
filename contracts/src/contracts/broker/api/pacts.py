"""A pact: publishing, merging, reading and removing it; the latest of a pair, by tag, branch or content.

Source: Pact Broker protocol, single pact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import publish
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import EXTENDED, HAL, JSON, Document, Hal, curies, dumps, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import audit_trail, pact_filters, pacts, publications, versions
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.broker.webhooks.fetches import Fetch
from contracts.model import contents
from contracts.model.errors import InvalidFields
from contracts.model.metadata import Metadata, decode, encode
from contracts.model.pacts import OnConflict, Pact
from contracts.model.publications import Contract, PublicationOutcome
from contracts.model.versions import TagOf, VersionRef


_FORMS = (HAL, JSON, EXTENDED)
_ALIASES = (urls.PACT, urls.PACT_PLURAL_ALIAS, urls.PACT_SINGULAR_ALIAS)


def pact_url(links: Links, pact: Pact, template: str = urls.PACT, **more: str) -> str:
    """Return the URL of *pact*, or with another *template* a URL below it or its content."""
    return links.to(
        template,
        provider=pact.provider.name,
        consumer=pact.consumer.name,
        version=pact.consumer_version.number,
        sha=pact.sha,
        **more,
    )


def pact_link(links: Links, pact: Pact) -> Document:
    """Return the link to *pact*."""
    return link(pact_url(links, pact), "Pact", pact.name)


def require_names(document: Mapping[str, Any], *, consumer: str, provider: str) -> None:
    """Refuse a contract that names another consumer or provider; missing names are accepted.

    Raises:
        InvalidFields: with every name that differs.
    """
    errors = {}
    for role, expected in (("consumer", consumer), ("provider", provider)):
        party = document.get(role)
        name = party.get("name") if isinstance(party, dict) else None
        if name is not None and name != expected:
            errors[f"{role}.name"] = [f"is '{name}' in the contract, but it is published for '{expected}'"]
    if errors:
        raise InvalidFields(errors)


routes = Resources("pacts")


@routes.put(*_ALIASES, body=Body, provides=_FORMS)
def publish_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    return _publish(call, provider, consumer, version, "overwrite")


@routes.patch(*_ALIASES, body=Body, provides=_FORMS, accepts=(JSON,))
def merge_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    return _publish(call, provider, consumer, version, "merge")


@routes.get(*_ALIASES, provides=_FORMS)
def show_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        return answer(call, connection, pacts.find(connection, provider, consumer, version))


@routes.delete(*_ALIASES)
def delete_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.writing() as connection:
        pact = pacts.find(connection, provider, consumer, version)
        publications.remove(connection, pact.consumer.id, pact.provider.id, pact_filters.of_number(version))
        remains = pacts.get_latest(connection, provider, consumer) is not None
        return call.hal(remaining_links(call.links, provider, consumer, remains=remains))


@routes.get(urls.PACT_LATEST, urls.PACT_LATEST_ALIAS, provides=_FORMS)
def show_latest_pact(call: Call, provider: str, consumer: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_latest(connection, provider, consumer))


@routes.get(urls.PACT_LATEST_TAG, provides=_FORMS)
def show_latest_tagged_pact(call: Call, provider: str, consumer: str, tag: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_latest(connection, provider, consumer, tag=tag), tag)


@routes.get(urls.PACT_BRANCH_LATEST, provides=_FORMS)
def show_latest_pact_of_branch(call: Call, provider: str, consumer: str, branch: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_latest(connection, provider, consumer, branch=branch))


@routes.get(urls.PACT_LATEST_UNTAGGED, provides=_FORMS)
def show_latest_untagged_pact(call: Call, provider: str, consumer: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_untagged(connection, provider, consumer))


@routes.get(urls.PREVIOUS_DISTINCT, provides=_FORMS)
def show_previous_distinct_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        pact = pacts.find(connection, provider, consumer, version)
        return answer(call, connection, pacts.find_previous_distinct(connection, pact))


@routes.get(urls.PACT_VERSION, provides=_FORMS)
def show_pact_content(call: Call, provider: str, consumer: str, sha: str) -> Response:
    with call.reading() as connection:
        return answer(call, connection, pacts.find_by_sha(connection, provider, consumer, sha))


@routes.get(urls.PACT_VERSION_METADATA, provides=_FORMS)
def show_pact_content_with_metadata(call: Call, provider: str, consumer: str, sha: str, metadata: str) -> Response:
    decoded = decode(metadata)
    number, ids = decoded.consumer_version_number, decoded.consumer_version_ids
    with call.reading() as connection:
        pact = pacts.find_by_sha(connection, provider, consumer, sha, version=number, version_ids=ids)
        consumer_versions = pacts.consumer_versions(connection, pact.consumer.id, version=number, version_ids=ids)
        response = answer(call, connection, pact, metadata=metadata, consumer_versions=consumer_versions)
    if decoded.provider_version_id is not None:
        call.runtime.fetches.note([Fetch(pact.pact_version_id, decoded.provider_version_id)])
        call.runtime.wake_delivery()
    return response


def _publish(call: Call, provider: str, consumer: str, version: str, on_conflict: OnConflict) -> Response:
    document = call.json_object()
    require_names(document, consumer=consumer, provider=provider)
    contract = Contract(provider=provider, text=call.content.decode(), document=document, on_conflict=on_conflict)
    with call.writing() as connection:
        published = publish.put(call.runtime, connection, consumer, version, contract, base_url=call.links.base)
        status = 201 if published.outcome is PublicationOutcome.CREATED else 200
        response = answer(call, connection, published.pact, status=status)
        audit_trail.note_status(status)
    call.runtime.wake_delivery()
    return response


def remaining_links(links: Links, provider: str, consumer: str, *, remains: bool) -> Document:
    """Return the links after a removal of pacts: to the index, and to the latest pact of the pair if one *remains*."""
    document = {"index": link(links.to(urls.INDEX), "Index")}
    if remains:
        latest = links.to(urls.PACT_LATEST, provider=provider, consumer=consumer)
        document["pb:latest-pact-version"] = link(latest, "Latest version of this pact")
    return {"_links": document}


def _latest(call: Call, connection: Connection, pact: Pact, *tags: str) -> Response:
    """Respond with the latest *pact*, and *tags* if the URL names them; its results are for its consumer version."""
    segment = encode(Metadata(consumer_version_id=pact.consumer_version.id, consumer_version_tags=tags))
    response = answer(call, connection, pact, metadata=segment)
    # header values are bytes; a number may hold any character
    response.headers.raw.append((b"x-pact-consumer-version", pact.consumer_version.number.encode()))
    return response


def answer(
    call: Call,
    connection: Connection,
    pact: Pact,
    *,
    metadata: str = "",
    consumer_versions: Sequence[VersionRef] = (),
    status: int = 200,
) -> Response:
    """Respond with *pact* in the negotiated media type.

    The stored text is not parsed: the broker's own members are appended to it.
    *metadata* is a segment of the URL for results, and *consumer_versions* are the versions that it names.
    """
    added: Document = {"createdAt": timestamp(pact.created_at)}
    text = pacts.content(connection, pact.pact_version_id)
    if call.media_type == EXTENDED:
        tags = versions.details(connection, [pact.consumer_version.id])[pact.consumer_version.id].tags
        text = contents.write_object({"contract": text})
        added["_embedded"] = {"tags": [_tag(call.links, pact, each) for each in tags]}
    added["_links"] = relations(call.links, pact, metadata, consumer_versions)
    body = contents.with_members(text, dumps(added)[1:-1].decode())
    return Hal(body.encode(), status, media_type=f"{call.media_type};charset=utf-8")


def relations(links: Links, pact: Pact, metadata: str = "", consumer_versions: Sequence[VersionRef] = ()) -> Document:
    """Return the links of *pact*."""
    consumer, provider, number = pact.consumer.name, pact.provider.name, pact.consumer_version.number
    results = urls.RESULTS_METADATA if metadata else urls.RESULTS
    version = {"pacticipant": consumer, "version": number}
    document = {
        "self": pact_link(links, pact),
        "pb:consumer": link(links.to(urls.PACTICIPANT, pacticipant=consumer), "Consumer", consumer),
        "pb:consumer-version": link(links.to(urls.VERSION, **version), "Consumer version", number),
        "pb:consumer-versions": [_version_link(links, each) for each in consumer_versions],
        "pb:provider": link(links.to(urls.PACTICIPANT, pacticipant=provider), "Provider", provider),
        "pb:pact-version": link(pact_url(links, pact, urls.PACT_VERSION), "Content of the pact", pact.sha),
        "pb:latest-pact-version": link(pact_url(links, pact, urls.PACT_LATEST), "Latest version of this pact"),
        "pb:all-pact-versions": link(pact_url(links, pact, urls.PACT_ALL_VERSIONS), "All versions of this pact"),
        "pb:latest-untagged-pact-version": link(
            pact_url(links, pact, urls.PACT_LATEST_UNTAGGED), "Latest version of this pact without tags"
        ),
        "pb:latest-tagged-pact-version": link(
            pact_url(links, pact, urls.PACT_LATEST_TAG), "Latest version of this pact with a tag", templated=True
        ),
        "pb:previous-distinct": link(
            pact_url(links, pact, urls.PREVIOUS_DISTINCT), "Previous, different version of this pact"
        ),
        "pb:diff-previous-distinct": link(
            pact_url(links, pact, urls.DIFF_PREVIOUS_DISTINCT), "Difference from the previous, different version"
        ),
        "pb:diff": link(
            pact_url(links, pact, urls.DIFF_PACT_VERSION), "Difference from another content", templated=True
        ),
        "pb:pact-webhooks": link(pact_url(links, pact, urls.WEBHOOKS_PAIR), "Webhooks of this pair"),
        "pb:consumer-webhooks": link(pact_url(links, pact, urls.WEBHOOKS_CONSUMER), "Webhooks of the consumer"),
        "pb:tag-prod-version": link(
            links.to(urls.VERSION_TAG, **version, tag="prod"), "PUT here to tag the consumer version as prod"
        ),
        "pb:tag-version": link(links.to(urls.VERSION_TAG, **version), "PUT here to tag the consumer version"),
        "pb:publish-verification-results": link(
            pact_url(links, pact, results, metadata=metadata), "POST here to publish verification results"
        ),
        "pb:verification-started": link(
            pact_url(links, pact, urls.VERIFICATION_STARTED), "POST here that a build verifies this pact"
        ),
        "pb:latest-verification-results": link(pact_url(links, pact, urls.PACT_VERSION_RESULT_LATEST)),
        "pb:triggered-webhooks": link(
            pact_url(links, pact, urls.PACT_TRIGGERED_WEBHOOKS), "Webhooks triggered by publishing this pact"
        ),
        "pb:webhook-decisions": link(
            _decisions_url(links, pact), "Webhooks that the consumer version triggered or not, and why"
        ),
        "pb:matrix-for-consumer-version": link(_matrix_url(links, pact), "Matrix of the consumer version"),
        "curies": curies(links.base, "pact"),
    }
    if not consumer_versions:
        del document["pb:consumer-versions"]
    return document


def _matrix_url(links: Links, pact: Pact) -> str:
    selector = {"q[][pacticipant]": pact.consumer.name, "q[][version]": pact.consumer_version.number}
    return f"{links.to(urls.MATRIX)}?{urlencode(selector | {'latestby': 'cvpv'})}"


def _decisions_url(links: Links, pact: Pact) -> str:
    filters = {"pacticipant": pact.consumer.name, "version": pact.consumer_version.number}
    return f"{links.to(urls.WEBHOOK_DECISIONS)}?{urlencode(filters)}"


def _version_link(links: Links, version: VersionRef) -> Document:
    address = links.to(urls.VERSION, pacticipant=version.pacticipant, version=version.number)
    return link(address, "Consumer version", version.number)


def _tag(links: Links, pact: Pact, tag: TagOf) -> Document:
    consumer, number = pact.consumer.name, pact.consumer_version.number
    address = links.to(urls.VERSION_TAG, pacticipant=consumer, version=number, tag=tag.name)
    return {"name": tag.name, "latest": tag.latest, "_links": {"self": link(address, "Tag", tag.name)}}
