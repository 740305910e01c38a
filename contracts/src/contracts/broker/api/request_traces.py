"""A span of OpenTelemetry for each request, if traces are on."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.api import paths
from contracts.broker.serving import traces
from contracts.broker.serving.logs import request_id
from contracts.broker.serving.traces import Traces


_SERVER_ERRORS = 500


class RequestTraces:
    """ASGI middleware: makes a span with method, route, path, status and id of each request.

    The route is the template of one of *routes*. The query is left out, as it may contain secrets.
    """

    def __init__(self, app: ASGIApp, spans: Traces, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self.spans = spans
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on within its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, (route, _) = scope["method"], paths.template(scope, self.routes)
        attributes = {
            "http.request.method": method,
            "http.route": route,
            "url.path": paths.printable(scope),
            "url.scheme": scope["scheme"],
            "contracts.request_id": request_id.get(),
        }
        attributes = {name: value for name, value in attributes.items() if value}
        with self.spans.span(f"{method} {route}".strip(), "SERVER", attributes, Headers(scope=scope)) as span:

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _SERVER_ERRORS:
                        traces.failed(span)
                await send(message)

            await self.app(scope, receive, sending)
