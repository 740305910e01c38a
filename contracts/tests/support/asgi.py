"""Requests to an ASGI application as bytes, which no client library corrects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from starlette.types import ASGIApp, Message


JSON_TYPES = {"application/json", "application/hal+json", "application/problem+json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request; *path* and *query* are encoded, possibly wrongly."""

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """A response."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class Caller:
    """Sends requests to *app* while its block lasts; an error that escapes *app* is raised here.

    Each has the header Host with *host*, unless that is None.
    """

    def __init__(self, app: ASGIApp, host: str | None = "broker") -> None:
        self.app = app
        self.host = [] if host is None else [(b"host", host.encode())]
        self.loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.close()

    def __call__(self, request: RawRequest) -> RawResponse:
        """Return the response of *app*."""
        return self.loop.run_until_complete(self._answer(request))

    async def _answer(self, request: RawRequest) -> RawResponse:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.content, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "server": ("broker", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
            "method": request.method,
            "path": request.path.decode("latin-1"),
            "raw_path": request.path,
            "query_string": request.query,
            "headers": [*self.host, *request.headers],
        }
        await self.app(scope, receive, send)
        start, *bodies = sent
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        content = b"".join(each.get("body", b"") for each in bodies)
        return RawResponse(status=start["status"], headers=headers, content=content)
