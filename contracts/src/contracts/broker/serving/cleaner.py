"""Cleaning on a schedule, on a thread of its own; an error never ends it."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from contracts.broker.actions import clean
from contracts.broker.actions.clean import Busy
from contracts.broker.runtime import Runtime
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

MOST_SECONDS = 600.0  # between two looks at the clock, which may be set
STOP_SECONDS = 3.0  # one batch takes less, and an interrupted batch is rolled back


class Cleaning:
    """The cleaner of *runtime*; it runs between `start` and `stop`, if the settings enable it."""

    def __init__(self, runtime: Runtime) -> None:
        self._broker = runtime
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._after(runtime.now()),), name="cleaning", daemon=True
        )

    def start(self) -> None:
        """Wait for the first moment of the schedule."""
        if self._broker.settings.database_clean_enabled:
            self._thread.start()

    def stop(self) -> None:
        """End, after some seconds at most; the next cleaning continues."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def wake(self) -> None:
        """Look at the clock now."""
        self._woken.set()

    def _after(self, moment: datetime) -> datetime:
        return self._broker.settings.database_clean_cron_schedule.after(moment)

    def _run(self, due: datetime) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if (left_seconds := (due - self._broker.now()).total_seconds()) > 0:
                self._woken.wait(min(left_seconds, MOST_SECONDS))
                continue
            due = self._after(self._broker.now())
            try:
                self._clean()
            except Busy as busy:
                log.info("%s", busy)
            except Unavailable as error:
                self._broker.outages.report(f"Old data was not removed ({error}); the next cleaning is at {due}")
            except Exception:
                log.exception("Old data was not removed; the next cleaning is at %s", due)

    def _clean(self) -> None:
        planned = clean.plan(self._broker)
        if self._broker.settings.database_clean_dry_run:
            log.info("Cleaning would remove %s", _text(planned.counts))
            return
        log.info("Cleaning removed %s", _text(clean.carry_out(self._broker, planned)))


def _text(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
