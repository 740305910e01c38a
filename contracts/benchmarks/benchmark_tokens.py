"""What credentials add to a request: processor time, in one process and without a network."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message

from contracts.broker.app import create_app
from contracts.broker.grants import GRANTS
from contracts.broker.people import Person
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database


ROUNDS = 60
REQUESTS_OF_ROUND = 20
_WARM_UP = 100
_READ = ("GET", "/pacticipants/web")
_CHANGE = ("PUT", "/pacticipants/web/labels/blue")
_PERMISSION = {"role": "publish", "names": ["web"]}
_ADDRESS = "https://broker.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Someone who sends requests to *app* with this header."""

    app: ASGIApp
    header: tuple[bytes, bytes] = (b"x-nothing", b"")

    async def send(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Send a request, and return the status and the content."""
        received: list[Message] = []
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"broker.example.org"), (b"content-type", b"application/json"), self.header],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 443),
        }
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return parts.pop() if parts else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            received.append(message)

        await self.app(scope, receive, send)
        return received[0]["status"], b"".join(each.get("body", b"") for each in received[1:])


def table(database_url: str) -> list[tuple[str, str]]:
    """Return what a token and a session add to a request, in milliseconds."""
    return asyncio.run(_measured(database_url))


async def _measured(database_url: str) -> list[tuple[str, str]]:
    database = Database(database_url)
    migrations.prepare(database, migrate=True)
    public = Settings(database_url=database_url, base_url=(_ADDRESS,))
    settings = replace(
        public,
        sign_in_issuer="https://issuer.example.org",
        sign_in_client_id="contracts",
        sign_in_permissions=GRANTS.read(json.dumps({"shop": [_PERMISSION]})),
    )
    nobody = Sender(app=create_app(Runtime(settings=public, database=database)))
    await nobody.send("PUT", "/pacticipants/web/versions/1", b"{}")
    created = await nobody.send("POST", "/tokens", json.dumps({"note": "ci", "permissions": [_PERMISSION]}).encode())
    guarded = create_app(Runtime(settings=settings, database=database))
    token = Sender(app=guarded, header=(b"authorization", b"Bearer " + json.loads(created[1])["token"].encode()))
    session = Sender(app=guarded, header=(b"cookie", _cookie(guarded)))
    read = await _compared({"nobody": nobody, "token": token, "session": session}, _READ)
    change = await _compared({"nobody": nobody, "token": token}, _CHANGE)
    database.dispose()
    return [
        ("a read without credentials, CPU: ms", f"{median(read['nobody']):.2f}"),
        ("a read: a token adds, CPU: ms", f"{_added(read, 'token'):.2f}"),
        ("a read: the session of a person adds, CPU: ms", f"{_added(read, 'session'):.2f}"),
        ("a change without credentials, CPU: ms", f"{median(change['nobody']):.2f}"),
        ("a change: a token adds, CPU: ms", f"{_added(change, 'token'):.2f}"),
    ]


def _added(times: dict[str, list[float]], name: str) -> float:
    """Return the median of the differences in each round, since the speed of the machine changes between rounds."""
    return median(more - less for more, less in zip(times[name], times["nobody"], strict=True))


async def _compared(senders: dict[str, Sender], request: tuple[str, str]) -> dict[str, list[float]]:
    """Return the processor time of a request in each round, in milliseconds, for each sender; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in senders}
    for sender in senders.values():
        await _repeat(sender.send, request, _WARM_UP)
    for _ in range(ROUNDS):
        for name, sender in senders.items():
            start = time.process_time()
            await _repeat(sender.send, request, REQUESTS_OF_ROUND)
            times[name].append((time.process_time() - start) * 1000 / REQUESTS_OF_ROUND)
    return times


async def _repeat(send: Callable[..., Awaitable[tuple[int, bytes]]], request: tuple[str, str], times: int) -> None:
    for _ in range(times):
        status, content = await send(*request, b"{}" if request[0] == "PUT" else b"")
        if status >= 300:  # noqa: PLR2004, not a success
            raise RuntimeError(f"{request} was answered with {status}: {content!r}")


def _cookie(app: Any) -> bytes:
    response = Response()
    app.state.sessions.start(response, Person(subject="42", name="Ann", groups=("shop",)))
    value: str = response.headers["set-cookie"].partition(";")[0]
    return value.encode()
