"""How many exchanges each host may have under way, so that a silent one does not hold up the others."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit


SLOW_SECONDS = 600.0
_PORTS = {"http": 80, "https": 443}


def host_and_port(url: str) -> str:
    """Where *url* leads, as what shares are counted by: a host may have several services."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}"
    except ValueError:  # which is not sent anywhere
        return ""


class Shares:
    """The places of one process, *at_once* of them: half for one host, and one for a host that was late.

    A host is late that used all the time of its last exchange; after some minutes, or an answer in time, it is no more.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._underway: Counter[str] = Counter()
        self._late_until: dict[str, float] = {}

    def free(self) -> int:
        """Count the places that are free."""
        with self._lock:
            return self.at_once - self._underway.total()

    def most(self) -> int:
        """Count how many can begin now, whichever hosts they are for, if those that are full are left out."""
        with self._lock:
            left = [self._left(host) for host in {*self._underway, *self._late()}]
            return min(self.at_once - self._underway.total(), self.at_once // 2, *(each for each in left if each > 0))

    def full(self) -> set[str]:
        """The hosts that have their share."""
        with self._lock:
            return {host for host in self._underway if self._left(host) <= 0}

    def begin(self, host: str) -> None:
        """Take a place for an exchange with *host*."""
        with self._lock:
            self._underway[host] += 1

    def end(self, host: str, *, late: bool) -> None:
        """Give the place back."""
        with self._lock:
            self._underway[host] -= 1
            if self._underway[host] <= 0:
                del self._underway[host]
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
        return share - self._underway[host]
