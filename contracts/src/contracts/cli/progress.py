"""Progress of a long command: a line at the start of each part, then one every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Writes lines with *say*: the current part, its progress, and the elapsed time."""

    def __init__(
        self, say: Callable[[str], None], *, every_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._every_seconds = every_seconds
        self._clock = clock
        self._began = self._printed_at = clock()
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report that *done* of *total* are done in the part *what*, if a line is due."""
        now = self._clock()
        if what == self._what and now - self._printed_at < self._every_seconds:
            return
        self._what, self._printed_at = what, now
        seconds = now - self._began
        since = f", {seconds:.0f} s so far" if seconds >= 1 else ""
        self._say(f"  … {what}: {done:,} of {total:,}{since}")
