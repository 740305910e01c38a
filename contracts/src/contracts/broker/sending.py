"""Sending a webhook's request, and writing down what was said.

Source: Pact Broker protocol, execution.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contracts.model import templates
from contracts.model.redaction import redacted, redacted_value
from contracts.model.webhooks import body_text


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contracts.broker.deadlines import Deadline
    from contracts.broker.exchange import Answer
    from contracts.broker.settings import Settings
    from contracts.model.webhooks import WebhookRequest


SECONDS = 30.0  # from connecting to the end of the answer; only looking the host up is not broken off
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


def send(settings: Settings, request: WebhookRequest, parameters: Mapping[str, str], within: Deadline) -> Sent:
    """Send *request*, filled with *parameters*, where it may go; never raises for what the other side does.

    It ends when the deadline passes that it has to be done *within*.
    """
    from contracts.broker import exchange  # noqa: PLC0415, the library for HTTP only for those who send

    filled = _with_basic_auth(templates.fill_request(request, parameters))
    secrets = filled.secrets()
    sent = Sent(
        method=filled.method.upper(),
        url=redacted(filled.url, secrets),
        headers=filled.redacted_headers(),
        body=redacted_value(filled.body, secrets),
    )
    with within as deadline:
        try:
            answer = exchange.exchange(settings, filled, secrets, deadline)
        except exchange.Failed as error:
            return replace(sent, error=redacted(str(error), secrets))
    return replace(sent, answer=answer, success=answer.status in settings.webhook_http_code_success)


def log_of(settings: Settings, sent: Sent) -> str:
    """*sent* as text, for the person who wants to know why a webhook did not do what it should."""
    lines = [f"{sent.method} {sent.url}", *_written(sent.headers), ""]
    if sent.body is not None:
        lines += [body_text(sent.body), ""]
    if sent.answer is None:
        lines.append(f"Failed: {sent.error}")
    elif settings.webhook_host_whitelist:
        lines += [f"Answered {sent.answer.status}", *_written(sent.answer.headers), "", sent.answer.body]
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


def _written(headers: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers.items())
