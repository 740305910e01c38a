"""Provider states: functions that prepare the provider's data before an interaction, and restore it afterwards.

They run here, before the verifier runs, instead of when the verifier asks for them. So a state may take longer than a
response of the provider, and an interaction whose state is undefined, raises or takes too long fails with that reason.
Measured with pact-python 4.2: a function that raises makes the verifier retry for 127 seconds, and the verifier has one
time limit for both states and responses.

The values that a state returns replace generators of kind ProviderState; the verifier gets them from a URL.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import requests

from contracts import loopback
from contracts.loopback import LoopbackResponse
from contracts.model.plain_text import plain
from contracts.verification.interactions import ProviderState
from contracts.verification.state_commands import NotPrepared, StateCommand, StateCommandRunner


SETUP_TIMEOUT_SECONDS = 30.0
TEARDOWN_TIMEOUT_SECONDS = 30.0
_GRACE_SECONDS = 5.0

Parameters = Mapping[str, Any]
# Prepares the provider's data; may return values for the consumer's generators.
Setup = Callable[[Parameters], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A provider state: *setup* before the interaction, *teardown* after it; both get parameters."""

    setup: Setup
    teardown: Callable[[Parameters], object] | None = None


States = Mapping[str, Setup | State]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteStates:
    """A URL that prepares the states of a provider in another process.

    It gets a POST of `{"state", "action", "params"}`, where action is setup or teardown, as from every official
    verifier. A JSON object in the response to a setup has the values for generators.
    """

    url: str


AnyStates = States | RemoteStates | StateCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLimits:
    """Time limits of a setup, and of a teardown or the function that runs after each interaction."""

    setup_seconds: float = SETUP_TIMEOUT_SECONDS
    teardown_seconds: float = TEARDOWN_TIMEOUT_SECONDS


class StateHandlers:
    """The handlers by name, called one at a time, in one thread.

    *after_each* runs after every interaction, also after one without a state or with a failed state: restore the data
    there.
    """

    def __init__(
        self,
        states: AnyStates,
        after_each: Callable[[], object] | None = None,
        limits: StateLimits | None = None,
    ) -> None:
        self._functions: States = {} if isinstance(states, RemoteStates | StateCommand) else states
        self._url = states.url if isinstance(states, RemoteStates) else None
        self._command = StateCommandRunner(states) if isinstance(states, StateCommand) else None
        self._after_each = after_each
        self._limits = limits or StateLimits()
        self._worker = _Worker()

    def set_up(self, states: Sequence[ProviderState]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Set up *states* in order until one fails; return their values, and the problems."""
        values: dict[str, Any] = {}
        for state in states:
            returned, problem = self._change(state, "setup", self._limits.setup_seconds)
            if problem is not None:
                return {}, (problem,)
            values |= returned
        return values, ()

    def tear_down(self, states: Sequence[ProviderState]) -> tuple[str, ...]:
        """Tear *states* down, and run *after_each*; return the problems."""
        problems = [self._change(state, "teardown", self._limits.teardown_seconds)[1] for state in states]
        if self._after_each is not None:
            _, problem = self._worker.call(self._after_each, self._limits.teardown_seconds)
            if problem is not None:
                problems.append(self._sentence("after each interaction, the provider's data", problem, "teardown"))
        return tuple(each for each in problems if each is not None)

    def close(self) -> None:
        """End the thread; a function that still runs is abandoned, and a command is ended."""
        self._worker.close()
        if self._command is not None:
            self._command.stop()

    def _change(self, state: ProviderState, action: str, seconds: float) -> tuple[dict[str, Any], str | None]:
        def change() -> dict[str, Any]:
            returned = self._run(state.name, action, state.parameters, seconds)
            values: dict[str, Any] = json.loads(json.dumps(dict(returned or {})))
            return values

        # A command has its own time limit, and then its message quotes what it wrote.
        grace_seconds = 0.0 if self._command is None else _GRACE_SECONDS
        values, problem = self._worker.call(change, seconds + grace_seconds)
        if problem is None:
            return values, None
        return {}, self._sentence(f"provider state {state.name!r} ({action})", problem, action)

    def _sentence(self, what: str, problem: str, action: str) -> str:
        option = "--state-timeout-seconds" if action == "setup" else "--teardown-timeout-seconds"
        hint = f" ({option} allows more)" if "longer than" in problem else ""
        return plain(f"{what} {problem}{hint}")

    def _run(self, name: str, action: str, parameters: Parameters, seconds: float) -> Mapping[str, Any] | None:
        if self._command is not None:
            return self._command.run(name, action, parameters, seconds) if name else None
        if self._url is not None:
            return _posted(self._url, name, action, parameters, seconds)
        state = self._functions.get(name)
        if state is None and name:
            raise _UnknownState(sorted(self._functions))
        if action == "teardown":
            if isinstance(state, State) and state.teardown is not None:
                state.teardown(parameters)
            return None
        setup = state.setup if isinstance(state, State) else state
        return None if setup is None else setup(parameters)


class _UnknownState(Exception):
    def __init__(self, names: list[str]) -> None:
        super().__init__(f"is undefined; the provider defines: {', '.join(map(repr, names)) or 'none'}")


def _posted(url: str, name: str, action: str, parameters: Parameters, seconds: float) -> Mapping[str, Any] | None:
    body = {"state": name, "action": action, "params": dict(parameters)}
    try:
        answer = requests.post(url, json=body, timeout=seconds)
    except requests.Timeout as error:
        raise NotPrepared(f"took longer than the {seconds:g} seconds that it may take") from error
    except requests.RequestException as error:
        raise NotPrepared(f"was not prepared: {url} did not respond ({type(error).__name__})") from error
    if not answer.ok:
        raise NotPrepared(
            f"was not prepared: {url} responded with status {answer.status_code}: {answer.text[:200].strip()}"
        )
    try:
        values = answer.json()
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


class _Worker:
    """A thread for calls that may never end: one that takes too long is abandoned, and the next one waits for it."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], queue.SimpleQueue[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def call(self, function: Callable[[], Any], seconds: float) -> tuple[Any, str | None]:
        """Return the result of *function* within *seconds*, and None; or None, and the problem as a predicate."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="provider-states", daemon=True)
            self._thread.start()
        outcome: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._calls.put((function, outcome))
        try:
            return outcome.get(timeout=seconds)  # type: ignore[no-any-return]  # a pair, put below
        except queue.Empty:
            return None, f"took longer than the {seconds:g} seconds that it may take"

    def close(self) -> None:
        """End the thread after the current call."""
        self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            function, outcome = call
            try:
                outcome.put((function(), None))
            except (_UnknownState, NotPrepared) as error:
                outcome.put((None, str(error)))
            except BaseException as error:  # noqa: BLE001 - whatever the user's handler raises is reported
                outcome.put((None, f"raised {type(error).__name__}: {error}"))


def answering(values: Mapping[str, Any]) -> AbstractContextManager[str]:
    """Serve a URL that responds to every setup with *values*, for the verifier."""
    response = LoopbackResponse(document=dict(values))
    return loopback.serving(lambda _: response, name="state-values")
