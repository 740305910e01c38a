"""One line in the log for an outage of the database, for any number of requests and webhooks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable


log = logging.getLogger(__name__)

QUIET_SECONDS = 30.0


class Outages:
    """The reports of one process: the first is logged at once, the next after some seconds, others are counted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next = float("-inf")
        self._counted = 0

    def report(self, text: str) -> None:
        """Log *text*, or count it if another report was logged less than QUIET_SECONDS ago."""
        with self._lock:
            now = self._clock()
            if now < self._next:
                self._counted += 1
                log.debug("%s", text)
                return
            counted, self._counted, self._next = self._counted, 0, now + QUIET_SECONDS
        more = f" ({counted} more since the last report)" if counted else ""
        log.warning("%s%s", text, more)
