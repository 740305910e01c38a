"""When an exchange with another host ends: all of it has one deadline, and a broker that stops breaks it off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self


class Deadline:
    """When an exchange ends, whatever it is doing: as a context, it begins at once, and takes *seconds* at most.

    Connections that it watches are shut down. A socket's timeout holds for one read: whoever sends a byte every few
    seconds is never too late for it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self.told = f"within {seconds:g} s"
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
        """Shut *connection* down when the time has passed."""
        with self._lock:
            self._watched.append(connection.dup())  # TLS will take the connection's own handle away
        if self.passed:
            self.end()

    def stop(self) -> None:
        """Let it pass now, as the broker stops."""
        self.told = "before the broker stopped"
        self.end()

    def end(self) -> None:
        """Let it pass now."""
        self.passed = True
        with self._lock:
            for each in self._watched:
                with suppress(OSError):  # the other side was faster
                    each.shutdown(socket.SHUT_RDWR)


class Exchanges:
    """Those that are under way, so that they can be stopped together."""

    def __init__(self) -> None:
        self.stopped = False
        self._underway: set[Deadline] = set()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Deadline]:
        """The deadline of one more, which is not begun yet."""
        deadline = Deadline(seconds)
        self._underway.add(deadline)
        if self.stopped:
            deadline.stop()
        try:
            yield deadline
        finally:
            self._underway.discard(deadline)

    def stop(self) -> None:
        """Stop all that are under way, and whichever comes."""
        self.stopped = True
        for each in list(self._underway):
            each.stop()
