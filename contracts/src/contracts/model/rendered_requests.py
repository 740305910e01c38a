"""A webhook's request as people may see it: filled with the values of an event, with masked secrets."""

from __future__ import annotations

import shlex
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.model import templates
from contracts.model.redaction import redacted, redacted_value
from contracts.model.webhooks import STARS, WebhookRequest, body_text


_MOST_CHARACTERS = 10_000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRequest:
    """A request with stars in place of secrets; *problem* says why it cannot be sent with the values of the event."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None
    problem: str = field(default="")

    def document(self) -> dict[str, Any]:
        """Return it as JSON, without empty fields; a long body is cut."""
        document = {"method": self.method, "url": self.url, "headers": dict(self.headers), "problem": self.problem}
        document = {name: value for name, value in document.items() if value}
        if self.body is None:
            return document
        text = body_text(self.body)
        return document | {"body": self.body if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"}


def rendered(request: WebhookRequest, parameters: Mapping[str, str]) -> RenderedRequest:
    """Return *request* filled with *parameters*, with masked secrets."""
    try:
        return masked(with_basic_auth(templates.fill_request(request, parameters)))
    except templates.Unfillable as error:
        return replace(masked(request), problem=redacted(str(error), request.secrets()))


def masked(request: WebhookRequest, more_secrets: Collection[str] = ()) -> RenderedRequest:
    """Return *request* with stars in place of its secrets, and of *more_secrets*."""
    secrets = request.secrets() | set(more_secrets)
    return RenderedRequest(
        method=request.method.upper(),
        url=redacted(request.url, secrets),
        headers={name: redacted(value, secrets) for name, value in request.redacted_headers().items()},
        body=redacted_value(request.body, secrets),
    )


def with_basic_auth(request: WebhookRequest) -> WebhookRequest:
    """Return *request* with its user name and password as a header; a password alone is not sent."""
    if request.username is None:
        return request
    token = b64encode(f"{request.username}:{request.password or ''}".encode()).decode()
    return replace(request, headers={**request.headers, "authorization": f"Basic {token}"})


def content_type(body: object) -> str | None:
    """Return the media type of a *body* for which no header announces one."""
    if body is None:
        return None
    return FORM if isinstance(body, str) else JSON


def as_curl(request: RenderedRequest) -> str:
    """Return a command for a POSIX shell that sends *request*; a placeholder such as <AUTHORIZATION> is a secret."""
    return " \\\n  ".join(_curl(request))


def _curl(request: RenderedRequest) -> Iterator[str]:
    yield f"curl --globoff --request {shlex.quote(request.method)} {shlex.quote(_placeholder(request.url, 'SECRET'))}"
    headers = dict(request.headers)
    if (media_type := content_type(request.body)) is not None:
        headers = {"content-type": media_type, **headers}
    for name, value in headers.items():
        shown = _placeholder(value, name.upper())
        yield f"--header {shlex.quote(f'{name}: {shown}' if shown else f'{name};')}"
    if request.body is not None:
        yield f"--data-raw {shlex.quote(_placeholder(body_text(request.body), 'SECRET'))}"


def _placeholder(text: str, name: str) -> str:
    return text.replace(STARS, f"<{name}>")
