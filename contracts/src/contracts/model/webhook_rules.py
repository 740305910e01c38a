"""The rules for a webhook's request; they apply when it is created, imported and sent.

Each `…_problem` function returns why a part is invalid, or None if it is valid.
Source: Pact Broker protocol, webhooks (validation).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from contracts.model import webhook_targets
from contracts.model.webhooks import EVENTS, WebhookRequest


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"})
"""The methods of HTTP."""
NOT_AN_ADDRESS = "is not a valid URL eg. http://example.org"

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# RFC 9110: these headers control the message's length, its target and the connection
_OF_THE_CONNECTION = {
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# RFC 3986
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")
_TEMPLATE = re.compile(r"\$\{[^}]+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The methods, schemes and hosts that the operator allows; without hosts, any public one is allowed."""

    methods: Sequence[str]
    schemes: Sequence[str]
    hosts: Sequence[str] = ()


def method_problem(method: str, allowed: Allowed) -> str | None:
    """Return why *method* is invalid."""
    if method.upper() not in METHODS:
        return "is not a recognised HTTP method"
    if method.upper() not in {each.upper() for each in allowed.methods}:
        return f"must be one of: {', '.join(allowed.methods)}"
    return None


def url_problem(url: str, allowed: Allowed) -> str | None:
    """Return why *url* is invalid; it can have template parameters after its host. Only the host's name is checked."""
    if "${" in re.split(r"[/?#]", url.partition("://")[2])[0]:
        return "cannot have a template parameter in its host"
    host = webhook_targets.host_of(url)
    if not host or not _ADDRESS.fullmatch(_TEMPLATE.sub("parameter", url)):
        return NOT_AN_ADDRESS
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return "cannot contain a user name, because everyone can read it. Use username and password instead"
    if parts.scheme not in allowed.schemes:
        return f"must begin with one of: {', '.join(allowed.schemes)}"
    if allowed.hosts and not webhook_targets.is_listed(host, webhook_targets.port_of(url), allowed.hosts):
        return f"must have one of the hosts: {', '.join(allowed.hosts)}"
    return None


def headers_problem(headers: Mapping[str, str]) -> str | None:
    """Return why *headers* are invalid. `_` counts as `-` in names, as in servers that turn headers into variables."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            return f"cannot contain the name {name!r}"
        if name.lower().replace("_", "-") in _OF_THE_CONNECTION:
            return f"cannot contain {name}, which the broker sets itself"
        if "\n" in value or "\r" in value:
            return f"cannot contain multiple lines (in {name})"
        if _CONTROL.search(value):
            return f"cannot contain control characters (in {name})"
    return None


def event_problem(name: str) -> str | None:
    """Return why *name* is not an event."""
    return None if name in EVENTS else f"must be one of: {', '.join(EVENTS)}"


def problems(request: WebhookRequest, allowed: Allowed) -> dict[str, str]:
    """Return why *request* is invalid, by field; empty if it is valid."""
    by_field = {
        "method": method_problem(request.method, allowed),
        "url": url_problem(request.url, allowed),
        "headers": headers_problem(request.headers),
    }
    return {field: text for field, text in by_field.items() if text is not None}
