"""One exchange over HTTP with where a webhook goes: what is asked, and the beginning of what is answered.

Loads the library for HTTP, which a broker that sends no webhook does without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError

from contracts.broker import egress
from contracts.broker.egress import Unreachable
from contracts.model.addresses import ForbiddenAddress
from contracts.model.redaction import redacted
from contracts.model.webhooks import STARS, body_text


if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contracts.broker.deadlines import Deadline
    from contracts.broker.settings import Settings
    from contracts.model.webhooks import WebhookRequest


_MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said, without our secrets; *body* is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: str


class Failed(Exception):
    """There was no answer; the message says why."""


class _TooLate(Exception):
    """There was no answer within the time."""


def exchange(settings: Settings, request: WebhookRequest, secrets: Collection[str], deadline: Deadline) -> Answer:
    """What is answered to *request*, before the *deadline* and without the *secrets*.

    Raises:
        Failed: if there is no answer, or the host may not be reached.
    """
    try:
        return _exchange(settings, request, secrets, deadline)
    except (requests.RequestException, ForbiddenAddress, Unreachable, _TooLate) as error:
        raise Failed(_reason(error, deadline)) from error


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
            timeout=2 * deadline.seconds,  # the deadline ends it first, and is not an error of the connection
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
    return body_text(request.body).encode()


def _content_type(body: object) -> dict[str, str]:
    if body is None:
        return {}
    return {"content-type": "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"}
