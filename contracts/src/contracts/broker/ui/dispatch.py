"""The choice between pages and API: browsers get a page, every other client the API.

A browser that also accepts JSON, such as one with an extension for it, gets the API browser.

Source: Pact Broker protocol, API versus UI dispatch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.api.errors import Unexpected
from contracts.broker.api.hal import SVG
from contracts.broker.api.openapi import OPENAPI
from contracts.broker.ui import document_parts, operations
from contracts.broker.ui.api_requests import Api
from contracts.broker.ui.application_forms import ApplicationForms
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.deployment_forms import DeploymentForms
from contracts.broker.ui.documents import Documents
from contracts.broker.ui.environment_forms import EnvironmentForms
from contracts.broker.ui.forms import Forms
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages
from contracts.broker.ui.secret_forms import SecretForms
from contracts.broker.ui.token_forms import TokenForms
from contracts.broker.ui.webhook_forms import WebhookForms


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
DOCUMENTS = "application/hal+json, application/json;q=0.9, */*;q=0.1"
_READS = {"GET", "HEAD"}
_PAGES_ONLY = ("/ui/", "/hal-browser/", "/doc/")  # the API has no such paths


class ForPeople:
    """ASGI middleware: sends a browser's requests to *pages* if they have the path, and others to *app*.

    If only the app's *routes* have the path, a browser gets the document as a page; if they have not, a page says so.
    """

    def __init__(self, app: ASGIApp, pages: Pages, routes: Sequence[BaseRoute], base_url: Sequence[str]) -> None:
        self.app = app
        self.pages = pages
        self.routes = routes
        self.base_url = base_url
        api = Api(Unexpected(app))
        self.forms: Mapping[str, ASGIApp] = {
            urls.FORM: Forms(api, pages, routes, base_url),
            urls.WEBHOOK_FORM: WebhookForms(api, pages),
            urls.TOKEN_FORM: TokenForms(api, pages),
            urls.SECRET_FORM: SecretForms(api, pages),
            urls.ENVIRONMENT_FORM: EnvironmentForms(api, pages),
            urls.APPLICATION_FORM: ApplicationForms(api, pages),
            urls.DEPLOYMENT_FORM: DeploymentForms(api, pages),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and urls.is_badge(scope["path"]):
            # browsers get the image, not a page with the same path: badges can be public when pages are not
            await self.app(_accepting(scope, SVG) if "text/html" in _accepted(scope) else scope, receive, send)
            return
        if scope["type"] == "http" and (form := self.forms.get(scope["path"])) is not None:
            await self._as_page(self._handled(form, scope), scope, receive, send)
            return
        if scope["type"] == "http" and wants_to_browse(scope):
            await self._browser(scope)(scope, receive, send)
            return
        is_page = scope["type"] == "http" and (scope["path"].startswith(_PAGES_ONLY) or wants_page(scope))
        if is_page and (_matches(self.pages.router.routes, scope) or not _matches(self.routes, scope)):
            await self._as_page(self._page, scope, receive, send)
        elif is_page and document_parts.is_download(scope):
            await self.app(_accepting(document_parts.whole(scope), DOCUMENTS), receive, send)
        elif is_page and "*/*" in _accepted(scope):  # as each browser sends; else 406
            await self._as_page(self._document, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page at a path; errors become the same documents as the API's."""
        await self._handled(self.pages.router, scope)(scope, receive, send)

    def _handled(self, app: ASGIApp, scope: Scope) -> ASGIApp:
        """Return *app* with the API's responses to errors."""
        return Unexpected(ExceptionMiddleware(app, handlers=scope["app"].exception_handlers))

    async def _document(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the API's document at a path, or the page in its place."""
        if scope["path"] == OPENAPI:
            html = operations.page(self.pages, self.routes)
            await HTMLResponse(html, headers=SECURITY_HEADERS)(scope, receive, send)
            return
        part = document_parts.requesting(scope, self.routes)
        await Unexpected(self.app)(_accepting(part, DOCUMENTS), receive, send)

    async def _as_page(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response of *app*, as a page if it is a JSON document."""
        response = Buffer()
        await app(scope, receive, response.send)
        if not response.messages:  # the client has left
            return
        if "json" not in response.headers.get("content-type", ""):
            await response.forward(send)
            return
        path = scope["raw_path"].decode() + (f"?{query}" if (query := scope["query_string"].decode()) else "")
        documents = Documents(self.pages, base_urls.of(self.base_url, Request(scope)), self._exists)
        html = await run_in_threadpool(documents.page, path, response.status, bytes(response.content))
        others = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        await HTMLResponse(html, response.status, others | SECURITY_HEADERS)(scope, receive, send)

    def _exists(self, path: str, method: str = "GET") -> bool:
        """Whether pages or API have *path*, for requests with *method*."""
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        return _matches(self.routes, scope) or _matches(self.pages.router.routes, scope)

    def _browser(self, scope: Scope) -> Response:
        query = scope["query_string"].decode()
        document = scope["path"] + (f"?{query}" if query else "")
        base = base_urls.of(self.base_url, Request(scope))
        return RedirectResponse(f"{base}{urls.HAL_BROWSER}#{document}", 303)


def _matches(routes: Sequence[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


def _accepted(scope: Scope) -> str:
    return Headers(scope=scope).get("accept", "")


def _accepting(scope: Scope, media_types: str) -> Scope:
    """Return *scope* with another Accept header."""
    headers = [each for each in scope["headers"] if each[0] != b"accept"]
    return {**scope, "headers": [(b"accept", media_types.encode()), *headers]}


def wants_to_browse(scope: Scope) -> bool:
    """Whether a browser requests a document: it reads, prefers HTML, and accepts JSON."""
    accept = _accepted(scope)
    is_document = scope["method"] in _READS and not scope["path"].startswith("/ui/")
    return is_document and accept.startswith("text/html") and "json" in accept


def wants_page(scope: Scope) -> bool:
    """Whether a browser requests a page: it reads, accepts HTML, and names no type of the API."""
    headers = Headers(scope=scope)
    accept = headers.get("accept", "")
    types = f"{accept},{headers.get('content-type', '')}"
    return scope["method"] in _READS and "text/html" in accept and not any(each in types for each in _API_TYPES)
