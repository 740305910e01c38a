"""Webhook-triggered runs: taken in the order in which they are asked for, and played one after another, aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from contracts.fake_ci.runner import Played
from contracts.fake_ci.workflows import Workflow, WorkflowError


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="dispatched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """Plays, for each dispatch, every workflow that its event type starts; on a thread of its own.

    Use it as a context, whose end waits for what is being played; where an error ends it, for no more than that.
    `problems` holds why a dispatch started nothing.
    """

    workflows: Iterable[Workflow]
    play: Callable[[Workflow, str, dict[str, Any]], Played]
    played: list[Played] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _runs: list[Future[None]] = field(default_factory=list)
    _executor: ThreadPoolExecutor = field(default_factory=_one_thread)

    def put(self, event_type: str, payload: dict[str, Any]) -> None:
        """Ask for what *event_type* starts, with *payload*; returns at once."""
        self._runs.append(self._executor.submit(self._play, event_type, payload))

    def finish(self) -> None:
        """Wait until everything that was asked for is played, and raise what nobody expected to go wrong there."""
        for run in self._runs:  # grows meanwhile, where one run asks for another
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
