"""The waiting of the gate: at a broker that can wait, or with pauses between two questions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.client.documents import Row


LONGEST_STEP_SECONDS = 50  # many proxies end a response that takes more than 60
REPORT_SECONDS = 10.0  # between two reports while the broker waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The state between two attempts: the time spent, the time left, and the pairs without a result."""

    waited_seconds: float
    remaining_seconds: float
    missing: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long to wait, the pause between two questions, and the clock."""

    wait_seconds: float
    poll_seconds: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]


class GateWait:
    """One wait for a final answer. *broker_can_wait* if it takes the seconds of `seconds_at_broker` with a question."""

    def __init__(self, times: Times, on_wait: Callable[[Waiting], None] | None, *, broker_can_wait: bool) -> None:
        self._times = times
        self._on_wait = on_wait
        self._began = self._asked_at = times.clock()
        self._missing: tuple[Row, ...] = ()
        self.seconds_at_broker = 0 if broker_can_wait else None

    @property
    def waited_seconds(self) -> float:
        """The time since the beginning."""
        return self._times.clock() - self._began

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.waited_seconds >= self._times.wait_seconds

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask in the block; while the broker waits, report the wait every few seconds."""
        self._asked_at = self._times.clock()
        if not self.seconds_at_broker or self._on_wait is None:
            yield
            return
        ended = threading.Event()
        reporter = threading.Thread(target=self._report_until, args=(ended,), name="gate-report", daemon=True)
        reporter.start()
        try:
            yield
        finally:
            ended.set()
            reporter.join()

    def proceed(self, missing: tuple[Row, ...], *, results_expected: bool) -> None:
        """Prepare the next question about *missing*: let the broker wait, or pause here.

        A broker that answers before the time is up although *results_expected* cannot wait now: it is stopping, or too
        many clients wait.
        """
        self._missing = missing
        self.report()
        remaining_seconds = self._times.wait_seconds - self.waited_seconds
        was_early = self._times.clock() - self._asked_at < (self.seconds_at_broker or 0)
        if self.seconds_at_broker is None or not results_expected or was_early or remaining_seconds < 1:
            self.pause()
        else:
            self.seconds_at_broker = min(int(remaining_seconds), LONGEST_STEP_SECONDS)

    def pause(self) -> None:
        """Pause before the next question, which the broker answers at once."""
        if self.seconds_at_broker is not None:
            self.seconds_at_broker = 0
        remaining_seconds = max(0.0, self._times.wait_seconds - self.waited_seconds)
        self._times.sleep(min(self._times.poll_seconds, remaining_seconds))

    def _report_until(self, ended: threading.Event) -> None:
        while not ended.wait(REPORT_SECONDS):
            self.report()

    def report(self) -> None:
        """Report the wait."""
        if self._on_wait is not None:
            waited_seconds = self.waited_seconds
            remaining_seconds = max(0.0, self._times.wait_seconds - waited_seconds)
            self._on_wait(
                Waiting(waited_seconds=waited_seconds, remaining_seconds=remaining_seconds, missing=self._missing)
            )
