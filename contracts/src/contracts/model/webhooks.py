"""Webhooks: requests that the broker sends at an event.

Source: Pact Broker protocol, webhooks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from contracts.model import secrets as named_secrets
from contracts.model.errors import InvalidFields
from contracts.model.revisions import revision_of
from contracts.model.secrets import Sealed
from contracts.model.signatures import IDEMPOTENCY_KEY, SigningSecret


CONTRACT_PUBLISHED = "contract_published"
CONTRACT_CONTENT_CHANGED = "contract_content_changed"
CONTRACT_REQUIRING_VERIFICATION_PUBLISHED = "contract_requiring_verification_published"
PROVIDER_VERIFICATION_PUBLISHED = "provider_verification_published"
PROVIDER_VERIFICATION_SUCCEEDED = "provider_verification_succeeded"
PROVIDER_VERIFICATION_FAILED = "provider_verification_failed"

EVENTS = (
    CONTRACT_PUBLISHED,
    CONTRACT_CONTENT_CHANGED,
    CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_PUBLISHED,
    PROVIDER_VERIFICATION_SUCCEEDED,
    PROVIDER_VERIFICATION_FAILED,
)
DEFAULT_EVENTS = (CONTRACT_CONTENT_CHANGED,)
RESULT_EVENTS = frozenset(
    {PROVIDER_VERIFICATION_PUBLISHED, PROVIDER_VERIFICATION_SUCCEEDED, PROVIDER_VERIFICATION_FAILED}
)

STARS = "*" * 10
_SECRET_WORDS = (
    "auth",
    "token",
    "secret",
    "passw",
    "passphrase",
    "apikey",
    "cookie",
    "credential",
    "signature",
    "session",
)
_SECRET_PARTS = {
    "bearer",
    "hmac",
    "jwt",
    "key",
    "keys",
    "otp",
    "pass",
    "pat",
    "pin",
    "private",
    "pwd",
    "sid",
    "sig",
    "sso",
}
# how secrets begin: authorizations, tokens of GitHub, GitLab and Slack, JSON Web Tokens
_SECRET_VALUE = re.compile(r"(?:basic|bearer|digest|token)\s|gh[a-z]_|github_pat_|glpat-|xox[a-z]-|eyJ", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The consumers or providers of a webhook: one application by *name*, or all with a *label*."""

    name: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Further limits of a webhook, each a list of alternatives; an empty one does not limit.

    *branches* are patterns of the consumer version's branch, in which `*` is any text. One of the *labels* is on the
    consumer or the provider.
    """

    consumers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """The request to send; it may contain `${pactbroker.…}` and `${user.…}`.

    Header names are in lower case; *body* is JSON or text. A stored request has its secrets as `Sealed` texts.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    def kept_from(self, stored: WebhookRequest) -> WebhookRequest:
        """Return the request with the *stored* secrets in place of stars, for a client that writes back what it read.

        Raises:
            InvalidFields: if the request goes to a different place, which must not get the secrets.
        """
        starred = {f"request.headers.{name}" for name, value in self.headers.items() if _is_stars(value)}
        if _is_stars(self.password):
            starred.add("request.password")
        if starred and _place(self.url) != _place(stored.url):
            message = "is a secret of another scheme, host or port, and is not sent to a new one. Enter it again"
            raise InvalidFields({each: [message] for each in sorted(starred)})
        headers = {
            name: stored.headers.get(name, value) if _is_stars(value) else value for name, value in self.headers.items()
        }
        return replace(self, headers=headers, password=stored.password if _is_stars(self.password) else self.password)

    def sealed(self, encrypt: Callable[[str], str]) -> WebhookRequest:
        """Return the request with its secrets encrypted, except those that are already."""

        def hidden(text: str) -> str:
            return text if isinstance(text, Sealed) else Sealed(encrypt(text))

        headers = {name: hidden(value) if is_secret(name, value) else value for name, value in self.headers.items()}
        password = hidden(self.password) if self.password and self._hides_password else self.password
        return replace(self, headers=headers, password=password)

    def unsealed(self, decrypt: Callable[[str], str]) -> WebhookRequest:
        """Return the request with its secrets decrypted."""
        headers = {name: decrypt(value) if isinstance(value, Sealed) else value for name, value in self.headers.items()}
        password = decrypt(self.password) if isinstance(self.password, Sealed) else self.password
        return replace(self, headers=headers, password=password)

    @property
    def is_sealed(self) -> bool:
        """Whether no secret is in clear text."""
        secrets = [value for name, value in self.headers.items() if is_secret(name, value)]
        secrets += [self.password] if self.password and self._hides_password else []
        return all(isinstance(each, Sealed) for each in secrets)

    @property
    def _hides_password(self) -> bool:
        return bool(self.password) and not named_secrets.is_reference(self.password or "")

    def references(self) -> dict[str, set[str]]:
        """Return the names of secrets that the request refers to, by field; names in sealed texts are unknown."""
        fields = {"url": self.url, "username": self.username, "password": self.password, "body": self.body}
        fields |= {f"headers.{name}": value for name, value in self.headers.items()}
        by_field = {f"request.{name}": named_secrets.references(value) for name, value in fields.items()}
        return {field: names for field, names in by_field.items() if names}

    def shown_password(self) -> str | None:
        """The password for display: stars, or the reference that it is."""
        return STARS if self._hides_password else self.password

    def redacted_headers(self) -> dict[str, str]:
        """The headers for display: stars replace secret values."""
        return {name: STARS if is_secret(name, value) else value for name, value in self.headers.items()}

    def secrets(self) -> set[str]:
        """Return every secret value, with and without its scheme (`Bearer TOKEN` and `TOKEN`); no sealed ones."""
        values = {value for name, value in self.headers.items() if is_secret(name, value)}
        values |= {self.password} if self.password and self._hides_password else set()
        clear = {each for each in values if not isinstance(each, Sealed)}
        return {each for value in clear for each in (value, value.rpartition(" ")[2]) if each}


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request that is sent at *events* of pacts between *consumer* and *provider*; None is any application."""

    id: int
    uuid: str
    description: str | None
    enabled: bool
    consumer: Side | None
    provider: Side | None
    request: WebhookRequest
    events: tuple[str, ...]
    limits: Limits = NO_LIMITS
    signing_secrets: tuple[SigningSecret, ...] = ()
    created_at: datetime
    updated_at: datetime

    @property
    def shown_as(self) -> str:
        """Its description, or else its method and host."""
        return self.description or described(self.request)

    @property
    def revision(self) -> str:
        """A word that each change of the webhook changes, but not a new signing secret."""
        request = self.request
        return revision_of(
            (self.description, self.enabled, self.consumer, self.provider, self.events, self.limits),
            (request.method, request.url, request.username, request.body),
            (request.redacted_headers(), request.shown_password()),
            self.updated_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A webhook to create."""

    description: str | None
    enabled: bool
    consumer: Side | None
    provider: Side | None
    request: WebhookRequest
    events: tuple[str, ...]
    limits: Limits = NO_LIMITS


def described(request: WebhookRequest) -> str:
    """Describe *request* by its method and host: POST ci.example.org."""
    return f"{request.method.upper()} {urlsplit(request.url).hostname or ''}".strip()


def is_secret(header: str, value: str = "") -> bool:
    """Whether a *header* with this name or *value* is a credential; a reference to a secret is none."""
    if named_secrets.is_reference(value):
        return False
    name = header.lower()
    if name == IDEMPOTENCY_KEY:
        return _SECRET_VALUE.match(value) is not None
    named = any(word in name for word in _SECRET_WORDS) or not _SECRET_PARTS.isdisjoint(re.split(r"[-_.]", name))
    return named or named_secrets.looks_sealed(value) or _SECRET_VALUE.match(value) is not None


def _place(url: str) -> tuple[str, str]:
    """Return the scheme, host and port, without normalisation of the port."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _is_stars(value: str | None) -> bool:
    """Whether *value* consists of the stars that replace a secret."""
    return value is not None and set(value) == {"*"}


def body_text(body: object) -> str:
    """Return *body* as it is sent: a text unchanged, anything else as JSON."""
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
