"""Work at the moments of a schedule, on a thread of its own; an error never ends it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from contracts.broker.runtime import Runtime
from contracts.broker.schedules import Schedule
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

MOST_SECONDS = 600.0  # between two looks at the clock, which may be set
STOP_SECONDS = 3.0


class Scheduled:
    """Calls *work* with each moment of *schedule*, between `start` and `stop`.

    The message of an error begins with *failure*.
    """

    def __init__(
        self, runtime: Runtime, schedule: Schedule, work: Callable[[datetime], None], *, name: str, failure: str
    ) -> None:
        self._broker = runtime
        self._schedule = schedule
        self._work = work
        self._failure = failure
        self._woken = threading.Event()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(schedule.after(runtime.now()),), name=name, daemon=True)

    def start(self) -> None:
        """Wait for the first moment of the schedule."""
        self._thread.start()

    def stop(self) -> None:
        """End, after some seconds at most."""
        self.stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def wake(self) -> None:
        """Look at the clock now."""
        self._woken.set()

    def _run(self, due: datetime) -> None:
        while not self.stopping.is_set():
            self._woken.clear()
            if (left_seconds := (due - self._broker.now()).total_seconds()) > 0:
                self._woken.wait(min(left_seconds, MOST_SECONDS))
                continue
            moment, due = due, self._schedule.after(self._broker.now())
            try:
                self._work(moment)
            except Unavailable as error:
                self._broker.outages.report(f"{self._failure} ({error}); the next time is at {due}")
            except Exception:
                log.exception("%s; the next time is at %s", self._failure, due)
