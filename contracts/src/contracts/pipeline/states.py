"""Provider states: the verifier calls, a handler of ours prepares the provider's data.

The verifier is given the address of a small HTTP server instead of a Python function. Measured with
pact-python 4.2: a function that raises makes the verifier try again for 127 seconds for each state,
its return values are thrown away, and its server takes half a second to stop. An address that answers
4xx fails the interaction at once, and what it answers as JSON fills in the values that a consumer
left to the provider (generators of kind ProviderState).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator

Parameters = Mapping[str, Any]
# Sets the provider's data; may return values for the consumer's generators.
Setup = Callable[[Parameters], Mapping[str, Any] | None]

_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A provider state: *setup* before the interaction, *teardown* after it; both get parameters."""

    setup: Setup
    teardown: Callable[[Parameters], object] | None = None


States = Mapping[str, Setup | State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the verifier, *action* is setup or teardown; *problems* say in sentences what went wrong in it.

    The verifier makes one for each state of an interaction, and one for the state "" of an interaction without any.
    """

    state: str
    action: str
    problems: tuple[str, ...] = ()


class StateHandlers:
    """The handlers by name, called one at a time; *calls* are those that were made, in order.

    *after_each* runs at every teardown, also after interactions without a state: the place to put
    data back to where each interaction starts from.
    """

    def __init__(self, states: States, after_each: Callable[[], object] | None = None) -> None:
        self._states = states
        self._after_each = after_each
        self._lock = threading.Lock()
        self.calls: list[Call] = []

    def change(self, state: str, action: str, parameters: Parameters) -> bytes | None:
        """Set up or tear down *state*; the values it returns as JSON, or None when it failed.

        Pact names the state of an interaction without one "".
        """
        with self._lock:
            values, problems = b"{}", list[str]()
            try:
                values = self._change(state, action, parameters)
            except BaseException as error:  # noqa: BLE001 - whatever the user's handler raises is reported
                problems.append(f"provider state {state!r} ({action}) {_said(error)}")
            # The verifier asks for no teardown after a setup that failed.
            if self._after_each is not None and (action == "teardown" or problems):
                try:
                    self._after_each()
                except BaseException as error:  # noqa: BLE001 - as above
                    problems.append(f"provider state {state!r} (after each) {_said(error)}")
            self.calls.append(Call(state=state, action=action, problems=tuple(problems)))
            return None if problems else values

    def _change(self, state: str, action: str, parameters: Parameters) -> bytes:
        known = self._states.get(state)
        if known is None and state:
            raise _UnknownState(sorted(self._states))
        return json.dumps(dict(self._run(known, action, parameters) or {})).encode()

    def _run(self, known: Setup | State | None, action: str, parameters: Parameters) -> Mapping[str, Any] | None:
        if action == "teardown":
            if isinstance(known, State) and known.teardown is not None:
                known.teardown(parameters)
            return None
        setup = known.setup if isinstance(known, State) else known
        return None if setup is None else setup(parameters)


class _UnknownState(Exception):
    def __init__(self, known: list[str]) -> None:
        super().__init__(f"is unknown; the provider knows: {', '.join(map(repr, known)) or 'none'}")


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, _UnknownState) else f"raised {type(error).__name__}: {error}"


@contextlib.contextmanager
def serve(handlers: StateHandlers) -> Iterator[str]:
    """Run *handlers* behind an address for the verifier; yields that address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            values = handlers.change(asked["state"], asked["action"], asked.get("params") or {})
            self.send_response(422 if values is None else 200)
            answer = values or b"{}"
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing: a line for each state would drown the verifier's report."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="provider-states", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
