"""What proxies say about a request: its client, scheme and host; only named proxies are believed.

Anyone can send these headers. Without a check, a client could choose the address in the log and the limits, and the
host in links that other clients follow with their credentials.
Source: RFC 7239 (Forwarded); MDN, X-Forwarded-For, selecting an IP address.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker.settings import Settings
from contracts.model.networks import is_within, parse


log = logging.getLogger(__name__)

Header = tuple[bytes, bytes]

_FORWARDED = b"forwarded"
_PREFIX = b"x-forwarded-"
_MOST_WARNINGS = 10
_PART = re.compile(r'\s*(for|host|proto)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";,\s]+))\s*', re.IGNORECASE)


class TrustedProxies:
    """ASGI middleware: applies the headers of trusted proxies, and removes those of everyone else."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._networks = parse(settings.trusted_proxies)
        self._warned: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its client, scheme and host."""
        if scope["type"] == "http":
            headers: list[Header] = scope["headers"]
            from_proxy = [each for each in headers if each[0] == _FORWARDED or each[0].startswith(_PREFIX)]
            if from_proxy:
                scope = self._judge(scope, headers, from_proxy)
        await self.app(scope, receive, send)

    def _judge(self, scope: Scope, headers: list[Header], from_proxy: list[Header]) -> Scope:
        peer = (scope.get("client") or ("", 0))[0]
        if not is_within(peer, self._networks):
            self._warn(peer)
            return {**scope, "headers": [each for each in headers if each not in from_proxy]}
        headers = [*headers, *_translate(from_proxy)]
        changes: Scope = {"headers": headers}
        if (client := self._client(headers)) is not None:
            changes["client"] = (client, 0)
        if scheme := _scheme(headers):
            changes["scheme"] = scheme
        return {**scope, **changes}

    def _client(self, headers: Sequence[Header]) -> str | None:
        """Return the last address in the chain that is not a trusted proxy; the ones before it may be invented."""
        client = None
        for entry in reversed(_entries(headers, b"x-forwarded-for")):
            address = _address(entry)
            if address is None:
                break
            client = address
            if not is_within(address, self._networks):
                break
        return client

    def _warn(self, peer: str) -> None:
        if peer in self._warned or len(self._warned) >= _MOST_WARNINGS:
            return
        self._warned.add(peer)
        log.warning(
            "The broker ignores the X-Forwarded-… headers of %s. If this is your proxy, add it to "
            "PACT_BROKER_TRUSTED_PROXIES, and set PACT_BROKER_BASE_URL to the URL that clients use",
            peer,
        )


def _translate(from_proxy: list[Header]) -> Iterator[Header]:
    """Yield the X-Forwarded-* headers that mean the same as Forwarded.

    A proxy writes one kind. Beside X-Forwarded-*, Forwarded may be the client's own, which the proxy passed on.
    """
    if any(name != _FORWARDED for name, _ in from_proxy):
        return
    parts: dict[str, list[str]] = {"for": [], "host": [], "proto": []}
    for element in _entries(from_proxy, _FORWARDED):
        for name, quoted, plain in _PART.findall(element):
            parts[name.lower()].append(re.sub(r"\\(.)", r"\1", quoted) or plain)
    for name, values in parts.items():
        if values:
            yield _PREFIX + name.encode(), ", ".join(values).encode("latin-1")


def _entries(headers: Sequence[Header], name: bytes) -> list[str]:
    """Return the comma-separated entries of all headers with *name*."""
    return [
        entry.strip()
        for each, value in headers
        if each == name
        for entry in value.decode("latin-1").split(",")
        if entry
    ]


def _scheme(headers: Sequence[Header]) -> str:
    """Return the scheme that the client used; empty if the proxy does not say."""
    if _entries(headers, b"x-forwarded-ssl")[:1] == ["on"]:
        return "https"
    schemes = _entries(headers, b"x-forwarded-scheme") or _entries(headers, b"x-forwarded-proto")
    return schemes[0].lower() if schemes and schemes[0].lower() in {"http", "https"} else ""


def _address(entry: str) -> str | None:
    """Return the address in an entry of X-Forwarded-For, without its port; None if it is not one."""
    text = entry[1:].partition("]")[0] if entry.startswith("[") else entry
    if text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None
