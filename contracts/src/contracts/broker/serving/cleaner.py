"""Cleaning on a schedule."""

from __future__ import annotations

import logging
from datetime import datetime

from contracts.broker.actions import clean
from contracts.broker.actions.clean import Busy
from contracts.broker.runtime import Runtime
from contracts.broker.serving.scheduled import Scheduled


log = logging.getLogger(__name__)


class Cleaning(Scheduled):
    """The cleaner of *runtime*; it runs between `start` and `stop`, if the settings enable it.

    One batch takes less time than `stop` waits, and an interrupted batch is rolled back; the next cleaning continues.
    """

    def __init__(self, runtime: Runtime) -> None:
        schedule = runtime.settings.database_clean_cron_schedule
        super().__init__(runtime, schedule, self._clean, name="cleaning", failure="Old data was not removed")

    def start(self) -> None:
        """Wait for the first moment of the schedule, if the settings enable cleaning."""
        if self._broker.settings.database_clean_enabled:
            super().start()

    def _clean(self, _due: datetime) -> None:
        planned = clean.plan(self._broker)
        if self._broker.settings.database_clean_dry_run:
            log.info("Cleaning would remove %s", _text(planned.counts))
            return
        try:
            log.info("Cleaning removed %s", _text(clean.carry_out(self._broker, planned)))
        except Busy as busy:
            log.info("%s", busy)


def _text(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
