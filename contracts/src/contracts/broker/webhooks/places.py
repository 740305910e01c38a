"""The places of the webhook worker, so that hosts that do not respond delay no other, however much waits for them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from contracts.broker.webhooks.shares import SLOW_SECONDS


PATIENCE_SECONDS = 0.05
"""The time after which a request without a response leaves its place to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    host: str
    began: float
    waits: bool
    """Whether it waits for its response in the waiting room, and takes no place."""


class Places:
    """The requests of one process: *at_once* places, and a waiting room for as many as *waiting*.

    A request without a response moves to the waiting room after a moment. A host has as many requests at a time as half
    of the places, or one if it is slow or half of the waiting room is taken. It is slow for some minutes after a
    request that used all its time, or until it responds in time; its requests begin in the waiting room.
    """

    def __init__(self, at_once: int, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: dict[int, _Request] = {}
        self._slow_until: dict[str, float] = {}

    def free(self) -> int:
        """Count the requests that can begin now, to hosts that are not full."""
        with self._lock:
            self._move()
            return self.at_once - len(self._requests) + self._waiting()

    def choose(self, hosts: Sequence[str]) -> list[int]:
        """Return the positions in *hosts* of the requests to begin now: at first one for each host that has none."""
        with self._lock:
            self._move()
            current = Counter(each.host for each in self._requests.values())
            first = {host: position for position, host in reversed([*enumerate(hosts)]) if not current[host]}
            before = set(first.values())
            order = [*sorted(before), *(position for position in range(len(hosts)) if position not in before)]
            share = self._shares()
            chosen: list[int] = []
            for position in order:
                if len(chosen) == self.at_once - len(self._requests) + self._waiting():
                    break
                host = hosts[position]
                if current[host] < share(host):
                    current[host] += 1
                    chosen.append(position)
            return chosen

    def begin(self, key: int, host: str) -> None:
        """Begin the request called *key*."""
        with self._lock:
            waits = host in self._slow() and self._waiting() < self.waiting
            self._requests[key] = _Request(host=host, began=self._clock(), waits=waits)

    def end(self, key: int, *, late: bool) -> None:
        """End the request; *late* if it used all its time."""
        with self._lock:
            host = self._requests.pop(key).host
            if late:
                self._slow_until[host] = self._clock() + SLOW_SECONDS
            else:
                self._slow_until.pop(host, None)

    def seconds_until_free(self) -> float | None:
        """The seconds until the oldest request moves to the waiting room; None if none will."""
        with self._lock:
            began = [each.began for each in self._requests.values() if not each.waits]
            if not began or self._waiting() >= self.waiting:
                return None
            return max(0.0, min(began) + PATIENCE_SECONDS - self._clock())

    def _move(self) -> None:
        """Move requests to the waiting room, the oldest first, until it is full."""
        until = self._clock() - PATIENCE_SECONDS
        room = self.waiting - self._waiting()
        moving = [key for key, each in self._requests.items() if not each.waits and each.began <= until][: max(0, room)]
        for key in moving:
            self._requests[key] = replace(self._requests[key], waits=True)

    def _shares(self) -> Callable[[str], int]:
        """Return the number of requests that a host can have now."""
        slow, waiting = self._slow(), self._waiting()
        of_others = 1 if 2 * waiting >= self.waiting else max(1, self.at_once // 2)
        of_slow = 1 if waiting < self.waiting else 0
        return lambda host: of_slow if host in slow else of_others

    def _slow(self) -> set[str]:
        now = self._clock()
        self._slow_until = {host: until for host, until in self._slow_until.items() if until > now}
        return set(self._slow_until)

    def _waiting(self) -> int:
        return sum(each.waits for each in self._requests.values())
