"""A webhook's request: filled, checked, sent, and described for the log.

Source: Pact Broker protocol, execution.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from contracts.broker.settings import Settings
from contracts.broker.webhooks.deadlines import Deadline
from contracts.broker.webhooks.http import Response
from contracts.model import templates, webhook_rules
from contracts.model.redaction import redacted
from contracts.model.rendered_requests import content_type, masked, with_basic_auth
from contracts.model.signatures import Signing
from contracts.model.webhooks import WebhookRequest, body_text


SECONDS = 30.0  # from the connection to the end of the response; the look-up of the host cannot be interrupted
_MOST_SHOWN = 10_000  # characters of a body that was sent
_PORTS = {"http": 80, "https": 443}
_NO_SECRETS: Mapping[str, str] = MappingProxyType({})
HIDDEN = "The response is hidden. To show responses, set PACT_BROKER_WEBHOOK_HOST_WHITELIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An attempt: the request with masked secrets, and its *response*, or the *error* that prevented one."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any
    success: bool = False
    response: Response | None = None
    error: str = field(default="")


def refused(request: WebhookRequest, reason: str) -> Sent:
    """Return the attempt of a *request* that is not sent, for a *reason*."""
    return replace(_attempt(request, request.headers, ()), error=redacted(reason, request.secrets()))


def send(
    settings: Settings,
    request: WebhookRequest,
    parameters: Mapping[str, str],
    signing: Signing,
    within: Deadline,
    named_secrets: Mapping[str, str] = _NO_SECRETS,
) -> Sent:
    """Send *request*, filled with *parameters* and *named_secrets* and signed, *within* a deadline.

    A failure is part of the result, which has the names of secrets where the request has their values.
    Every rule is checked again, because the settings may have changed since the webhook was created.
    """
    from contracts.broker.webhooks import http  # noqa: PLC0415, loads the HTTP library

    if (problem := problem_of(settings, request)) is not None:
        return refused(request, problem)
    secrets = request.secrets() | set(named_secrets.values())
    try:
        filled = with_basic_auth(templates.fill_request(request, {**parameters, **named_secrets}))
        shown = with_basic_auth(templates.fill_request(request, parameters))
    except templates.Unfillable as error:
        return refused(request, redacted(str(error), secrets))
    content = _content(filled)
    signed = signing.headers(content or b"", filled.headers)
    headers = _headers(settings, filled, content) | signed
    secrets |= filled.secrets() | signing.confidential(signed)
    sent = _attempt(shown, _headers(settings, shown, content) | signed, secrets)
    message = http.HttpMessage(method=filled.method, url=filled.url, headers=headers, content=content)
    with within as deadline:
        try:
            response = http.exchange(settings, message, secrets, deadline)
        except http.RequestFailed as error:
            return replace(sent, error=redacted(str(error), secrets))
    return replace(sent, response=response, success=response.status in settings.webhook_http_code_success)


def problem_of(settings: Settings, request: WebhookRequest) -> str | None:
    """Return why the settings do not allow a request; its host is checked when the connection is opened."""
    allowed = replace(settings.allowed_webhooks, hosts=())
    problems = webhook_rules.problems(request, allowed)
    if not problems:
        return None
    reasons = "; ".join(f"its {field} {reason}" for field, reason in problems.items())
    return f"The settings of this broker do not allow the webhook: {reasons}. Change the webhook or the setting"


def _attempt(request: WebhookRequest, headers: Mapping[str, str], secrets: Collection[str]) -> Sent:
    """Return an attempt of *request* with these *headers*, with its own and other *secrets* masked."""
    shown = masked(replace(request, headers=headers), secrets)
    return Sent(method=shown.method, url=shown.url, headers=shown.headers, body=shown.body)


def _headers(settings: Settings, request: WebhookRequest, content: bytes | None) -> dict[str, str]:
    """Return every header that is sent, by name in lower case."""
    headers = {"accept": "*/*", "user-agent": settings.user_agent}
    if (media_type := content_type(request.body)) is not None:
        headers["content-type"] = media_type
    headers |= request.headers
    address = urlsplit(request.url)
    default = address.port in {None, _PORTS.get(address.scheme)}
    headers["host"] = (address.hostname or "") if default else address.netloc
    if content is not None or request.method.upper() not in {"GET", "HEAD"}:
        headers["content-length"] = str(len(content or b""))
    return headers


def _content(request: WebhookRequest) -> bytes | None:
    """Return the body as it is sent: `null` if there is none but the header announces JSON."""
    if request.body is None:
        return b"null" if "json" in request.headers.get("content-type", "") and request.method != "GET" else None
    return body_text(request.body).encode()


def log_of(settings: Settings, sent: Sent) -> str:
    """Return the log of an attempt, for a person who wants to know why a webhook had no effect."""
    lines = [f"{sent.method} {sent.url}", *_written(sent.headers), ""]
    if sent.body is not None:
        lines += [_beginning(body_text(sent.body)), ""]
    if sent.response is None:
        lines.append(f"Error: {sent.error}")
    elif settings.webhook_host_whitelist:
        lines += [f"Response: {sent.response.status}", *_written(sent.response.headers)]
        if sent.response.omitted_headers:
            lines.append(f"({sent.response.omitted_headers} more headers are not shown)")
        lines += ["", sent.response.body]
    else:
        lines += [f"Response: {sent.response.status}", HIDDEN]
    lines.append("Succeeded" if sent.success else "Failed")
    return "\n".join(lines).replace("\0", "\N{REPLACEMENT CHARACTER}") + "\n"  # PostgreSQL does not store NUL


def _beginning(text: str) -> str:
    if (more := len(text) - _MOST_SHOWN) <= 0:
        return text
    return f"{text[:_MOST_SHOWN]}\n({more} more characters are not shown)"


def _written(headers: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers.items())
