"""Webhooks as documents of the protocol; free of I/O.

Source: Pact Broker protocol, webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.client import hal
from contracts.client.errors import UsageError
from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """The request of a webhook; `${pactbroker.…}` in *url* and *body* is replaced when it is sent.

    *body* is any JSON, or a text that is sent as it is. A broker shows the password and the values of secret headers as
    asterisks; asterisks that are sent back do not change them.
    """

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def document(self) -> JsonObject:
        """Return the request as the protocol writes it, without fields that are not set."""
        document: JsonObject = {"method": self.method, "url": self.url, "headers": dict(self.headers)}
        optional = {"body": self.body, "username": self.username, "password": self.password}
        return document | {key: value for key, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A webhook: on any of *events* between the two parties, send *request*.

    Only the Contracts broker knows the lists: *consumers* by name, *branches* of the consumer version as patterns, and
    *labels*, one of which is on either party. Other brokers ignore them, and send the webhook for everything.
    A party is named (*consumer*), or chosen by label (*consumer_label*), or any application if neither is set.
    *uuid* is None until a broker has stored the webhook; your own uuid needs at least 16 characters of letters, digits,
    "_" and "-".
    *signing_secret* verifies deliveries; only the Contracts broker has one, and only the response of a creation.
    """

    events: tuple[str, ...]
    request: WebhookRequest
    uuid: str | None = None
    description: str | None = None
    consumer: str | None = None
    consumer_label: str | None = None
    provider: str | None = None
    provider_label: str | None = None
    enabled: bool = True
    team_uuid: str | None = None
    consumers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    signing_secret: str | None = field(default=None, repr=False)

    def document(self) -> JsonObject:
        """Return the webhook as the protocol writes it, without its uuid, which is part of the URL.

        Raises:
            UsageError: if it has no event, or a party has both a name and a label.
        """
        if not self.events:
            raise UsageError("A webhook needs at least one event.")
        document: JsonObject = {
            "events": [{"name": name} for name in self.events],
            "request": self.request.document(),
            "enabled": self.enabled,
        }
        limits = {"consumers": self.consumers, "branches": self.branches, "labels": self.labels}
        document |= {name: list(words) for name, words in limits.items() if words}
        if self.team_uuid is not None:
            document["teamUuid"] = self.team_uuid
        if self.description is not None:
            document["description"] = self.description
        for role, name, label in (
            ("consumer", self.consumer, self.consumer_label),
            ("provider", self.provider, self.provider_label),
        ):
            if name is not None and label is not None:
                raise UsageError(f"The {role} of a webhook has both a name and a label. Use one of them.")
            if name is not None:
                document[role] = {"name": name}
            elif label is not None:
                document[role] = {"label": label}
        return document


def webhook_from(document: JsonObject) -> Webhook:
    """Read a webhook from a response."""
    request = hal.mapping(document, "request")
    consumer = hal.mapping(document, "consumer", {})
    provider = hal.mapping(document, "provider", {})
    headers = hal.mapping(request, "headers", {})
    return Webhook(
        uuid=hal.get_text(document, "uuid"),
        description=hal.get_text(document, "description"),
        events=tuple(hal.text(e, "name") for e in hal.objects(document.get("events") or [], "events")),
        enabled=document.get("enabled") is not False,
        consumer=hal.get_text(consumer, "name"),
        consumer_label=hal.get_text(consumer, "label"),
        provider=hal.get_text(provider, "name"),
        provider_label=hal.get_text(provider, "label"),
        consumers=_words(document, "consumers"),
        branches=_words(document, "branches"),
        labels=_words(document, "labels"),
        signing_secret=hal.get_text(document, "signingSecret"),
        request=WebhookRequest(
            method=hal.text(request, "method"),
            url=hal.text(request, "url"),
            headers={name: hal.text(headers, name) for name in headers},
            body=request.get("body"),
            username=hal.get_text(request, "username"),
            password=hal.get_text(request, "password"),
        ),
    )


def _words(document: JsonObject, key: str) -> tuple[str, ...]:
    words = document.get(key)
    return tuple(each for each in words if isinstance(each, str)) if isinstance(words, list) else ()
