"""Webhook-triggered runs: taken in the order in which they are asked for, and played one after another, aside."""

from __future__ import annotations

import contextlib
import queue
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from contracts.pipeline.processes import Ended
from contracts.pipeline.workflows import WorkflowError


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from contracts.pipeline.runner import Played
    from contracts.pipeline.workflows import Workflow


Dispatch = tuple[str, dict[str, Any]]


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
    _waiting: queue.Queue[Dispatch | None] = field(default_factory=queue.Queue)
    _threads: list[threading.Thread] = field(default_factory=list)

    def put(self, event_type: str, payload: dict[str, Any]) -> None:
        """Ask for what *event_type* starts, with *payload*; returns at once."""
        self._waiting.put((event_type, payload))

    def finish(self) -> None:
        """Wait until everything that was asked for so far is played."""
        self._waiting.join()

    def __enter__(self) -> Self:
        self._threads.append(threading.Thread(target=self._work, name="dispatched", daemon=True))
        self._threads[-1].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            with contextlib.suppress(queue.Empty):
                while self._waiting.get_nowait():
                    self._waiting.task_done()
        self._waiting.put(None)
        self._threads.pop().join()

    def _work(self) -> None:
        while (dispatch := self._waiting.get()) is not None:
            try:
                self._play(*dispatch)
            except WorkflowError as problem:
                self.problems.append(str(problem))
            except Ended:
                return
            finally:
                self._waiting.task_done()
        self._waiting.task_done()

    def _play(self, event_type: str, payload: dict[str, Any]) -> None:
        started = [each for each in self.workflows if event_type in each.dispatch_types]
        if not started:
            self.problems.append(f"No workflow is started by a repository_dispatch of type {event_type!r}.")
        for workflow in started:
            self.played.append(self.play(workflow, event_type, payload))
