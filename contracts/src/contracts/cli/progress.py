"""How far a long command is: a line at the beginning of each part, and then every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable


class Progress:
    """Writes lines with *say*: what is being done, how much of how much, and for how long so far."""

    def __init__(
        self, say: Callable[[str], None], *, every_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say = say
        self._every_seconds = every_seconds
        self._clock = clock
        self._began = self._said_at = clock()
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Note that *done* of the *total* of *what* are done; say so where it is time."""
        now = self._clock()
        if what == self._what and now - self._said_at < self._every_seconds:
            return
        self._what, self._said_at = what, now
        seconds = now - self._began
        since = f", {seconds:.0f} s so far" if seconds >= 1 else ""
        self._say(f"  … {what}: {done:,} of {total:,}{since}")
