"""Who may do what: basic authentication, in front of everything else.

Source: Pact Broker protocol, authentication.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from contracts.broker import urls
from contracts.broker.api import paths


if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from contracts.broker.settings import Settings


_READS = {"GET", "HEAD", "OPTIONS"}


class BasicAuth:
    """ASGI middleware: asks for a user name and a password where the settings say so."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 401."""
        if scope["type"] == "http" and self.settings.basic_auth_enabled and not self._allowed(scope):
            refusal = PlainTextResponse(
                "This broker asks for a user name and a password\n",
                401,
                headers={"WWW-Authenticate": 'Basic realm="Restricted area"'},
            )
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        # undecoded, as it is routed: a name may hold a slash, and what comes after it looks like another address
        settings, path = self.settings, paths.raw(scope).rstrip("/")
        asks_for_pacts = scope["method"] == "POST" and urls.is_of(urls.PACTS_FOR_VERIFICATION, path)
        reads = scope["method"] in _READS or asks_for_pacts
        if reads and settings.allow_public_read:
            return True
        if scope["method"] in _READS:
            if settings.public_heartbeat and path == urls.HEARTBEAT:
                return True
            if settings.enable_public_badge_access and urls.is_badge(path):
                return True
        given = _credentials(Headers(scope=scope).get("authorization", ""))
        if given is None:
            return False
        if _same(given, settings.basic_auth_username, settings.basic_auth_password):
            return True
        return reads and _same(given, settings.basic_auth_read_only_username, settings.basic_auth_read_only_password)


def _credentials(header: str) -> tuple[str, str] | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (username, password) if colon else None


def _same(given: tuple[str, str], username: str, password: str) -> bool:
    """Whether they are *given*, in time that tells nothing; an account without a name or password is nobody's."""
    known = bool(username) and bool(password)
    name_same = secrets.compare_digest(given[0].encode(), username.encode())
    password_same = secrets.compare_digest(given[1].encode(), password.encode())
    return known and name_same and password_same
