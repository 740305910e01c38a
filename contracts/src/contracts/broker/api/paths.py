"""The path of a request: it is checked, and stays encoded for routing.

Starlette routes on the decoded path, which loses an encoded slash in a name. Here the raw path takes its place, so
each parameter is one segment, which `urls.decode` decodes later.
Source: Pact Broker protocol, processing pipeline (steps 0 and 0b), URL encoding, file extensions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote_to_bytes

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker.api.hal import CSV, HAL, JSON, PROBLEM, SVG, YAML, Hal, dumps


_CONTROL = re.compile(r"%0[aAdD90]")
_WEB_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*")
_NOT_IN_HEADERS = re.compile(rb"[\x00-\x1f\x7f]")  # the server refuses a response with one of these in a header
_EXTENSIONS = {"svg": SVG, "csv": CSV, "json": f"{HAL}, {JSON}", "yaml": YAML}
_ALWAYS_A_TYPE = re.compile(r".*/badge\.svg|/groups/.*\.csv")
_REQUIRED_HEADERS = [
    (b"cache-control", b"no-cache"),
    (b"vary", b"Accept"),
]


class RawPaths:
    """ASGI middleware: routes on the raw path, without a trailing slash and an extension that means a media type.

    A name may end like a file, so an extension counts only if the path with it matches none of *routes*.
    For badges and groups of applications it always counts: the protocol writes their URLs with it.
    """

    def __init__(self, app: ASGIApp, version: str, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self.routes = routes
        self.headers = [*_REQUIRED_HEADERS, (b"x-pact-broker-version", version.encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the path, then pass the request on; every response has the broker's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = raw(scope)
        if (refusal := _refusal(path, scope["query_string"])) is not None:
            await refusal(scope, receive, self._with_headers(send))
            return
        path = path.rstrip("/") or "/"
        path, accept = self._extension(scope, path)
        headers = scope["headers"]
        if accept:
            headers = [
                (b"accept", accept.encode()),
                *(each for each in headers if each[0] != b"accept"),
            ]
        scope = {**scope, "path": path, "headers": headers}
        await self.app(scope, receive, self._with_headers(send))

    def _extension(self, scope: Scope, path: str) -> tuple[str, str | None]:
        stem, _, extension = path.rpartition(".")
        accept = _EXTENSIONS.get(extension)
        if accept is None or not self._matches(scope, stem):
            return path, None
        if _ALWAYS_A_TYPE.fullmatch(path) or not self._matches(scope, path):
            return stem, accept
        return path, None

    def _matches(self, scope: Scope, path: str) -> bool:
        return any(route.matches({**scope, "path": path})[0] is not Match.NONE for route in self.routes)

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                present: list[tuple[bytes, bytes]] = message["headers"]  # type: ignore[assignment]  # ASGI's own shape
                names = {name for name, _ in present}
                message["headers"] = [
                    *((name, _NOT_IN_HEADERS.sub(_encoded, value)) for name, value in present),
                    *(each for each in self.headers if each[0] not in names),
                ]
            await send(message)

        return sending  # type: ignore[return-value]  # ASGI messages are mutable mappings


def _encoded(character: re.Match[bytes]) -> bytes:
    return b"%%%02X" % character[0][0]


def raw(scope: Scope) -> str:
    """Return the encoded path of a request."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path.partition(b"?")[0].decode("latin-1")


def template(scope: Scope, routes: Sequence[BaseRoute]) -> tuple[str, dict[str, str]]:
    """Return the template of the request's path, as routing will match it, and its parameters, if a route has it."""
    path = raw(scope).rstrip("/") or "/"
    for candidate in (path, path.rpartition(".")[0]):
        for route in routes:
            if not isinstance(route, Route):
                continue
            match, child = route.matches({**scope, "path": candidate})
            if match is not Match.NONE:
                return route.path_format, child["path_params"]
    return "", {}


def printable(scope: Scope) -> str:
    """Return the path of a request in printable characters, without the query, which may contain secrets."""
    path = raw(scope)
    return path if path.isascii() and path.isprintable() else quote(path.encode("latin-1"), safe="/%:@!$&'()*+,;=")


def _refusal(path: str, query: bytes) -> Hal | None:
    # a query may search for a line break; PostgreSQL stores no null characters
    if _CONTROL.search(path) or b"\0" in unquote_to_bytes(query):
        return _problem(422, "Unprocessable", "The URL contains an encoded line break, tab or null character")
    if not (_is_text(unquote_to_bytes(path)) and _is_text(query)):
        return _problem(422, "Unprocessable", "The URL is not UTF-8")
    if "//" in path or not _WEB_PATH.fullmatch(path):
        text = "Empty path component found" if "//" in path else "The path contains a character that a URL must encode"
        return _problem(404, "Not Found", text)
    return None


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _problem(status: int, title: str, detail: str) -> Hal:
    document = {"title": title, "type": "/problem/not-found", "detail": detail, "status": status}
    return Hal(dumps(document), status, media_type=PROBLEM)
