"""The choice between pages and API: browsers get a page, every other client the API.

A browser that also accepts JSON, such as one with an extension for it, gets the API browser.

Source: Pact Broker protocol, API versus UI dispatch.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.api.hal import SVG


_API_TYPES = (
    "application/hal+json",
    "application/problem+json",
    "application/json",
    "application/vnd.",
    "application/yaml",
    "text/csv",
    "text/plain",
    "text/vnd.graphviz",
)
_READS = {"GET", "HEAD"}
_PAGES_ONLY = ("/ui/", "/hal-browser/", "/doc/")  # the API has no such paths


class ForPeople:
    """ASGI middleware: sends a browser's requests to *pages* if they have the path, and others to *app*.

    If none of the app's *routes* has the path either, a browser gets a page that says so.
    """

    def __init__(self, app: ASGIApp, pages: Router, routes: Sequence[BaseRoute], base_url: Sequence[str]) -> None:
        self.app = app
        self.pages = pages
        self.routes = routes
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and urls.is_badge(scope["path"]):
            # browsers get the image, not a page with the same path: badges can be public when pages are not
            await self.app(_as_image(scope) if "text/html" in _accepted(scope) else scope, receive, send)
            return
        if scope["type"] == "http" and wants_to_browse(scope):
            await self._browser(scope)(scope, receive, send)
            return
        is_page = scope["type"] == "http" and (scope["path"].startswith(_PAGES_ONLY) or wants_page(scope))
        if is_page and (_matches(self.pages.routes, scope) or not _matches(self.routes, scope)):
            await self.pages(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _browser(self, scope: Scope) -> Response:
        query = scope["query_string"].decode()
        document = scope["path"] + (f"?{query}" if query else "")
        base = base_urls.of(self.base_url, Request(scope))
        return RedirectResponse(f"{base}{urls.HAL_BROWSER}#{document}", 303)


def _matches(routes: Sequence[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


def _accepted(scope: Scope) -> str:
    return Headers(scope=scope).get("accept", "")


def _as_image(scope: Scope) -> Scope:
    headers = [each for each in scope["headers"] if each[0] != b"accept"]
    return {**scope, "headers": [(b"accept", SVG.encode()), *headers]}


def wants_to_browse(scope: Scope) -> bool:
    """Whether a browser requests a document: it reads, prefers HTML, and accepts JSON."""
    accept = _accepted(scope)
    return scope["method"] in _READS and accept.startswith("text/html") and "json" in accept


def wants_page(scope: Scope) -> bool:
    """Whether a browser requests a page: it reads, accepts HTML, and names no type of the API."""
    headers = Headers(scope=scope)
    accept = headers.get("accept", "")
    types = f"{accept},{headers.get('content-type', '')}"
    return scope["method"] in _READS and "text/html" in accept and not any(each in types for each in _API_TYPES)
