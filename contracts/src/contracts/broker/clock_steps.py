"""A clock that somebody set back: what is due by it would wait until it is that late again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime


LEAST_SECONDS = 5.0  # a clock that is only kept right moves by less


class ClockSteps:
    """Compares the clock *now* with a *steady* one, which nobody can set."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._steady = steady
        self._last = now(), steady()

    def was_set_back(self) -> bool:
        """Whether the clock was set back since this was asked last."""
        before, steady_before = self._last
        self._last = self._now(), self._steady()
        passed = (self._last[0] - before).total_seconds()
        return passed < self._last[1] - steady_before - LEAST_SECONDS
