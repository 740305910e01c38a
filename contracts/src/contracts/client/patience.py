"""How long requests to a failing broker are repeated; free of I/O, apart from its clock.

A restarting broker is away for some seconds. Requests are repeated for that long, with growing pauses or those that
the broker asks for (`Retry-After`). Once that did not help, later requests do not wait again.
Source: RFC 9110, section 10.2.3.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


_PAUSES_SECONDS = (0.1, 0.3, 0.6, 1.0)
_LONGEST_PAUSE_SECONDS = 2.0
_QUIET_SECONDS = 0.9  # a shorter failure is not reported
_WITHOUT_PATIENCE_SECONDS = 0.5

_log = logging.getLogger("contracts.client")


class Patience:
    """The patience that all requests to the broker at *address* share."""

    def __init__(
        self,
        address: str,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.seconds = seconds
        self._address = address
        self._clock = clock
        self._sleep = sleep
        self._lost = False
        self._announced = False

    def trial(self) -> Trial:
        """Begin one request."""
        lost = min(self.seconds, _WITHOUT_PATIENCE_SECONDS)
        return Trial(self, lost if self._lost else self.seconds)

    def answered(self) -> None:
        """Note that the broker responds."""
        self._lost = False
        self._announced = False

    def lose(self) -> None:
        """Note that waiting did not help."""
        self._lost = True

    def announce(self, why: str, seconds: float) -> None:
        """Report, once, that requests wait for the broker."""
        if not self._announced:
            self._announced = True
            _log.warning("The broker at %s: %s. Trying again for up to %.0f s.", self._address, why, seconds)

    def now(self) -> float:
        """Return the time of the clock."""
        return self._clock()

    def pause(self, seconds: float) -> None:
        """Wait for *seconds*."""
        self._sleep(seconds)


class Trial:
    """One repeated request: how often, and since when."""

    def __init__(self, patience: Patience, seconds: float) -> None:
        self._patience = patience
        self._seconds = seconds
        self._began: float | None = None
        self._times = 0

    @property
    def waited_seconds(self) -> float:
        """Return the seconds since the first failure."""
        return 0.0 if self._began is None else self._patience.now() - self._began

    def again(self, why: str, retry_after: str | None = None) -> bool:
        """Wait before the next attempt, after one that failed because of *why*; return False when patience ends."""
        if self._began is None:
            self._began = self._patience.now()
        left = self._seconds - self.waited_seconds
        asked_for = seconds_of(retry_after)
        pause = self._next_pause() if asked_for is None else max(asked_for, _PAUSES_SECONDS[0])
        if pause > left:
            self._patience.lose()
            return False
        if self.waited_seconds + pause > _QUIET_SECONDS:
            self._patience.announce(why, left)
        self._patience.pause(pause)
        return True

    def _next_pause(self) -> float:
        pauses = _PAUSES_SECONDS
        pause = pauses[self._times] if self._times < len(pauses) else _LONGEST_PAUSE_SECONDS
        self._times += 1
        return pause


def seconds_of(retry_after: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date; None if it is neither."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
