"""Verification of a provider by the official verifier that never passes, or fails, by accident.

The verifier of pact-python passes if results could not be published, if a filter or an empty folder left nothing to
verify, and if it panics. It fails a whole run for one pact that it cannot load, and it cannot be interrupted. So:

* our own client selects the pacts (see `contracts.verification.sources`), and publishes the results;
* each interaction is a run of its own, in another process (see `contracts.verification.verifier`);
* provider states run here, with their own time limits (see `contracts.verification.states`);
* every selected pact must be verified, and there must be one, unless the caller allows none;
* results are published after the last run, and read back from the broker.

Pending pacts are verified and shown, but never fail the run, whatever goes wrong: an undefined state (a consumer may
propose one), a plugin, an unreadable document. A pact without interactions does not fail the run either; it gets no
result, because there is nothing to honour.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.client import UsageError
from contracts.model.plain_text import plain
from contracts.verification import evidence, serving, verifier
from contracts.verification.evidence import Publishing, Verified
from contracts.verification.interactions import Filter, Interaction
from contracts.verification.messages import Producer
from contracts.verification.reports import Ending, Report, VerificationFailed
from contracts.verification.runs import Lane, ProviderUnderTest, unverifiable
from contracts.verification.sources import BrokerSource, Bundle, Files, PactUrl, Planned, Source, plan
from contracts.verification.state_commands import StateCommand
from contracts.verification.states import (
    SETUP_TIMEOUT_SECONDS,
    TEARDOWN_TIMEOUT_SECONDS,
    AnyStates,
    RemoteStates,
    State,
)
from contracts.verification.verifier import REQUEST_TIMEOUT_SECONDS


__all__ = [
    "BrokerSource",
    "Bundle",
    "Files",
    "Interaction",
    "PactUrl",
    "RemoteStates",
    "Report",
    "Running",
    "Source",
    "State",
    "StateCommand",
    "VerificationFailed",
    "verify",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The progress of a run: in the pact *what*, number *number* of *of*, which has *total* interactions.

    *interactions* are verified. *output* is the verifier's output about the last one, without control characters.
    """

    what: str
    number: int
    of: int
    total: int
    seconds: float
    interactions: tuple[Interaction, ...] = ()
    output: str = ""


def verify(  # noqa: PLR0913 - a run has this many options, each a keyword
    *,
    provider: str,
    source: Source,
    version: str,
    branch: str | None,
    app: Callable[..., Any] | None = None,
    messages: Mapping[str, Producer] | None = None,
    base_url: str | None = None,
    states: AnyStates | None = None,
    after_each: Callable[[], object] | None = None,
    build_url: str | None = None,
    publish: bool = False,
    only_consumers: Collection[str] = (),
    only_description: str | None = None,
    only_state: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
    allowed_plugins: Collection[str] = (),
    allow_no_pacts: bool = False,
    request_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
    state_timeout_seconds: float = SETUP_TIMEOUT_SECONDS,
    teardown_timeout_seconds: float = TEARDOWN_TIMEOUT_SECONDS,
    parallel: int = 1,
    on_progress: Callable[[Running], object] | None = None,
) -> Report:
    """Verify *provider*, an ASGI or WSGI *app* or a server at *base_url*, against the pacts of *source*.

    *states* prepare the provider's data: functions by name, a `RemoteStates` or a `StateCommand`; *after_each* restores
    it after every interaction. *messages* are functions that produce the provider's messages, by description, with or
    without an *app*. *headers* are added to every request to the provider.

    *only_consumers* limits the run to pacts of these consumers. *only_description* and *only_state* are regular
    expressions that limit a local run to some interactions; such a run cannot publish, because its results would count
    for whole pacts.

    *parallel* pacts are verified at a time: use more than one only if an interaction cannot disturb another one.
    Functions for states then run in as many threads. *on_progress* is called before the first interaction of a pact
    and after each, one call at a time.

    With *allow_no_pacts* a provider without pacts passes; with *publish* its version is then registered with its
    branch, so it can be deployed.

    Raises:
        VerificationFailed: if an interaction that is not pending fails, there is nothing to verify, or a result is not
            in the broker afterwards.
        UsageError: if the arguments contradict each other, or pact-python is not installed.
        AppFailed: if *app* does not start, or no server responds at *base_url*; before anything runs.
        ClientError: if the broker cannot be reached, refuses, …; before anything runs.
    """
    narrowed = Filter(description=only_description, state=only_state)
    _require_sense(source, version=version, publish=publish, narrowed=narrowed, parallel=parallel)
    under_test = ProviderUnderTest(
        provider=provider,
        app=app,
        base_url=base_url,
        messages=messages,
        states=states,
        after_each=after_each,
        headers=headers,
        request_timeout_seconds=request_timeout_seconds,
        state_timeout_seconds=state_timeout_seconds,
        teardown_timeout_seconds=teardown_timeout_seconds,
    )
    under_test.require_sense()
    planned = plan(source, provider=provider, branch=branch, allowed_plugins=allowed_plugins)
    pacts = tuple(each for each in planned.pacts if not only_consumers or each.consumer in only_consumers)
    publishing = None
    if publish and planned.broker is not None:
        publishing = Publishing(
            broker=planned.broker, provider=provider, version=version, branch=branch, build_url=build_url
        )
    report = Ending(provider=provider, version=version, branch=branch, notes=planned.notes)
    if not pacts:
        return report.without_pacts(planned, only_consumers, publishing, allowed=allow_no_pacts)

    before: frozenset[str] = frozenset()
    if publishing is not None:
        of_broker = [each.pact for each in pacts if each.pact is not None]
        before = evidence.earlier_results(publishing, of_broker)
        report = replace(report, notes=(*report.notes, *evidence.report_start(publishing, of_broker)))
    progress = _Progress(of=len(pacts), narrowed=narrowed, on_progress=on_progress)
    with contextlib.ExitStack() as stack:
        verifiers = [stack.enter_context(verifier.opened()) for _ in range(min(parallel, len(pacts)))]
        running = stack.enter_context(under_test.running(verifiers))
        verified = running.each(progress.verify, pacts)
        gone = not serving.answers(running.url)
    return report.end(verified, narrowed, publishing, before, gone=running.url if gone else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """Verifies pacts, and reports the progress, one call at a time."""

    of: int
    narrowed: Filter
    on_progress: Callable[[Running], object] | None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def verify(self, lane: Lane, number: int, planned: Planned) -> Verified:
        """Verify one pact; a pact with a problem fails as a single interaction."""
        started = time.monotonic()
        parts = [part for part in planned.parts if self.narrowed.matches(part)]
        done: list[Interaction] = []

        def tell(output: str = "") -> None:
            if self.on_progress is None:
                return
            running = Running(
                what=plain(planned.what),
                number=number,
                of=self.of,
                total=len(parts),
                seconds=time.monotonic() - started,
                interactions=tuple(done),
                output=plain(output),
            )
            with self.lock:
                self.on_progress(running)

        tell()
        if planned.problem is not None:
            done.append(unverifiable(planned, planned.problem))
            tell()
        for part in parts if planned.problem is None else ():
            interaction, output = lane.verify(planned, part)
            done.append(interaction)
            tell(output)
        return Verified(planned=planned, interactions=tuple(done))


def _require_sense(source: Source, *, version: str, publish: bool, narrowed: Filter, parallel: int) -> None:
    if parallel < 1:
        raise UsageError(f"{parallel} pacts cannot be verified at a time. Use 1 or more.")
    if not version.strip():
        raise UsageError("Verification needs the provider's version. Use the full commit hash.")
    if publish and narrowed:
        raise UsageError(
            "A run with a filter cannot publish, because its results would count for whole pacts. "
            "Verify everything, or do not publish."
        )
    if publish and isinstance(source, Files | Bundle):
        raise UsageError("Results for pact files cannot be published. Verify the pacts of a broker to publish.")
