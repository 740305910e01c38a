"""One address, two readers: a browser gets a page where there is one, everybody else the API.

A browser that takes JSON as well, as those do that are told to show documents, gets the page that shows them.

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
_PAGES_ONLY = ("/ui/", "/hal-browser/", "/doc/")  # what the API has nothing at


class ForPeople:
    """ASGI middleware: hands to *pages* what a browser asks for, where they have it, and the rest to *app*.

    What none of the app's *routes* knows either, the pages tell a browser.
    """

    def __init__(self, app: ASGIApp, pages: Router, routes: Sequence[BaseRoute], base_url: Sequence[str]) -> None:
        self.app = app
        self.pages = pages
        self.routes = routes
        self.base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the reader, and answer."""
        if scope["type"] == "http" and urls.is_badge(scope["path"]):
            # a page may match the same address, and badges may be public where pages are not: browsers get the image
            await self.app(_as_image(scope) if "text/html" in _accepted(scope) else scope, receive, send)
            return
        if scope["type"] == "http" and wants_to_browse(scope):
            await self._browser(scope)(scope, receive, send)
            return
        people = scope["type"] == "http" and (scope["path"].startswith(_PAGES_ONLY) or wants_page(scope))
        if people and (_matches(self.pages.routes, scope) or not _matches(self.routes, scope)):
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
    """Whether a browser asks for a document: it reads, likes HTML best, and names JSON."""
    accept = _accepted(scope)
    return scope["method"] in _READS and accept.startswith("text/html") and "json" in accept


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks: it reads, says it takes HTML, and names no type of the API."""
    headers = Headers(scope=scope)
    accept = headers.get("accept", "")
    named = f"{accept},{headers.get('content-type', '')}"
    return scope["method"] in _READS and "text/html" in accept and not any(each in named for each in _API_TYPES)
