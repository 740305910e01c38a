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
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.client import UsageError
from contracts.model.plain_text import plain
from contracts.verification import evidence, serving, verifier
from contracts.verification.evidence import Publishing, Verified
from contracts.verification.interactions import NO_STATE, Filter, Interaction, Part
from contracts.verification.messages import Messages, Producer
from contracts.verification.reports import Ending, Report, VerificationFailed
from contracts.verification.sources import BrokerSource, Bundle, Files, PactUrl, Planned, Source, plan
from contracts.verification.states import (
    SETUP_TIMEOUT_SECONDS,
    TEARDOWN_TIMEOUT_SECONDS,
    RemoteStates,
    State,
    StateHandlers,
    StateLimits,
    States,
)
from contracts.verification.verifier import REQUEST_TIMEOUT_SECONDS, ProviderTarget, Verifier


__all__ = [
    "BrokerSource",
    "Bundle",
    "Files",
    "Interaction",
    "PactUrl",
    "Report",
    "Running",
    "Source",
    "State",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """The parts that all pacts of one run share."""

    verifier: Verifier
    target: ProviderTarget
    handlers: StateHandlers
    messages: Messages
    narrowed: Filter
    on_progress: Callable[[Running], object] | None = None


def verify(  # noqa: PLR0913 - a run has this many options, each a keyword
    *,
    provider: str,
    source: Source,
    version: str,
    branch: str | None,
    app: Callable[..., Any] | None = None,
    messages: Mapping[str, Producer] | None = None,
    base_url: str | None = None,
    states: States | RemoteStates | None = None,
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
    on_progress: Callable[[Running], object] | None = None,
) -> Report:
    """Verify *provider*, an ASGI or WSGI *app* or a server at *base_url*, against the pacts of *source*.

    *states* prepare the provider's data, by name; *after_each* restores it after every interaction. *messages* are
    functions that produce the provider's messages, by description, with or without an *app*. *headers* are added to
    every request to the provider. *only_consumers* limits the run to pacts of these consumers. *only_description* and
    *only_state* are regular expressions that limit a local run to some interactions; such a run cannot publish, because
    its results would count for whole pacts. *on_progress* is called before the first interaction of a pact and after
    each.

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
    _require_sense(source, version=version, publish=publish, narrowed=narrowed)
    serving.require_interface(app)
    produced = Messages(producers=messages or {})
    if messages:
        app = produced.in_front_of(app)
    if (app is None) == (base_url is None):
        raise UsageError("Set either the provider's application (or its messages) or its base URL.")
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
        evidence.report_start(publishing, of_broker)
    limits = StateLimits(setup_seconds=state_timeout_seconds, teardown_seconds=teardown_timeout_seconds)
    handlers = StateHandlers(states or {}, after_each, limits)
    with (
        contextlib.closing(handlers),
        verifier.opened() as running,
        serving.serve(app) if app is not None else serving.elsewhere(str(base_url)) as url,
    ):
        target = ProviderTarget(provider=provider, url=url, headers=headers, timeout_seconds=request_timeout_seconds)
        run = _Run(
            verifier=running,
            target=target,
            handlers=handlers,
            messages=produced,
            narrowed=narrowed,
            on_progress=on_progress,
        )
        verified = [_verified(run, each, number, len(pacts)) for number, each in enumerate(pacts, 1)]
        gone = not serving.answers(url)
    return report.end(verified, narrowed, publishing, before, gone=url if gone else None)


def _verified(run: _Run, planned: Planned, number: int, of: int) -> Verified:
    """Verify one pact; a pact with a problem fails as a single interaction."""
    started = time.monotonic()
    parts = [part for part in planned.parts if run.narrowed.matches(part)]
    done: list[Interaction] = []

    def tell(output: str = "") -> None:
        if run.on_progress is not None:
            seconds = time.monotonic() - started
            run.on_progress(
                Running(
                    what=plain(planned.what),
                    number=number,
                    of=of,
                    total=len(parts),
                    seconds=seconds,
                    interactions=tuple(done),
                    output=plain(output),
                )
            )

    tell()
    if planned.problem is not None:
        done.append(_unverifiable(planned, planned.problem))
        tell()
        return Verified(planned=planned, interactions=tuple(done))
    for part in parts:
        interaction, output = _interaction(run, planned, part)
        done.append(interaction)
        tell(output)
    return Verified(planned=planned, interactions=tuple(done))


def _unverifiable(planned: Planned, problem: str) -> Interaction:
    return Interaction(
        consumer=planned.consumer,
        description=planned.what,
        states=(),
        success=False,
        pending=planned.pending,
        problems=(plain(problem),),
        judged=planned.pact is not None,
    )


def _interaction(run: _Run, planned: Planned, part: Part) -> tuple[Interaction, str]:
    """Set the states up, verify one interaction, tear the states down; return the outcome and the verifier's output."""
    if part.pact is None or part.states is None:
        what = "a provider state of it has no name" if part.pact is not None else "it is not an object"
        return _outcome(planned, part, problems=(f"the interaction cannot be read: {what}",)), ""
    states = part.states or (NO_STATE,)
    values, problems = run.handlers.set_up(states)
    ran = None if problems else run.verifier.run(part.pact, run.target, values)
    if ran is not None:
        problems = run.messages.take_problems() or ran.problems
    problems += run.handlers.tear_down(states if ran is not None else ())
    return _outcome(planned, part, problems, ran), ran.output if ran is not None else ""


def _outcome(planned: Planned, part: Part, problems: tuple[str, ...], ran: verifier.Ran | None = None) -> Interaction:
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


def _require_sense(source: Source, *, version: str, publish: bool, narrowed: Filter) -> None:
    if not version.strip():
        raise UsageError("Verification needs the provider's version. Use the full commit hash.")
    if publish and narrowed:
        raise UsageError(
            "A run with a filter cannot publish, because its results would count for whole pacts. "
            "Verify everything, or do not publish."
        )
    if publish and isinstance(source, Files | Bundle):
        raise UsageError("Results for pact files cannot be published. Verify the pacts of a broker to publish.")
