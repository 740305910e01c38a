"""The upkeep of the audit log, on a thread of its own; an error never ends it."""

from __future__ import annotations

import logging
import threading

from contracts.broker.actions import audits
from contracts.broker.runtime import Runtime
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
LOOKS_BEFORE_REMOVAL = 60  # once an hour


class AuditKeeper:
    """Records counted refusals, and removes old entries, between `start` and `stop`."""

    def __init__(self, runtime: Runtime) -> None:
        self._broker = runtime
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Record what was counted, and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        audits.record_all(self._broker)

    def look(self, *, remove: bool) -> None:
        """Record what is due, and *remove* old entries."""
        try:
            audits.record_due(self._broker)
            if remove and (count := audits.remove_old(self._broker)):
                log.info("Removed %d old entries of the audit log", count)
        except Unavailable as error:
            self._broker.outages.report(f"Old entries of the audit log were not removed: {error}")
        except Exception:
            log.exception("Old entries of the audit log were not removed")

    def _run(self) -> None:
        looks = 0
        while not self._stopping.wait(LOOK_SECONDS):
            self.look(remove=looks % LOOKS_BEFORE_REMOVAL == 0)
            looks += 1
