"""A client's connection, with limits for requests before the application sees them.

The parser, httptools, has no limits: endless headers would take all memory, and unfinished requests all connections.
Counting here costs 6 µs for each request; h11, a parser with limits, costs 140.
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from functools import cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contracts.broker.response_headers import DOCUMENT


MOST_WAITING = 1_000  # requests that wait for a verdict
MOST_HEAD_BYTES = 65_536  # address and headers together; 200 selectors of the matrix take 20,000
MOST_HEADERS = 200
MOST_PIPELINED = 16  # requests sent before the response to the first
HEAD_SECONDS = 10.0
BODY_SECONDS = 10.0  # for any body; a longer one must arrive at this rate
BODY_BYTES_A_SECOND = 262_144

_OTHER_CONNECTIONS = 512  # of each process, in addition to those that wait for a verdict
_OTHER_DESCRIPTORS = 100  # database, log, webhooks
_SECURITY_HEADERS = b"".join(b"%s: %s\r\n" % each for each in DOCUMENT)
_DESCRIPTORS = 2_048  # many systems start a process with half of them, and let it raise the limit


def raise_descriptors() -> None:
    """Allow this process, and those that it starts, enough descriptors for every connection, if the system lets it."""
    try:
        import resource  # noqa: PLC0415, Windows has no such limit, and no such module
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    goal = _DESCRIPTORS if hard < 0 else min(hard, _DESCRIPTORS)
    if 0 <= soft < goal:
        resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))


@cache
def most_connections() -> int:
    """Return the number of connections that one process holds open; a low limit of descriptors reduces it."""
    most = _OTHER_CONNECTIONS + MOST_WAITING
    free = _free_descriptors()
    return most if free is None else max(16, min(most, free))


def most_waiting() -> int:
    """Return how many of the connections may wait for a verdict."""
    return max(0, most_connections() - _OTHER_CONNECTIONS)


def _free_descriptors() -> int | None:
    """The descriptors for connections; None if they are not limited."""
    try:
        import resource  # noqa: PLC0415, Windows has no such limit, and no such module
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft < 0 else soft - _OTHER_DESCRIPTORS


class LimitedConnection(HttpToolsProtocol):
    """Uvicorn's connection; it ends if a head is too large or too slow, a body too slow, or others need its place."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._in_body = False
        self._head_begun = False
        self._head_bytes = 0
        self._body_bytes = 0
        self._since = 0.0
        self._timer: TimerHandle | None = None
        self._refusal: tuple[int, str] | None = None

    @property
    def waits_since(self) -> float | None:
        """The time since when it waits for a request; None while a request is processed or a body arrives."""
        answering = self._in_body or not (self.cycle is None or self.cycle.response_complete)
        return None if answering else self._since

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Accept the connection; if too many are open, close the one that has waited longest for its client."""
        crowded = len(self.connections) >= most_connections()
        super().connection_made(transport)
        self._start(HEAD_SECONDS)
        if crowded and not self._make_room():
            self._refuse(503, "The broker has no free connection. Try again in some seconds")

    def connection_lost(self, exc: Exception | None) -> None:
        """Release the connection."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass *data* to the parser, up to the limit of a head."""
        while data and not self.transport.is_closing():
            piece = data if self._in_body else data[: MOST_HEAD_BYTES - self._head_bytes]
            if not piece:
                self._refuse(431, f"The URL and headers of a request can have at most {MOST_HEAD_BYTES} bytes")
                return
            data = data[len(piece) :]
            if not self._in_body:
                self._head_bytes += len(piece)
            super().data_received(piece)
        if (self._in_body or self._head_begun) and self._timer is None:
            self._start(BODY_SECONDS if self._in_body else HEAD_SECONDS)

    def on_message_begin(self) -> None:
        """Begin a head; the timer of the first one runs since the connection was opened."""
        self._head_begun = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Accept a header, up to the limit."""
        if len(self.headers) >= MOST_HEADERS:
            self._refusal = (431, f"A request can have at most {MOST_HEADERS} headers")
            raise ValueError(self._refusal[1])
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin a body, which may be empty."""
        self._stop()
        self._head_begun, self._in_body = False, True
        self._head_bytes = self._body_bytes = 0
        if len(self.pipeline) >= MOST_PIPELINED:
            self._refusal = (429, f"At most {MOST_PIPELINED} requests can wait for the response to an earlier one")
            raise ValueError(self._refusal[1])
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count a part of a body."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._stop()
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that is invalid or exceeds a limit."""
        status, text = self._refusal or (400, msg)
        self._refuse(status, text)

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: a request for another protocol gets an HTTP response."""

    def _make_room(self) -> bool:
        waiting = [
            (each.waits_since, each)
            for each in self.connections
            if isinstance(each, LimitedConnection) and each is not self and each.waits_since is not None
        ]
        if not waiting:
            return False
        _, longest = min(waiting, key=lambda pair: pair[0] or 0.0)
        self.connections.discard(longest)
        longest.transport.close()
        return True

    def _start(self, seconds: float) -> None:
        self._since = self.loop.time()
        self._timer = self.loop.call_later(seconds, self._check_time)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _check_time(self) -> None:
        """End the connection if its client is too slow."""
        self._timer = None
        if self.transport.is_closing():
            return
        if not self._in_body:
            self.transport.close()  # no request to respond to
            return
        if self.flow.read_paused:  # the broker is slow, not the client
            self._body_bytes = 0
            self._start(BODY_SECONDS)
            return
        left = BODY_SECONDS + self._body_bytes / BODY_BYTES_A_SECOND - (self.loop.time() - self._since)
        if left > 0:
            self._timer = self.loop.call_later(left, self._check_time)
        else:
            kibibytes = BODY_BYTES_A_SECOND // 1024
            self._refuse(408, f"A body must arrive within {BODY_SECONDS:.0f} s, or at {kibibytes} KiB/s")

    def _refuse(self, status: int, text: str) -> None:
        """Send an error if its turn in the order of requests has come, and end the connection."""
        self._stop()
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy or (self._in_body and not self.cycle.response_started and not self.pipeline):
            content = f"{text}\n".encode()
            head = (
                b"content-type: text/plain; charset=utf-8\r\n%s"
                b"content-length: %d\r\nconnection: close\r\nretry-after: 2\r\n\r\n"
            )
            self.transport.write(STATUS_LINE[status] + head % (_SECURITY_HEADERS, len(content)) + content)
        self.transport.close()
