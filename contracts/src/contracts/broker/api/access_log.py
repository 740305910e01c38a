"""The access log: a line for each request, if the settings ask for it."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.api import paths
from contracts.broker.serving import logs


log = logging.getLogger(__name__)

ACCOUNT = "contracts.account"
"""The key of a scope for the account of the request, which `access.BasicAuth` sets."""


class AccessLog:
    """ASGI middleware: logs method, path, account, client, status, size and duration of each request.

    It leaves out the query, which may contain secrets.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it at its end."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_at = time.perf_counter()
        status: int | None = None
        size_bytes = 0

        async def sending(message: Message) -> None:
            nonlocal status, size_bytes
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            _log(scope, status, size_bytes, round((time.perf_counter() - started_at) * 1000, 1))


def _log(scope: Scope, status: int | None, size_bytes: int, milliseconds: float) -> None:
    method, path = scope["method"], paths.printable(scope)
    account = scope.get(ACCOUNT)
    client = (scope.get("client") or ("unknown", 0))[0]
    by = f" by {account}" if account else ""
    outcome = "no response" if status is None else f"{status}, {size_bytes} bytes"
    extra = logs.fields(
        method=method,
        path=path,
        account=account,
        client=client,
        status=status,
        size_bytes=size_bytes,
        milliseconds=milliseconds,
    )
    log.info("%s %s%s from %s: %s, %s ms", method, path, by, client, outcome, milliseconds, extra=extra)
