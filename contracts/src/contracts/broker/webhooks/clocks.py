"""A watch over the machine's clock: if it is set back, due deliveries would wait until the same time again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime


LEAST_SECONDS = 5.0  # the usual correction of a clock is smaller


class ClockWatch:
    """A comparison of the clock *now* with a *steady* one, which cannot be set."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._steady = steady
        self._last = now(), steady()

    def was_set_back(self) -> bool:
        """Whether the clock was set back since the last call."""
        before, steady_before = self._last
        self._last = self._now(), self._steady()
        passed = (self._last[0] - before).total_seconds()
        return passed < self._last[1] - steady_before - LEAST_SECONDS
