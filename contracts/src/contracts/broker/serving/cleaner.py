"""Cleaning on a schedule, beside the server, which goes on whatever happens to it."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from contracts.broker.actions import clean
from contracts.broker.actions.clean import Busy
from contracts.broker.runtime import Runtime
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

MOST_SECONDS = 600.0  # between two looks at the clock, which somebody may set
STOP_SECONDS = 3.0  # a batch is removed in less, and one that is interrupted is not removed at all


class Cleaning:
    """The cleaner over *runtime*; it runs between `start` and `stop`, where the settings ask for it."""

    def __init__(self, runtime: Runtime) -> None:
        self._broker = runtime
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(self._after(runtime.now()),), name="cleaning", daemon=True
        )

    def start(self) -> None:
        """Begin to wait for the first moment of the schedule."""
        if self._broker.settings.database_clean_enabled:
            self._thread.start()

    def stop(self) -> None:
        """End, and let what is being removed be finished, for some seconds; the rest goes at the next time."""
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
                self._broker.outages.report(f"Old data was not removed: {error}; the next cleaning is at {due}")
            except Exception:
                log.exception("Old data cannot be removed; trying again at %s", due)

    def _clean(self) -> None:
        planned = clean.plan(self._broker)
        if self._broker.settings.database_clean_dry_run:
            log.info("Cleaning would remove %s", _told(planned.counts))
            return
        log.info("Cleaning removed %s", _told(clean.carry_out(self._broker, planned)))


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
