"""A client's connection, with limits for requests before the application sees them.

The parser, httptools, has no limits: endless headers would take all memory, and unfinished requests all connections.
Counting here costs 6 µs for each request; h11, a parser with limits, costs 140.
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from contracts.broker.response_headers import DOCUMENT, strict_transport
from contracts.broker.serving.connection_limits import MOST_PIPELINED, RETRY_SECONDS, Places


class LimitedConnection(HttpToolsProtocol):
    """Uvicorn's connection; it ends if a head is too large or too slow, a body too slow, or others need its place."""

    def __init__(self, *arguments: Any, places: Places, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.places = places
        self.limits = places.limits
        self.address = ""
        self._writing: TimerHandle | None = None
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
        """Accept the connection if it gets a place."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._start(self.limits.head_seconds)
        if refusal := self.places.enter(self):
            self._refuse(refusal.status, refusal.text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Release the connection."""
        self._stop()
        self.resume_writing()
        self.places.leave(self)
        super().connection_lost(exc)

    def leave(self) -> None:
        """End the connection, which waits for its client."""
        self.connections.discard(self)
        self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for a client that takes nothing of its response, but not forever."""
        super().pause_writing()
        self._writing = self.loop.call_later(self.limits.response_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with the response."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Pass *data* to the parser, up to the limit of a head."""
        while data and not self.transport.is_closing():
            piece = data if self._in_body else data[: self.limits.head_bytes - self._head_bytes]
            if not piece:
                self._refuse(431, f"The URL and headers of a request can have at most {self.limits.head_bytes} bytes")
                return
            data = data[len(piece) :]
            if not self._in_body:
                self._head_bytes += len(piece)
            super().data_received(piece)
        if (self._in_body or self._head_begun) and self._timer is None:
            self._start(self.limits.body_seconds if self._in_body else self.limits.head_seconds)

    def on_message_begin(self) -> None:
        """Begin a head; the timer of the first one runs since the connection was opened."""
        self._head_begun = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Accept a header, up to the limit."""
        if len(self.headers) >= self.limits.headers:
            self._refusal = (431, f"A request can have at most {self.limits.headers} headers")
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
            if self._head_begun:
                self._refuse(
                    408, f"The URL and headers of a request must arrive within {self.limits.head_seconds:.0f} s"
                )
            self.transport.close()
            return
        if self.flow.read_paused:  # the broker is slow, not the client
            self._body_bytes = 0
            self._start(self.limits.body_seconds)
            return
        left = (
            self.limits.body_seconds
            + self._body_bytes / self.limits.body_bytes_a_second
            - (self.loop.time() - self._since)
        )
        if left > 0:
            self._timer = self.loop.call_later(left, self._check_time)
        else:
            kibibytes, seconds = self.limits.body_bytes_a_second // 1024, self.limits.body_seconds
            self._refuse(408, f"A body must arrive within {seconds:.0f} s, or at {kibibytes} KiB/s")

    def _refuse(self, status: int, text: str) -> None:
        """Send an error if its turn in the order of requests has come, and end the connection."""
        self._stop()
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy or (self._in_body and not self.cycle.response_started and not self.pipeline):
            content = f"{text}\n".encode()
            of_tls = strict_transport(self.limits.hsts_seconds) if self.scheme == "https" else ()
            security = b"".join(b"%s: %s\r\n" % each for each in (*DOCUMENT, *of_tls))
            head = (
                b"content-type: text/plain; charset=utf-8\r\n%s"
                b"content-length: %d\r\nconnection: close\r\nretry-after: %d\r\n\r\n"
            )
            self.transport.write(STATUS_LINE[status] + head % (security, len(content), RETRY_SECONDS) + content)
        self.transport.close()
