"""Deadlines of requests to other hosts: one for the whole request, which also ends when the broker stops."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self


class Deadline:
    """The end of a request, *seconds* after the `with` block begins; then its watched connections are shut down.

    A socket's timeout is not enough: it limits one read, so a host that sends a byte every few seconds never exceeds
    it. *description* completes the sentence "No response …".
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self.description = f"within {seconds:g} s"
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self.end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    def watch(self, connection: socket.socket) -> None:
        """Shut *connection* down at the deadline."""
        with self._lock:
            self._watched.append(connection.dup())  # TLS takes over the connection's own handle
        if self.passed:
            self.end()

    def stop(self) -> None:
        """End now, because the broker stops."""
        self.description = "before the broker stopped"
        self.end()

    def end(self) -> None:
        """End now."""
        self.passed = True
        with self._lock:
            for each in self._watched:
                with suppress(OSError):  # the host has closed it
                    each.shutdown(socket.SHUT_RDWR)


class OpenExchanges:
    """The requests in progress, which can be stopped together."""

    def __init__(self) -> None:
        self.stopped = False
        self._current: set[Deadline] = set()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Deadline]:
        """Add a request, and yield its deadline, which the caller starts."""
        deadline = Deadline(seconds)
        self._current.add(deadline)
        if self.stopped:
            deadline.stop()
        try:
            yield deadline
        finally:
            self._current.discard(deadline)

    def stop(self) -> None:
        """Stop every request, current and future."""
        self.stopped = True
        for each in list(self._current):
            each.stop()
