"""The limits of connections, and the places that connections have in a process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from contracts.broker.settings import Settings
from contracts.model.networks import Network, is_within, owner, parse


MOST_PIPELINED = 16  # requests sent before the response to the first
RETRY_SECONDS = 2

_NOT_WAITING = 512  # connections for other requests than those that wait for a verdict
_OTHER_DESCRIPTORS = 100  # database, log, webhooks
_SPARE_DESCRIPTORS = 536  # many systems start a process with 1,024, and let it raise the limit


def raise_descriptors(most_connections: int) -> None:
    """Allow this process, and those that it starts, enough descriptors for every connection, if the system lets it."""
    try:
        import resource  # noqa: PLC0415, Windows has no such limit, and no such module
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = most_connections + _SPARE_DESCRIPTORS
    goal = most if hard < 0 else min(hard, most)
    if 0 <= soft < goal:
        resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))


def _free_descriptors() -> int | None:
    """The descriptors for connections; None if they are not limited."""
    try:
        import resource  # noqa: PLC0415, Windows has no such limit, and no such module
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft < 0 else soft - _OTHER_DESCRIPTORS


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """The limits of one process; *unlimited* may have any number of connections."""

    connections: int
    connections_of_address: int
    unlimited: tuple[Network, ...]
    head_bytes: int
    headers: int
    head_seconds: float
    body_seconds: float
    body_bytes_a_second: int
    response_seconds: float
    hsts_seconds: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits of *settings*; a low limit of descriptors reduces the connections."""
        free = _free_descriptors()
        most = settings.max_connections
        return cls(
            connections=most if free is None else max(16, min(most, free)),
            connections_of_address=settings.max_connections_per_address,
            unlimited=parse(settings.trusted_proxies),
            head_bytes=settings.max_header_bytes,
            headers=settings.max_headers,
            head_seconds=settings.header_timeout,
            body_seconds=settings.body_timeout,
            body_bytes_a_second=settings.min_body_rate,
            response_seconds=settings.response_timeout,
            hsts_seconds=settings.hsts_max_age,
        )

    @property
    def waiting(self) -> int:
        """The number of connections that may wait for a verdict."""
        return max(0, self.connections - _NOT_WAITING)


class Occupant(Protocol):
    """A connection that has a place."""

    address: str

    @property
    def waits_since(self) -> float | None:
        """The time since when it waits for its client; None while the broker works for it."""

    def leave(self) -> None:
        """End at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The response to a client for which there is no place."""

    status: int
    text: str


class Places:
    """The places of all connections of one process."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._occupants: set[Occupant] = set()
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._occupants)

    def enter(self, occupant: Occupant) -> Refusal | None:
        """Give *occupant* a place, if necessary that of the connection that waited longest; or return why not."""
        key, limits = owner(occupant.address), self.limits
        refusal = None
        if self._counts[key] >= limits.connections_of_address and not is_within(occupant.address, limits.unlimited):
            if not self._make_room(each for each in self._occupants if owner(each.address) == key):
                refusal = Refusal(
                    status=429,
                    text=f"Your address has {limits.connections_of_address} connections, the limit. Close some, and "
                    "try again",
                )
        elif len(self._occupants) >= limits.connections and not self._make_room(self._occupants):
            refusal = Refusal(status=503, text="The broker has no free connection. Try again in some seconds")
        self._occupants.add(occupant)
        self._counts[key] += 1
        return refusal

    def leave(self, occupant: Occupant) -> None:
        """Free the place of *occupant*, if it has one."""
        if occupant not in self._occupants:
            return
        self._occupants.remove(occupant)
        key = owner(occupant.address)
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]

    def _make_room(self, candidates: Iterable[Occupant]) -> bool:
        waiting = [(each.waits_since, each) for each in candidates]
        idle = [(since, each) for since, each in waiting if since is not None]
        if not idle:
            return False
        _, longest = min(idle, key=lambda pair: pair[0])
        self.leave(longest)
        longest.leave()
        return True
