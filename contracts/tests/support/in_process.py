"""A client of an ASGI application, without a socket and without other threads.

It has the interface of Starlette's TestClient, which passes each message of a request from thread to thread, and so
takes up to twice the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.types import ASGIApp, Message


PORTS = {"http": 80, "https": 443}


class TestClient(httpx2.Client):
    """Sends requests to *app*; an error that escapes *app* is raised, unless *raise_server_exceptions* is false."""

    __test__ = False

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = "http://testserver",
        *,
        headers: Mapping[str, str] | None = None,
        raise_server_exceptions: bool = True,
        follow_redirects: bool = True,
        client: tuple[str, int] = ("testclient", 50_000),
        cookies: Any = None,
    ) -> None:
        self.app = app
        super().__init__(
            transport=_Transport(app, client, raises=raise_server_exceptions),
            base_url=base_url,
            headers={"user-agent": "testclient", **(headers or {})},
            follow_redirects=follow_redirects,
            cookies=cookies,
        )


class _Transport(httpx2.BaseTransport):
    def __init__(self, app: ASGIApp, client: tuple[str, int], *, raises: bool) -> None:
        self._app = app
        self._client = client
        self._raises = raises
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def __del__(self) -> None:
        self._loop.close()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._loop.run_until_complete(self._answer(request, request.read()))

    async def _answer(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        sent: list[Message] = []
        messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]
        complete = asyncio.Event()

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await complete.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                complete.set()

        try:
            await self._app(self._scope(request), receive, send)
        except Exception:
            if self._raises or not sent:
                raise
        start, *bodies = sent
        body = b"" if request.method == "HEAD" else b"".join(each.get("body", b"") for each in bodies)
        return httpx2.Response(start["status"], headers=start["headers"], content=body, request=request)

    def _scope(self, request: httpx2.Request) -> dict[str, Any]:
        url = request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": [url.host, url.port or PORTS[url.scheme]],
            "extensions": {},
            "state": {},
        }
