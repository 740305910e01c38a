"""The running provider, and the lanes in which its interactions are verified.

A lane verifies one interaction at a time, with a verifier and a thread for provider states of its own. Several lanes
verify pacts in parallel, if the provider's data allows it: interactions of different pacts then overlap.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from contracts.client import UsageError
from contracts.model.plain_text import plain
from contracts.verification import serving
from contracts.verification.interactions import NO_STATE, Interaction, Part
from contracts.verification.messages import Messages, Producer
from contracts.verification.sources import Planned
from contracts.verification.states import (
    SETUP_TIMEOUT_SECONDS,
    TEARDOWN_TIMEOUT_SECONDS,
    AnyStates,
    StateHandlers,
    StateLimits,
)
from contracts.verification.verifier import REQUEST_TIMEOUT_SECONDS, ProviderTarget, Ran, Verifier


Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUnderTest:
    """The provider, and how to reach and prepare it; `contracts.verification.verify.verify` explains each field."""

    provider: str
    app: Callable[..., Any] | None = None
    base_url: str | None = None
    messages: Mapping[str, Producer] | None = None
    states: AnyStates | None = None
    after_each: Callable[[], object] | None = None
    headers: Sequence[tuple[str, str]] = ()
    request_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS
    state_timeout_seconds: float = SETUP_TIMEOUT_SECONDS
    teardown_timeout_seconds: float = TEARDOWN_TIMEOUT_SECONDS

    def require_sense(self) -> None:
        """Check that exactly one provider is named, and that it is an application.

        Raises:
            UsageError: if there is none or several, or *app* is not an application.
        """
        serving.require_interface(self.app)
        if (self.app is None and not self.messages) == (self.base_url is None):
            raise UsageError("Set either the provider's application (or its messages) or its base URL.")

    @contextlib.contextmanager
    def running(self, verifiers: Sequence[Verifier], served: str | None = None) -> Iterator[RunningProvider]:
        """Provide the provider with a lane for each of *verifiers*, until the block ends.

        *served* is the URL where the application responds already, if it does.

        Raises:
            AppFailed: if it does not start, or no server responds at its base URL.
        """
        produced = Messages(producers=self.messages or {})
        app = produced.in_front_of(self.app) if self.messages else self.app
        limits = StateLimits(setup_seconds=self.state_timeout_seconds, teardown_seconds=self.teardown_timeout_seconds)
        place = serving.serve(app) if app is not None else serving.elsewhere(str(self.base_url))
        with contextlib.ExitStack() as stack, contextlib.nullcontext(served) if served is not None else place as url:
            target = ProviderTarget(
                provider=self.provider, url=url, headers=self.headers, timeout_seconds=self.request_timeout_seconds
            )
            lanes = []
            for verifier in verifiers:
                handlers = StateHandlers(self.states or {}, self.after_each, limits)
                stack.callback(handlers.close)
                lanes.append(Lane(verifier=verifier, target=target, handlers=handlers, messages=produced))
            yield RunningProvider(url=url, lanes=tuple(lanes))


@dataclass(slots=True, kw_only=True)
class Lane:
    """Verifies one interaction at a time."""

    verifier: Verifier
    target: ProviderTarget
    handlers: StateHandlers
    messages: Messages
    stopped: bool = False

    def verify(self, planned: Planned, part: Part) -> tuple[Interaction, str]:
        """Set the states up, verify *part* of *planned*, tear the states down.

        Return the outcome and the verifier's output.

        Raises:
            Interrupted: if the lane is stopped.
        """
        if self.stopped:
            raise Interrupted
        if part.pact is None or part.states is None:
            what = "a provider state of it has no name" if part.pact is not None else "it is not an object"
            return _outcome(planned, part, problems=(f"the interaction cannot be read: {what}",)), ""
        states = part.states or (NO_STATE,)
        values, problems = self.handlers.set_up(states)
        ran = None if problems else self.verifier.run(part.pact, self.target, values)
        if ran is not None:
            problems = self.messages.take_problems(part.description) or ran.problems
        problems += self.handlers.tear_down(states if ran is not None else ())
        return _outcome(planned, part, problems, ran), ran.output if ran is not None else ""

    def stop(self) -> None:
        """End what runs now, and verify nothing more."""
        self.stopped = True
        self.verifier.close()
        self.handlers.close()


class Interrupted(Exception):
    """The run has ended, so an interaction was not verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningProvider:
    """A provider that responds at *url*, with its *lanes*."""

    url: str
    lanes: tuple[Lane, ...]
    _free: queue.SimpleQueue[Lane] = field(default_factory=queue.SimpleQueue)

    def each(self, verify: Callable[[Lane, int, Item], Outcome], items: Sequence[Item]) -> list[Outcome]:
        """Return the outcomes of *verify* for each of *items*, with its number from 1, in their order.

        As many run at the same time as there are lanes. An exception ends all of them.
        """
        if len(self.lanes) == 1:
            return [verify(self.lanes[0], number, item) for number, item in enumerate(items, 1)]
        for lane in self.lanes:
            self._free.put(lane)

        def in_a_lane(number: int, item: Item) -> Outcome:
            lane = self._free.get()
            try:
                return verify(lane, number, item)
            finally:
                self._free.put(lane)

        pool = ThreadPoolExecutor(len(self.lanes), thread_name_prefix="verifying")
        try:
            return list(pool.map(in_a_lane, itertools.count(1), items))
        except BaseException:
            for lane in self.lanes:
                lane.stop()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def unverifiable(planned: Planned, problem: str) -> Interaction:
    """Return the outcome of a pact that cannot be verified: a single failed interaction."""
    return Interaction(
        consumer=planned.consumer,
        description=planned.what,
        states=(),
        success=False,
        pending=planned.pending,
        problems=(plain(problem),),
        judged=planned.pact is not None,
    )


def _outcome(planned: Planned, part: Part, problems: tuple[str, ...], ran: Ran | None = None) -> Interaction:
    return Interaction(
        consumer=planned.consumer,
        description=part.description,
        states=part.state_names,
        success=ran is not None and ran.success and not problems,
        pending=planned.pending or part.pending or (ran is not None and ran.pending),
        problems=problems,
        judged=ran is None or ran.judged,
        id=part.id,
        mismatches=ran.mismatches if ran is not None else (),
    )
