"""The security headers of every response, errors included."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import paths
from contracts.broker.api.permissions import IDENTITY
from contracts.broker.response_headers import BADGE, DOCUMENT, strict_transport
from contracts.broker.settings import Settings
from contracts.model.permissions import ANONYMOUS, Identity


_SHARED = (b"private", b"public", b"no-store")


class SecurityHeaders:
    """ASGI middleware: adds each security header that a response lacks.

    What an account receives, only its own browser may keep; pages, nobody.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._strict_transport = strict_transport(settings.hsts_max_age)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._complete(scope, message.get("headers", ()))
            await send(message)

        await self.app(scope, receive, sending)

    def _complete(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        present = {name.lower(): value for name, value in headers}
        media_type = present.get(b"content-type", b"").partition(b";")[0]
        is_badge = media_type == b"image/svg+xml" and urls.is_badge(paths.raw(scope).rstrip("/"))
        security = BADGE if is_badge else DOCUMENT
        completed = [*headers, *(each for each in security if each[0] not in present)]
        if scope.get("scheme") == "https" and not _is_local(scope):
            completed += [each for each in self._strict_transport if each[0] not in present]
        identity: Identity | None = scope.get(IDENTITY)
        cache = present.get(b"cache-control", b"no-cache")
        if identity is not None and identity.subject != ANONYMOUS:
            cache = _own(cache, is_page=media_type == b"text/html")
        return [*(each for each in completed if each[0].lower() != b"cache-control"), (b"cache-control", cache)]


def _is_local(scope: Scope) -> bool:
    """Return whether the client calls the broker localhost, a name that other services of the machine share."""
    host = Headers(scope=scope).get("host", "").partition(":")[0].lower()
    return host == "localhost" or host.endswith(".localhost")


def _own(value: bytes, *, is_page: bool) -> bytes:
    """Return the Cache-Control of a response for one account only."""
    if is_page:
        return b"no-store"
    if any(each in value for each in _SHARED):
        return value
    return b"private, " + value
