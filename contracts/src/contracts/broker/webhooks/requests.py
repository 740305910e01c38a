"""Sending a webhook's request, and writing down what was said.

Source: Pact Broker protocol, execution.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from contracts.broker.settings import Settings
from contracts.broker.webhooks.deadlines import Deadline
from contracts.broker.webhooks.http import Answer
from contracts.model import templates, webhook_rules
from contracts.model.redaction import redacted, redacted_value
from contracts.model.webhooks import WebhookRequest, body_text


SECONDS = 30.0  # from connecting to the end of the answer; only looking the host up is not broken off
_MOST_SHOWN = 10_000  # characters of a body that was sent
_PORTS = {"http": 80, "https": 443}
HIDDEN = "The answer is shown where hosts are listed in PACT_BROKER_WEBHOOK_HOST_WHITELIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How it went: what was sent, secrets starred, and the *answer*, or the *error* that kept it from coming."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    success: bool = False
    answer: Answer | None = None
    error: str = field(default="")


def refused(request: WebhookRequest, reason: str) -> Sent:
    """How it went with a *request* that is not sent, for a *reason*."""
    return replace(_shown(request, request.headers), error=redacted(reason, request.secrets()))


def send(settings: Settings, request: WebhookRequest, parameters: Mapping[str, str], within: Deadline) -> Sent:
    """Send *request*, filled with *parameters*, where it may go; never raises for what the other side does.

    The settings may have become stricter since the webhook was made, so every rule is checked again. It ends when the
    deadline passes that it has to be done *within*.
    """
    from contracts.broker.webhooks import http  # noqa: PLC0415, the library for HTTP only for those who send

    try:
        _require_allowed(settings, request)
        filled = _with_basic_auth(templates.fill_request(request, parameters))
    except (_NotAllowed, templates.Unfillable) as error:
        return refused(request, str(error))
    secrets = filled.secrets()
    content = _content(filled)
    headers = _headers(settings, filled, content)
    sent = _shown(filled, headers)
    message = http.Message(method=filled.method, url=filled.url, headers=headers, content=content)
    with within as deadline:
        try:
            answer = http.exchange(settings, message, secrets, deadline)
        except http.Failed as error:
            return replace(sent, error=redacted(str(error), secrets))
    return replace(sent, answer=answer, success=answer.status in settings.webhook_http_code_success)


class _NotAllowed(Exception):
    """The settings do not allow a request; the message says why."""


def _require_allowed(settings: Settings, request: WebhookRequest) -> None:
    """Refuse what the settings do not allow; hosts are judged by their addresses, when the connection is made."""
    allowed = replace(settings.allowed_webhooks, hosts=())
    if problems := webhook_rules.problems(request, allowed):
        reasons = "; ".join(f"its {field} {reason}" for field, reason in problems.items())
        raise _NotAllowed(f"The webhook breaks a rule of this broker: {reasons}. Change the webhook, or the setting")


def _shown(request: WebhookRequest, headers: Mapping[str, str]) -> Sent:
    """*request* with these *headers*, without its secrets."""
    secrets = request.secrets()
    return Sent(
        method=request.method.upper(),
        url=redacted(request.url, secrets),
        headers=replace(request, headers=headers).redacted_headers(),
        body=redacted_value(request.body, secrets),
    )


def _headers(settings: Settings, request: WebhookRequest, content: bytes | None) -> dict[str, str]:
    """Every header that is sent, by name in lower case."""
    headers = {"accept": "*/*", "user-agent": settings.user_agent}
    if request.body is not None:
        form = isinstance(request.body, str)
        headers["content-type"] = "application/x-www-form-urlencoded" if form else "application/json"
    headers |= request.headers
    address = urlsplit(request.url)
    default = address.port in {None, _PORTS.get(address.scheme)}
    headers["host"] = (address.hostname or "") if default else address.netloc
    if content is not None or request.method.upper() not in {"GET", "HEAD"}:
        headers["content-length"] = str(len(content or b""))
    return headers


def _content(request: WebhookRequest) -> bytes | None:
    """What is sent as the body; nothing at all would not be JSON, where that is what the header announces."""
    if request.body is None:
        return b"null" if "json" in request.headers.get("content-type", "") and request.method != "GET" else None
    return body_text(request.body).encode()


def log_of(settings: Settings, sent: Sent) -> str:
    """*sent* as text, for the person who wants to know why a webhook did not do what it should."""
    lines = [f"{sent.method} {sent.url}", *_written(sent.headers), ""]
    if sent.body is not None:
        lines += [_beginning(body_text(sent.body)), ""]
    if sent.answer is None:
        lines.append(f"Failed: {sent.error}")
    elif settings.webhook_host_whitelist:
        lines += [f"Answered {sent.answer.status}", *_written(sent.answer.headers)]
        if sent.answer.headers_left_out:
            lines.append(f"({sent.answer.headers_left_out} more headers are left out)")
        lines += ["", sent.answer.body]
    else:
        lines += [f"Answered {sent.answer.status}", HIDDEN]
    lines.append("Succeeded" if sent.success else "Did not succeed")
    return "\n".join(lines).replace("\0", "\N{REPLACEMENT CHARACTER}") + "\n"  # PostgreSQL keeps no NUL


def _with_basic_auth(request: WebhookRequest) -> WebhookRequest:
    """*request* with its user name and password where they are sent; a password alone is sent nowhere."""
    if request.username is None:
        return request
    token = b64encode(f"{request.username}:{request.password or ''}".encode()).decode()
    return replace(request, headers={**request.headers, "authorization": f"Basic {token}"})


def _beginning(text: str) -> str:
    if (more := len(text) - _MOST_SHOWN) <= 0:
        return text
    return f"{text[:_MOST_SHOWN]}\n({more} more characters are left out)"


def _written(headers: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers.items())
