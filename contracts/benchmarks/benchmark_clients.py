"""Clients that wait for a verdict, each with a connection of its own and without a thread."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedResponse:
    """A response, with the moment of its arrival on the monotonic clock."""

    status: int
    content: bytes
    moment: float

    @property
    def summary(self) -> dict[str, Any]:
        """The summary of the matrix."""
        summary: dict[str, Any] = json.loads(self.content)["summary"]
        return summary


class WaitingClients:
    """A connection for each of *paths*, on which its question is sent at once."""

    def __init__(self, port: int, paths: Sequence[str]) -> None:
        self.responses: dict[int, WaitedResponse] = {}
        self._selector = selectors.DefaultSelector()
        self._received: dict[int, bytes] = {}
        self._sockets = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in paths]
        for number, (connection, path) in enumerate(zip(self._sockets, paths, strict=True)):
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode())
            connection.setblocking(False)
            self._received[number] = b""
            self._selector.register(connection, selectors.EVENT_READ, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave(range(len(self._sockets)))
        self._selector.close()

    def leave(self, numbers: Iterable[int]) -> None:
        """Close the connections with these *numbers*."""
        for number in numbers:
            if self._received.pop(number, None) is not None:
                self._selector.unregister(self._sockets[number])
            self._sockets[number].close()

    def receive(self, seconds: float, count: int | None = None) -> dict[int, WaitedResponse]:
        """Receive for *seconds*, or until *count* responses are complete; return all complete ones by number."""
        until = time.monotonic() + seconds
        goal = len(self._sockets) if count is None else count
        while len(self.responses) < goal and (left := until - time.monotonic()) > 0 and self._received:
            for key, _ in self._selector.select(left):
                self._read(key.data)
        return self.responses

    def wait_for(self, number: int, seconds: float) -> WaitedResponse:
        """Return the response with this *number*, once it is complete.

        Raises:
            TimeoutError: after *seconds*.
        """
        until = time.monotonic() + seconds
        while number not in self.responses:
            if (left := until - time.monotonic()) <= 0:
                raise TimeoutError(f"client {number} got no answer in {seconds:g} s")
            self.receive(left, count=len(self.responses) + 1)
        return self.responses[number]

    def _read(self, number: int) -> None:
        try:
            content = self._sockets[number].recv(65_536)
        except ConnectionResetError:
            content = b""
        if content:
            self._received[number] += content
            return
        head, _, body = self._received[number].partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1]) if head else 0
        self.responses[number] = WaitedResponse(status=status, content=body, moment=time.monotonic())
        self.leave([number])
