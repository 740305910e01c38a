"""One address, two readers: a browser gets a page where there is one, everybody else the API.

Source: Pact Broker protocol, API versus UI dispatch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.routing import Match


if TYPE_CHECKING:
    from starlette.routing import Router
    from starlette.types import ASGIApp, Receive, Scope, Send


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
_PAGES_ONLY = ("/ui/", "/hal-browser/", "/doc/")  # what the API has nothing at


class ForPeople:
    """ASGI middleware: hands to *pages* what a browser asks for, where they have it, and the rest to *app*."""

    def __init__(self, app: ASGIApp, pages: Router) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the reader, and answer."""
        people = scope["type"] == "http" and (scope["path"].startswith(_PAGES_ONLY) or wants_page(scope))
        if people and any(route.matches(scope)[0] is Match.FULL for route in self.pages.routes):
            await self.pages(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks: it reads, says it takes HTML, and names no type of the API."""
    headers = Headers(scope=scope)
    accept = headers.get("accept", "")
    named = f"{accept},{headers.get('content-type', '')}"
    return (
        scope["method"] in {"GET", "HEAD"} and "text/html" in accept and not any(each in named for each in _API_TYPES)
    )
