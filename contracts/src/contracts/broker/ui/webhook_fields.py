"""The fields of the form that edits a webhook, as a person types them, and the webhook that they describe.

A secret is never shown: its field is empty, and an empty field keeps the stored secret.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.model import strict_json
from contracts.model.secrets import is_reference
from contracts.model.webhooks import (
    STARS,
    Limits,
    NewWebhook,
    Side,
    Webhook,
    WebhookRequest,
    is_secret,
)


LISTS = ("consumers", "branches", "labels")
_TEXTS = (
    "description",
    "consumer",
    "consumer_label",
    "provider",
    "provider_label",
    *LISTS,
    "method",
    "url",
    "username",
    "password",
    "body",
)
PLACES = {
    "description": "description",
    "events": "events",
    "consumer.name": "consumer",
    "consumer.label": "consumer_label",
    "consumer": "consumer",
    "provider.name": "provider",
    "provider.label": "provider_label",
    "provider": "provider",
    **{name: name for name in LISTS},
    "request.method": "method",
    "request.url": "url",
    "request.headers": "headers",
    "request.username": "username",
    "request.password": "password",
    "request.body": "body",
}
"""The field at which an error of the API is shown, by the start of the error's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A row of the form; *stored* if the webhook has a secret of this name, which an empty *value* keeps."""

    name: str
    value: str
    stored: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether the value is hidden."""
        return self.stored or is_secret(self.name, self.value)

    @property
    def text(self) -> str:
        """The header for display, without a secret."""
        value = "the stored secret" if not self.value else "a new secret"
        return f"{self.name.lower()}: {value if self.is_secret and not is_reference(self.value) else self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of the form, as texts; each of the LISTS has one entry on a line."""

    description: str = ""
    enabled: bool = True
    events: tuple[str, ...] = ()
    consumer: str = ""
    consumer_label: str = ""
    provider: str = ""
    provider_label: str = ""
    consumers: str = ""
    branches: str = ""
    labels: str = ""
    method: str = "POST"
    url: str = ""
    headers: tuple[Header, ...] = ()
    username: str = ""
    password: str = ""
    body: str = ""

    def problems(self) -> dict[str, list[str]]:
        """Return what the API cannot see, because a JSON object has each header once, and by its name."""
        counts = Counter(each.name.lower() for each in self.headers)
        texts = [f"{name} is there {count} times" for name, count in counts.items() if name and count > 1]
        texts += [f"The value “{each.value}” has no name" for each in self.headers if each.value and not each.name]
        return {"headers": texts} if texts else {}

    def document(self, stored: Webhook | None) -> dict[str, Any]:
        """Return the body of the request to the API; stars stand for the secrets of the *stored* webhook."""
        sides = {role: self._side(role) for role in ("consumer", "provider")}
        limits = {name: _lines(getattr(self, name)) for name in LISTS}
        return {
            "description": self.description,
            "enabled": self.enabled,
            "events": [{"name": each} for each in self.events],
            **{role: side for role, side in sides.items() if side},
            **limits,
            "request": {
                "method": self.method,
                "url": self.url,
                "headers": self._headers(),
                "username": self.username or None,
                "password": self._password(stored),
                "body": self._body(stored),
            },
        }

    def webhook(self, stored: Webhook | None) -> NewWebhook:
        """Return the webhook, unchecked, with stars in place of the *stored* secrets."""
        document = self.document(stored)
        limits = Limits(**{name: tuple(document[name]) for name in LISTS})
        sides = {role: Side(**document[role]) if role in document else None for role in ("consumer", "provider")}
        return NewWebhook(
            description=self.description,
            enabled=self.enabled,
            request=WebhookRequest(**document["request"]),
            events=self.events,
            limits=limits,
            consumer=sides["consumer"],
            provider=sides["provider"],
        )

    def _side(self, role: str) -> dict[str, str]:
        side = {"name": getattr(self, role), "label": getattr(self, f"{role}_label")}
        return {name: value for name, value in side.items() if value}

    def _headers(self) -> dict[str, str]:
        named = [each for each in self.headers if each.name]
        return {each.name.lower(): STARS if each.stored and not each.value else each.value for each in named}

    def _password(self, stored: Webhook | None) -> str | None:
        if self.password or not hides_password(stored):
            return self.password or None
        removed = stored is not None and stored.request.username and not self.username
        return None if removed else STARS

    def _body(self, stored: Webhook | None) -> Any:
        """Return the body: the stored one if the text is unchanged, JSON if it is an object or a list, else a text."""
        if stored is not None and self.body == _shown(stored.request.body):
            return stored.request.body
        if not self.body.strip():
            return None
        try:
            value = strict_json.parse(self.body.encode())
        except strict_json.NotReadable:
            return self.body
        return value if isinstance(value, dict | list) else self.body


def of_entries(entries: Mapping[str, Sequence[str]], stored: Webhook | None) -> Fields:
    """Return the fields with the *entries* of a form."""
    texts = {name: _unix(entries.get(name, [""])[0]) for name in _TEXTS}
    texts = {name: text if name in {"password", "body"} else text.strip() for name, text in texts.items()}
    secrets = _stored_secrets(stored)
    rows = zip(entries.get("header_name", ()), entries.get("header_value", ()), strict=False)
    headers = [Header(name=name.strip(), value=value, stored=name.strip().lower() in secrets) for name, value in rows]
    return Fields(
        enabled="enabled" in entries,
        events=tuple(entries.get("events", ())),
        headers=tuple(headers),
        **texts,
    )


def of_webhook(webhook: Webhook | NewWebhook, stored: Webhook | None) -> Fields:
    """Return the fields of *webhook*, without the secrets of a *stored* one."""
    request, limits, secrets = webhook.request, webhook.limits, _stored_secrets(stored)
    sides = {"consumer": webhook.consumer or Side(), "provider": webhook.provider or Side()}
    headers = [
        Header(name=name, value="" if name in secrets else value, stored=name in secrets)
        for name, value in request.headers.items()
    ]
    return Fields(
        description=webhook.description or "",
        enabled=webhook.enabled,
        events=webhook.events,
        **{role: side.name or "" for role, side in sides.items()},
        **{f"{role}_label": side.label or "" for role, side in sides.items()},
        **{name: "\n".join(getattr(limits, name)) for name in LISTS},
        method=request.method.upper(),
        url=request.url,
        headers=tuple(headers),
        username=request.username or "",
        password="" if hides_password(stored) else request.password or "",
        body=_shown(request.body),
    )


def texts(fields: Fields, stored: Webhook | None) -> dict[str, str]:
    """Return *fields* as texts for display, without secrets."""
    password = fields.password
    if password and not is_reference(password):
        password = "a new secret"  # noqa: S105, words
    return {name: getattr(fields, name) for name in _TEXTS} | {
        "events": "\n".join(fields.events),
        "headers": "\n".join(sorted(each.text for each in fields.headers if each.name or each.value)),
        "password": password or ("the stored secret" if hides_password(stored) else ""),
        "enabled": "yes" if fields.enabled else "no",
    }


def hides_password(stored: Webhook | None) -> bool:
    """Whether the *stored* webhook has a password that is not shown; a reference to a secret is."""
    return stored is not None and stored.request.shown_password() == STARS


def _stored_secrets(stored: Webhook | None) -> set[str]:
    headers = stored.request.headers if stored is not None else {}
    return {name for name, value in headers.items() if is_secret(name, value)}


def _shown(body: object) -> str:
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body, indent=2, ensure_ascii=False)
    return _unix(text)


def _unix(text: str) -> str:
    """Return *text* with the line ends that it has outside of forms."""
    return text.replace("\r\n", "\n")


def _lines(text: str) -> list[str]:
    return [each.strip() for each in text.splitlines() if each.strip()]
