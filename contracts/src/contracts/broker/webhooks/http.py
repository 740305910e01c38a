"""One HTTP request of a webhook, and the beginning of its response.

This module imports the HTTP library, which a broker without webhooks does not need.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

from contracts.broker.settings import Settings
from contracts.broker.webhooks import connections
from contracts.broker.webhooks.connections import HostUnreachable
from contracts.broker.webhooks.deadlines import Deadline
from contracts.model.redaction import redacted, redacted_beginning
from contracts.model.webhook_targets import ForbiddenAddress
from contracts.model.webhooks import STARS


_MOST_BYTES = 10_000
_SET_BY_THE_LIBRARY = {"host", "content-length"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """A request as it is sent: every header, with names in lower case, and the bytes of the body."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The beginning of a response, without our secrets: the first *headers*, and the start of the *body*."""

    status: int
    headers: Mapping[str, str]
    body: str
    omitted_headers: int = 0


class RequestFailed(Exception):
    """There was no response; the message says why."""


class _TooLate(Exception):
    """The deadline passed before the response."""


def exchange(settings: Settings, message: HttpMessage, secrets: Collection[str], deadline: Deadline) -> Response:
    """Send *message*, and return the response without *secrets*.

    Raises:
        Failed: if there is no response before the *deadline*, or webhooks may not reach the host.
    """
    try:
        return _exchange(settings, message, secrets, deadline)
    except (requests.RequestException, ForbiddenAddress, HostUnreachable, _TooLate) as error:
        raise RequestFailed(_reason(error, deadline)) from error


def _exchange(settings: Settings, message: HttpMessage, secrets: Collection[str], deadline: Deadline) -> Response:
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
            timeout=2 * deadline.seconds,  # the deadline comes first, and is not an error of the connection
            allow_redirects=False,
            verify=verify,
            stream=True,
        ) as response,
    ):
        if deadline.passed:  # incomplete headers look complete
            raise _TooLate
        headers = _headers(response, secrets)
        return Response(
            status=response.status_code,
            headers=headers,
            omitted_headers=len(response.headers) - len(headers),
            body=_body(response, secrets),
        )


def _body(response: requests.Response, secrets: Collection[str]) -> str:
    """Return the part of the body that arrives in time, up to the size that is stored, without secrets.

    Half of a secret is not recognised, so secrets are removed before the body is cut.
    """
    content = b""
    try:
        while len(content) < 2 * _MOST_BYTES:
            if not (more := response.raw.read1(_MOST_BYTES, decode_content=True)):
                return redacted(content.decode(errors="replace"), secrets)[:_MOST_BYTES]
            content += more
        end = ""
    except (HTTPError, OSError) as error:
        end = redacted(f"\n(the response ended early: {error})", secrets)
    return redacted_beginning(content.decode(errors="replace"), secrets)[:_MOST_BYTES] + end


def _headers(response: requests.Response, secrets: Collection[str]) -> dict[str, str]:
    """Return the first headers, up to the size that is stored; the last one may be cut."""
    headers: dict[str, str] = {}
    room = _MOST_BYTES
    for name, value in response.headers.items():
        if room <= 0:
            break
        shown_name = redacted(name, secrets).lower()[:room]
        room -= len(shown_name)
        headers[shown_name] = _without_secrets(name, value, secrets)[:room]
        room -= len(headers[shown_name])
    return headers


def _without_secrets(name: str, value: str, secrets: Collection[str]) -> str:
    return STARS if name.lower() == "set-cookie" else redacted(value, secrets)


def _reason(error: Exception, deadline: Deadline) -> str:
    if deadline.passed or isinstance(error, requests.Timeout):
        return f"No response {deadline.description}"
    match error:
        case requests.exceptions.SSLError():
            return f"The TLS certificate of the host is not trusted: {error}"
        case _:
            return str(error)
