"""Sending a webhook's request, and writing down what was said.

Source: Pact Broker protocol, execution.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import HTTPError

from contracts.broker import egress
from contracts.broker.egress import Deadline, Unreachable
from contracts.model import templates
from contracts.model.addresses import ForbiddenAddress
from contracts.model.redaction import redacted, redacted_value
from contracts.model.webhooks import STARS


if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from contracts.broker.settings import Settings
    from contracts.model.webhooks import WebhookRequest


SECONDS = 30.0  # from connecting to the end of the answer; only looking the host up is not broken off
_MOST_BYTES = 10_000

HIDDEN = "The answer is shown where hosts are listed in PACT_BROKER_WEBHOOK_HOST_WHITELIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said, without our secrets; *body* is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: str


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


class _TooLate(Exception):
    """There was no answer within the time."""


def send(settings: Settings, request: WebhookRequest, parameters: Mapping[str, str], within: Deadline) -> Sent:
    """Send *request*, filled with *parameters*, where it may go; never raises for what the other side does.

    It ends when the deadline passes that it has to be done *within*.
    """
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
            answer = _exchange(settings, filled, secrets, deadline)
        except (requests.RequestException, ForbiddenAddress, Unreachable, _TooLate) as error:
            return replace(sent, error=redacted(_reason(error, deadline), secrets))
    return replace(sent, answer=answer, success=answer.status in settings.webhook_http_code_success)


def log_of(settings: Settings, sent: Sent) -> str:
    """*sent* as text, for the person who wants to know why a webhook did not do what it should."""
    lines = [f"{sent.method} {sent.url}", *_written(sent.headers), ""]
    if sent.body is not None:
        lines += [_text(sent.body), ""]
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


def _exchange(settings: Settings, request: WebhookRequest, secrets: Collection[str], deadline: Deadline) -> Answer:
    headers = {"accept": "*/*", "user-agent": settings.user_agent, **_content_type(request.body), **request.headers}
    verify = not settings.disable_ssl_verification
    certificates = settings.webhook_certificates if verify else ()
    with (
        egress.session(settings.webhook_host_whitelist, deadline, certificates) as session,
        session.request(
            request.method,
            request.url,
            data=_data(request),
            headers={name: value.encode() for name, value in headers.items()},
            timeout=deadline.seconds,
            allow_redirects=False,
            verify=verify,
            stream=True,
        ) as response,
    ):
        if deadline.passed:  # headers that were broken off look whole
            raise _TooLate
        return Answer(
            status=response.status_code,
            headers={name.lower(): _shown(name, value, secrets) for name, value in response.headers.items()},
            # first without secrets, then cut: half of a secret would not be known for one
            body=redacted(_beginning(response), secrets)[:_MOST_BYTES],
        )


def _beginning(response: requests.Response) -> str:
    """What can be read of an answer in its time, up to a little more than is kept."""
    content = b""
    try:
        while len(content) < 2 * _MOST_BYTES:
            if not (more := response.raw.read1(_MOST_BYTES, decode_content=True)):
                break
            content += more
    except (HTTPError, OSError) as error:
        content += f"\n(the answer broke off: {error})".encode()
    return content.decode(errors="replace")


def _shown(name: str, value: str, secrets: Collection[str]) -> str:
    return STARS if name.lower() == "set-cookie" else redacted(value, secrets)


def _reason(error: Exception, deadline: Deadline) -> str:
    if deadline.passed or isinstance(error, requests.Timeout):
        return f"There was no answer {deadline.told}"
    match error:
        case requests.exceptions.SSLError():
            return f"TLS does not prove that it is the host: {error}"
        case _:
            return str(error)


def _data(request: WebhookRequest) -> bytes | None:
    """What is sent as the body; nothing at all would not be JSON, where that is what the header announces."""
    if request.body is None:
        return b"null" if "json" in request.headers.get("content-type", "") and request.method != "GET" else None
    return _text(request.body).encode()


def _content_type(body: object) -> dict[str, str]:
    if body is None:
        return {}
    return {"content-type": "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"}


def _text(body: object) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)


def _written(headers: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers.items())
