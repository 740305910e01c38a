"""The number of tests of webhooks that each host may have at a time, so that a silent host blocks no other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit


SLOW_SECONDS = 600.0
_PORTS = {"http": 80, "https": 443}


def host_and_port(url: str) -> str:
    """Return the host and port of *url*, by which requests are counted: a host may have several services."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}"
    except ValueError:  # an invalid URL is never sent
        return ""


class Shares:
    """The *at_once* places of one process: a host gets half of them, and a slow host gets one.

    A host is slow for some minutes after a request that used all its time, or until it responds in time.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._current: Counter[str] = Counter()
        self._late_until: dict[str, float] = {}

    def free(self) -> int:
        """Count the free places."""
        with self._lock:
            return self.at_once - self._current.total()

    def most(self) -> int:
        """Count the requests that can begin now, to any host that is not full."""
        with self._lock:
            left = [self._left(host) for host in {*self._current, *self._late()}]
            return min(self.at_once - self._current.total(), self.at_once // 2, *(each for each in left if each > 0))

    def full(self) -> set[str]:
        """Return the hosts that use their whole share."""
        with self._lock:
            return {host for host in self._current if self._left(host) <= 0}

    def begin(self, host: str) -> None:
        """Take a place for a request to *host*."""
        with self._lock:
            self._current[host] += 1

    def end(self, host: str, *, late: bool) -> None:
        """Return the place; *late* if the request used all its time."""
        with self._lock:
            self._current[host] -= 1
            if self._current[host] <= 0:
                del self._current[host]
            if late:
                self._late_until[host] = self._clock() + SLOW_SECONDS
            else:
                self._late_until.pop(host, None)

    def _late(self) -> set[str]:
        now = self._clock()
        self._late_until = {host: until for host, until in self._late_until.items() if until > now}
        return set(self._late_until)

    def _left(self, host: str) -> int:
        share = 1 if host in self._late() else max(1, self.at_once // 2)
        return share - self._current[host]
