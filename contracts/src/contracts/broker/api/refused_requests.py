"""The refused requests in the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.actions import audits
from contracts.broker.api import acts, paths
from contracts.broker.api.acts import OPERATION, Attempted
from contracts.broker.runtime import Runtime
from contracts.model.audit import Kind


REFUSED = frozenset({401, 403, 429})


class RefusedRequests:
    """ASGI middleware: records each request whose response has one of the statuses of `REFUSED`.

    It records after the response, so that a slow database delays no refusal.
    """

    def __init__(self, app: ASGIApp, runtime: Runtime, routes: Sequence[BaseRoute]) -> None:
        self.app = app
        self.runtime = runtime
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0
        scope[OPERATION] = attempted = Attempted(scope["method"])

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            if status in REFUSED:
                await self._record(scope, attempted, status)

    async def _record(self, scope: Scope, attempted: Attempted, status: int) -> None:
        if attempted.names is None:
            attempted.resource, parameters = paths.template(scope, self.routes)
            attempted.names = acts.names(parameters)
        act = acts.of(scope, self.runtime.now(), Kind.REFUSAL, attempted, status)
        if due := self.runtime.refusals.note(act):
            await run_in_threadpool(audits.record_refusals, self.runtime, due)
