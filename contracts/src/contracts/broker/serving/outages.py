"""One line in the log for an outage of the database, however many requests and webhooks it holds up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable


log = logging.getLogger(__name__)

QUIET_SECONDS = 30.0


class Outages:
    """Reports of one process: the first at once, further ones counted, and the next after some quiet seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next = float("-inf")
        self._counted = 0

    def report(self, text: str) -> None:
        """Log *text*, or count it where another report was logged just now."""
        with self._lock:
            now = self._clock()
            if now < self._next:
                self._counted += 1
                log.debug("%s", text)
                return
            counted, self._counted, self._next = self._counted, 0, now + QUIET_SECONDS
        more = f" (and {counted} more like the one before)" if counted else ""
        log.warning("%s%s", text, more)
