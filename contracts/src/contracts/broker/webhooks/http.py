"""One exchange over HTTP with where a webhook goes: what is asked, and the beginning of what is answered.

Loads the library for HTTP, which a broker that sends no webhook does without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

from contracts.broker.settings import Settings
from contracts.broker.webhooks import connections
from contracts.broker.webhooks.connections import Unreachable
from contracts.broker.webhooks.deadlines import Deadline
from contracts.model.redaction import redacted
from contracts.model.webhook_targets import ForbiddenAddress
from contracts.model.webhooks import STARS


_MOST_BYTES = 10_000
_SET_BY_THE_LIBRARY = {"host", "content-length"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request as it is sent: every header, with names in lower case, and the bytes of the body."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said, without our secrets; *body* is its beginning, and *headers* the first ones."""

    status: int
    headers: Mapping[str, str]
    body: str
    headers_left_out: int = 0


class Failed(Exception):
    """There was no answer; the message says why."""


class _TooLate(Exception):
    """There was no answer within the time."""


def exchange(settings: Settings, message: Message, secrets: Collection[str], deadline: Deadline) -> Answer:
    """What is answered to *message*, before the *deadline* and without the *secrets*.

    Raises:
        Failed: if there is no answer, or the host may not be reached.
    """
    try:
        return _exchange(settings, message, secrets, deadline)
    except (requests.RequestException, ForbiddenAddress, Unreachable, _TooLate) as error:
        raise Failed(_reason(error, deadline)) from error


def _exchange(settings: Settings, message: Message, secrets: Collection[str], deadline: Deadline) -> Answer:
    verify = not settings.disable_ssl_verification
    certificates = settings.webhook_certificates if verify else ()
    with (
        connections.session(settings.webhook_host_whitelist, deadline, certificates) as session,
        session.request(
            message.method,
            message.url,
            data=message.content,
            headers={
                name: value.encode() for name, value in message.headers.items() if name not in _SET_BY_THE_LIBRARY
            },
            timeout=2 * deadline.seconds,  # the deadline ends it first, and is not an error of the connection
            allow_redirects=False,
            verify=verify,
            stream=True,
        ) as response,
    ):
        if deadline.passed:  # headers that were broken off look whole
            raise _TooLate
        headers = _headers(response, secrets)
        return Answer(
            status=response.status_code,
            headers=headers,
            headers_left_out=len(response.headers) - len(headers),
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


def _headers(response: requests.Response, secrets: Collection[str]) -> dict[str, str]:
    """The first headers, up to as much as is kept of a body; the one that goes beyond is cut."""
    headers: dict[str, str] = {}
    room = _MOST_BYTES
    for name, value in response.headers.items():
        if room <= 0:
            break
        shown_name = name.lower()[:room]
        room -= len(shown_name)
        headers[shown_name] = _shown(name, value, secrets)[:room]
        room -= len(headers[shown_name])
    return headers


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
