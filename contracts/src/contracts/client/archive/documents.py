"""Convert a broker's documents to the records of an archive; without I/O.

Source: Pact Broker protocol, the representation of each resource.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime

from contracts.client import hal
from contracts.client.errors import UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.client.webhooks import webhook_from
from contracts.model import contents, dates
from contracts.model.archive.missing_secrets import disabled, unsigned
from contracts.model.archive.records import (
    Branch,
    BranchVersion,
    Content,
    Deployment,
    Environment,
    Gap,
    Integration,
    Pact,
    Pacticipant,
    Record,
    Release,
    Tag,
    Version,
    Webhook,
)
from contracts.model.webhooks import WebhookRequest, described


INHERENT = tuple(
    Gap(what=what, reason=f"no broker shows {reason}", inherent=True)
    for what, reason in (
        ("pending, work in progress and selectors of results", "them: every result counts as an ordinary one"),
        ("earlier revisions of pacts", "what a version published before its pact was replaced"),
        ("contents that are published no more", "them, nor their results"),
        ("when results arrived", "it: they count as having come when they were executed"),
        ("when data of a pair came last", "it: the last pact or result counts"),
        ("parts of seconds in dates", "them"),
        ("deliveries of webhooks", "them in full: the history stays with the source"),
    )
)
"""Data that no broker returns over its API."""

_USER_SECRET = re.compile(r"\$\{user\.")


def moment(document: JsonObject, key: str) -> datetime:
    """The date under *key*."""
    try:
        return dates.parse(hal.text(document, key))
    except ValueError:
        raise UnexpectedAnswer(f"The broker's answer is not what a Pact Broker sends: {key!r} is no date.") from None


def _get_moment(document: JsonObject, key: str) -> datetime | None:
    return None if document.get(key) is None else moment(document, key)


def _dates(document: JsonObject) -> dict[str, datetime]:
    """The dates of creation and of the last change, which a broker omits if they are the same."""
    created = moment(document, "createdAt")
    return {"created_at": created, "updated_at": _get_moment(document, "updatedAt") or created}


def pacticipant(document: JsonObject) -> Pacticipant:
    """An application."""
    labels = (hal.text(each, "name") for each in hal.embedded(document, "labels"))
    return Pacticipant(
        name=hal.text(document, "name"),
        display_name=hal.get_text(document, "displayName") or hal.text(document, "name"),
        repository_url=hal.get_text(document, "repositoryUrl"),
        repository_name=hal.get_text(document, "repositoryName"),
        repository_namespace=hal.get_text(document, "repositoryNamespace"),
        main_branch=hal.get_text(document, "mainBranch"),
        labels=tuple(sorted(labels)),
        **_dates(document),
    )


def environment(document: JsonObject) -> Environment:
    """An environment."""
    return Environment(
        uuid=hal.text(document, "uuid"),
        name=hal.text(document, "name"),
        display_name=hal.get_text(document, "displayName") or hal.text(document, "name"),
        production=hal.truth(document, "production"),
        contacts=document.get("contacts"),
        **_dates(document),
    )


def branch(owner: str, document: JsonObject) -> Branch:
    """A branch of the application *owner*."""
    return Branch(pacticipant=owner, name=hal.text(document, "name"), **_dates(document))


def version(owner: str, document: JsonObject, dated: Callable[[JsonObject], datetime]) -> Version:
    """A version of the application *owner*; *dated* returns the date of an embedded branch or tag."""
    return Version(
        pacticipant=owner,
        number=hal.text(document, "number"),
        build_url=hal.get_text(document, "buildUrl"),
        branches=tuple(
            BranchVersion(name=hal.text(each, "name"), latest=hal.truth(each, "latest"), created_at=dated(each))
            for each in hal.embedded(document, "branchVersions")
        ),
        tags=tuple(Tag(name=hal.text(each, "name"), created_at=dated(each)) for each in hal.embedded(document, "tags")),
        **_dates(document),
    )


def pact(text: str) -> tuple[Content, Pact]:
    """A pact and its content: *text* without the broker's own keys, otherwise unchanged."""
    document = json.loads(text)
    consumer, provider, number, sha = (
        _named(document, relation)
        for relation in ("pb:consumer", "pb:provider", "pb:consumer-version", "pb:pact-version")
    )
    published_at = moment(document, "createdAt")
    content = Content(
        consumer=consumer, provider=provider, sha=sha, text=contents.stored(text), created_at=published_at
    )
    return content, Pact(consumer=consumer, version=number, provider=provider, sha=sha, created_at=published_at)


def _named(document: JsonObject, relation: str) -> str:
    link = hal.find_link(document, relation, "reading pacts")
    if link.name is None:
        raise UnexpectedAnswer(
            f"The broker's answer is not what a Pact Broker sends: its link {relation!r} has no name."
        )
    return link.name


def deployment(document: JsonObject) -> Deployment:
    """A deployment, current or past."""
    undeployed_at, created_at = _get_moment(document, "undeployedAt"), moment(document, "createdAt")
    return Deployment(
        application_instance=hal.get_text(document, "applicationInstance"),
        auto_created=False,
        undeployed_at=undeployed_at,
        updated_at=undeployed_at or created_at,
        created_at=created_at,
        **_place(document),
    )


def release(document: JsonObject) -> Release:
    """A release, supported or not."""
    ended_at, created_at = _get_moment(document, "supportEndedAt"), moment(document, "createdAt")
    return Release(
        support_ended_at=ended_at, updated_at=ended_at or created_at, created_at=created_at, **_place(document)
    )


def _place(document: JsonObject) -> dict[str, str]:
    parts = hal.mapping(document, "_embedded")
    return {
        "uuid": hal.text(document, "uuid"),
        "pacticipant": hal.text(hal.mapping(parts, "pacticipant"), "name"),
        "version": hal.text(hal.mapping(parts, "version"), "number"),
        "environment": hal.text(hal.mapping(parts, "environment"), "name"),
    }


def integration(document: JsonObject) -> Integration:
    """A pair."""
    consumer, provider = (hal.text(hal.mapping(document, role), "name") for role in ("consumer", "provider"))
    return Integration(consumer=consumer, provider=provider)


def webhook(document: JsonObject) -> list[Record]:
    """A webhook without its masked secrets; if one is missing, it is disabled, and a gap says so."""
    webhook = webhook_from(document)
    request = webhook.request
    headers = {key: value for key, value in request.headers.items() if not _starred(value)}
    described_as = described(WebhookRequest(method=request.method, url=request.url))
    record = Webhook(
        uuid=hal.text(document, "uuid"),
        description=None if webhook.description == described_as else webhook.description,
        enabled=webhook.enabled,
        consumer=webhook.consumer,
        consumer_label=webhook.consumer_label,
        provider=webhook.provider,
        provider_label=webhook.provider_label,
        events=webhook.events,
        method=request.method,
        url=request.url,
        headers=headers or None,
        body=request.body,
        username=request.username,
        password=None if _starred(request.password) else request.password,
        consumers=webhook.consumers or None,
        branches=webhook.branches or None,
        labels=webhook.labels or None,
        signing_secret=None,
        **_dates(document),
    )
    missing = [f"header {key}" for key in request.headers if key not in headers]
    missing += ["password"] if _starred(request.password) else []
    missing += ["what ${user.…} stood for"] if _USER_SECRET.search(json.dumps(document["request"])) else []
    return [*disabled(record, missing), *([unsigned(record)] if document.get("signing") else [])]


def _starred(value: str | None) -> bool:
    return bool(value) and set(value or "") == {"*"}
