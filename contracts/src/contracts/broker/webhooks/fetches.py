"""The pacts that were fetched by the URL of a webhook: hints that its build has started.

A request only notes the fetch, in memory; the worker records it, so that reading never waits for writers. A hint is
lost with its process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass


MOST = 1_000  # more than builds start within a round of the worker


@dataclass(frozen=True, slots=True)
class Fetch:
    """The ids of a fetched content, and of the provider version that its webhook asked for."""

    pact_version_id: int
    provider_version_id: int


class Fetches:
    """The fetches that are not recorded yet, each once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fetches: set[Fetch] = set()

    def note(self, fetches: Iterable[Fetch]) -> None:
        """Remember *fetches*, until there are too many."""
        with self._lock:
            for each in fetches:
                if len(self._fetches) < MOST:
                    self._fetches.add(each)

    def take(self) -> list[Fetch]:
        """Return the fetches, and forget them."""
        with self._lock:
            fetches, self._fetches = self._fetches, set()
        return sorted(fetches, key=lambda each: (each.pact_version_id, each.provider_version_id))
