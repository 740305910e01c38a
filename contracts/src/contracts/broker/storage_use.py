"""The storage that each application uses, counted now and then, and estimated between two counts.

A count reads all contracts and results of an application, so it is not part of each publication. Between two counts,
what is published is added, also what is already stored; so before a publication is refused, it is counted again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from contracts.broker.store import storage
from contracts.broker.store.database import Database
from contracts.model.errors import StorageFull


COUNT_SECONDS = 600.0  # between two counts of an application
_RECOUNT_SECONDS = 5.0  # between two counts of one that uses too much
_MOST_REMEMBERED = 10_000
_MEGABYTE = 1_000_000


@dataclass(slots=True, kw_only=True)
class _Use:
    size_bytes: int
    counted_at: float


class StorageUse:
    """The use of one process; an application may store *most_bytes* in *database*, any number if that is 0."""

    def __init__(self, database: Database, most_bytes: int, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._most_bytes = most_bytes
        self._now = now
        self._lock = threading.Lock()
        self._uses: OrderedDict[str, _Use] = OrderedDict()

    def add(self, application: str, size_bytes: int) -> None:
        """Take note that *application* publishes *size_bytes*.

        Raises:
            StorageFull: if that is more than it may store.
        """
        if not self._most_bytes:
            return
        use = self._use(application, COUNT_SECONDS)
        if use.size_bytes + size_bytes > self._most_bytes:
            use = self._use(application, _RECOUNT_SECONDS)
        if use.size_bytes + size_bytes > self._most_bytes:
            raise StorageFull(
                f"{application} stores {use.size_bytes / _MEGABYTE:.1f} MB of contracts and results, and may store "
                f"{self._most_bytes / _MEGABYTE:.1f} MB, so this was not stored. Remove what is not needed: "
                "`contracts clean` does, and `--dry-run` shows it before. Or ask the operator to raise "
                "PACT_BROKER_MAX_BYTES_PER_APPLICATION"
            )
        with self._lock:
            use.size_bytes += size_bytes

    def _use(self, application: str, seconds: float) -> _Use:
        """Return the use of *application* by a count that is at most *seconds* old."""
        now = self._now()
        with self._lock:
            use = self._uses.get(application)
        if use is not None and now - use.counted_at < seconds:
            return use
        with self._database.reading() as connection:
            use = _Use(size_bytes=storage.of_application(connection, application), counted_at=now)
        with self._lock:
            self._uses[application] = use
            if len(self._uses) > _MOST_REMEMBERED:
                self._uses.popitem(last=False)
        return use
