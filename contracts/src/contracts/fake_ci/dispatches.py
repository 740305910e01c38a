"""Workflows that webhooks start: played one after another, on a thread of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from contracts.fake_ci.played import Played
from contracts.fake_ci.workflows import Workflow, WorkflowError


SETTLE_SECONDS = 3.0


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="dispatches")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatches:
    """Plays, for each dispatch, every workflow that its event type starts.

    Use it as a context manager. At its end it waits for the queue, or, after an error, only for the current workflow.
    `problems` lists the dispatches that started nothing, with the reason.
    """

    workflows: Iterable[Workflow]
    play: Callable[[Workflow, str, dict[str, Any]], Played]
    played: list[Played] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _runs: list[tuple[float, Future[None]]] = field(default_factory=list)
    _executor: ThreadPoolExecutor = field(default_factory=_one_thread)

    def put(self, event_type: str, payload: dict[str, Any]) -> None:
        """Add a dispatch to the queue."""
        self._runs.append((time.monotonic(), self._executor.submit(self._play, event_type, payload)))

    def settle(self, seconds: float) -> None:
        """Wait a moment for dispatches that were requested before the step that has run for *seconds* began.

        Such a step may have waited for their results, which the broker has before the workflow ends.
        """
        started = time.monotonic() - seconds
        wait([run for requested, run in self._runs if requested < started], SETTLE_SECONDS)

    def finish(self) -> None:
        """Wait until the queue is empty, and raise unexpected errors."""
        for _, run in self._runs:  # a run may add another one
            run.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(cancel_futures=error is not None)

    def _play(self, event_type: str, payload: dict[str, Any]) -> None:
        started = [each for each in self.workflows if event_type in each.dispatch_types]
        if not started:
            self.problems.append(f"No workflow is started by a repository_dispatch of type {event_type!r}.")
        for workflow in started:
            try:
                self.played.append(self.play(workflow, event_type, payload))
            except WorkflowError as problem:
                self.problems.append(str(problem))
