"""What a webhook's request may be: the same rules when it is made, imported and sent.

Each `…_problem` says why a part cannot be used, or None where it can.
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
"""The methods that HTTP knows."""
NOT_AN_ADDRESS = "is not a valid URL eg. http://example.org"

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# RFC 9110: they say where a message begins and ends, to whom it goes, and how the connection is used
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
    """What an operator allows webhooks: methods and schemes, and hosts, where no host means any public one."""

    methods: Sequence[str]
    schemes: Sequence[str]
    hosts: Sequence[str] = ()


def method_problem(method: str, allowed: Allowed) -> str | None:
    """Why *method* cannot be used."""
    if method.upper() not in METHODS:
        return "is not a recognised HTTP method"
    if method.upper() not in {each.upper() for each in allowed.methods}:
        return f"must be one of: {', '.join(allowed.methods)}"
    return None


def url_problem(url: str, allowed: Allowed) -> str | None:
    """Why *url*, which may hold templates after its host, cannot be used; hosts are judged by name alone."""
    if "${" in re.split(r"[/?#]", url.partition("://")[2])[0]:
        return "cannot have a template parameter in its host"
    host = webhook_targets.host_of(url)
    if not host or not _ADDRESS.fullmatch(_TEMPLATE.sub("parameter", url)):
        return NOT_AN_ADDRESS
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return "cannot hold a user name, as everybody reads it: put it into username, and a password into password"
    if parts.scheme not in allowed.schemes:
        return f"must begin with one of: {', '.join(allowed.schemes)}"
    if allowed.hosts and not webhook_targets.is_listed(host, webhook_targets.port_of(url), allowed.hosts):
        return f"must have one of the hosts: {', '.join(allowed.hosts)}"
    return None


def headers_problem(headers: Mapping[str, str]) -> str | None:
    """Why *headers* cannot be sent. Names are compared as servers do that hand them on in variables: `_` is `-`."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            return f"cannot hold the name {name!r}"
        if name.lower().replace("_", "-") in _OF_THE_CONNECTION:
            return f"cannot hold {name}, which the broker sets itself"
        if "\n" in value or "\r" in value:
            return f"cannot contain multiple lines (in {name})"
        if _CONTROL.search(value):
            return f"cannot contain control characters (in {name})"
    return None


def event_problem(name: str) -> str | None:
    """Why an event of this *name* cannot be listened to."""
    return None if name in EVENTS else f"must be one of: {', '.join(EVENTS)}"


def problems(request: WebhookRequest, allowed: Allowed) -> dict[str, str]:
    """Why *request* cannot be sent, by its field; empty where it can."""
    by_field = {
        "method": method_problem(request.method, allowed),
        "url": url_problem(request.url, allowed),
        "headers": headers_problem(request.headers),
    }
    return {field: text for field, text in by_field.items() if text is not None}
