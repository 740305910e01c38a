"""Verification of a provider by the official verifier, without its ways to pass, or to fail, by accident.

The verifier of pact-python says yes where results could not be published, where a filter or a folder left nothing to
verify, and where it panics; it says no to a whole run for one pact that it cannot load, and cannot be interrupted. So:

* our own client asks what is to be verified (see `contracts.verification.sources`), and publishes the results;
* each interaction is a run of its own, in another process (see `contracts.verification.verifier`);
* provider states run here, with limits of their own (see `contracts.verification.states`);
* every pact that was selected must have been verified, and there must be one, unless the caller allows none;
* results are published after the last run, and read back from the broker.

Pending pacts are verified and shown, and fail nothing, whatever went wrong: a state that the provider does not know
yet, because asking for one is how a consumer proposes it; a plugin; a document that nobody can read.
A pact without interactions fails nothing either, and gets no result: a result would call kept what asks for nothing.
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
from contracts.verification.sources import BrokerSource, Files, PactUrl, Plan, Planned, Source, plan
from contracts.verification.states import (
    SETUP_TIMEOUT_SECONDS,
    TEARDOWN_TIMEOUT_SECONDS,
    Limits,
    RemoteStates,
    State,
    StateHandlers,
    States,
)
from contracts.verification.verifier import REQUEST_TIMEOUT_SECONDS, Target, Verifier


__all__ = [
    "BrokerSource",
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
class Report:
    """What was verified. *published* is true when the broker was seen to hold every result.

    *notes* are for people, such as that a pact has no interactions.
    """

    provider: str
    version: str
    branch: str | None
    interactions: tuple[Interaction, ...]
    published: bool
    notes: tuple[str, ...]

    @property
    def kept(self) -> int:
        """How many interactions are as agreed."""
        return sum(each.success for each in self.interactions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where a run is: in the pact *what*, the *number*th of *of*, with so many of its *total* interactions verified.

    *output* is what the verifier printed about the last of them, made harmless.
    """

    what: str
    number: int
    of: int
    total: int
    seconds: float
    interactions: tuple[Interaction, ...] = ()
    output: str = ""


class VerificationFailed(Exception):
    """The provider does not keep a contract, or it could not be made sure that it does.

    *reasons* contains every reason, *report* what was verified. Both texts are fit for a terminal and a log.
    """

    def __init__(self, report: Report, reasons: Sequence[str]) -> None:
        self.reasons = tuple(map(plain, reasons))
        super().__init__("\n".join(self.reasons))
        self.report = report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """All that the pacts of one run have in common."""

    verifier: Verifier
    target: Target
    handlers: StateHandlers
    messages: Messages
    narrowed: Filter
    on_progress: Callable[[Running], object] | None = None


def verify(  # noqa: PLR0913 - a run has this many sides, each given by name
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
    """Verify *provider*, an ASGI or WSGI *app* or what runs at *base_url*, against the pacts of *source*.

    *states* prepare the provider's data, by name; *after_each* puts it back after every
    interaction. *messages* are functions that produce the provider's messages, by description, with or without an
    *app*. *headers* are added to every request to the provider. *only_consumers* are the consumers whose pacts
    are verified. *only_description* and *only_state* are regular expressions that narrow a local run
    down; a narrowed run cannot publish, because its results would count for whole pacts.
    *on_progress* is called before the first interaction of a pact and after each.

    With *allow_no_pacts* a provider without pacts passes, and with *publish* its version is registered with its
    branch, so that it can be deployed.

    Raises:
        VerificationFailed: if an interaction that is not pending fails, there is nothing to verify, or a result is not
            in the broker afterwards.
        UsageError: if the arguments contradict each other, or pact-python is not installed.
        AppFailed: if *app* does not start, or nothing answers at *base_url*; before anything runs.
        ClientError: if the broker cannot be reached, refuses, …; before anything runs.
    """
    narrowed = Filter(description=only_description, state=only_state)
    _require_sense(source, version=version, publish=publish, narrowed=narrowed)
    serving.require_interface(app)
    produced = Messages(producers=messages or {})
    if messages:
        app = produced.in_front_of(app)
    if (app is None) == (base_url is None):
        raise UsageError("Give either the provider's application (or its messages) or the base URL where it runs.")
    planned = plan(source, provider=provider, branch=branch, allowed_plugins=allowed_plugins)
    pacts = tuple(each for each in planned.pacts if not only_consumers or each.consumer in only_consumers)
    publishing = None
    if publish and planned.broker is not None:
        publishing = Publishing(
            broker=planned.broker, provider=provider, version=version, branch=branch, build_url=build_url
        )
    report = _Reporting(provider=provider, version=version, branch=branch, notes=planned.notes)
    if not pacts:
        return report.without_pacts(planned, only_consumers, publishing, allowed=allow_no_pacts)

    before: frozenset[str] = frozenset()
    if publishing is not None:
        before = evidence.known(publishing, [each.pact for each in pacts if each.pact is not None])
    limits = Limits(setup_seconds=state_timeout_seconds, teardown_seconds=teardown_timeout_seconds)
    handlers = StateHandlers(states or {}, after_each, limits)
    with (
        contextlib.closing(handlers),
        verifier.opened() as running,
        serving.serve(app) if app is not None else serving.elsewhere(str(base_url)) as url,
    ):
        target = Target(provider=provider, url=url, headers=headers, timeout_seconds=request_timeout_seconds)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reporting:
    """What becomes of a run: a report, or a failure with its reasons."""

    provider: str
    version: str
    branch: str | None
    notes: tuple[str, ...]

    def without_pacts(
        self, planned: Plan, consumers: Collection[str], publishing: Publishing | None, *, allowed: bool
    ) -> Report:
        """The report on a provider that has nothing to verify.

        Raises:
            VerificationFailed: unless that is *allowed*.
        """
        why = planned.nothing
        if planned.pacts:
            there = ", ".join(dict.fromkeys(each.consumer for each in planned.pacts))
            why = f"None of the pacts is one of {', '.join(consumers)}: they are of {there}."
        if not allowed or planned.pacts:
            advice = "" if planned.pacts else " (--allow-no-pacts lets a first build pass.)"
            raise VerificationFailed(self._report((), published=False), (f"Nothing was verified: {why}{advice}",))
        more: tuple[str, ...] = (why,)
        if publishing is not None:
            evidence.register(publishing)
            more += (f"Version {self.version} of {self.provider} is registered with the broker.",)
        return self._report((), more, published=False)

    def end(
        self,
        verified: Sequence[Verified],
        narrowed: Filter,
        publishing: Publishing | None,
        before: frozenset[str],
        *,
        gone: str | None,
    ) -> Report:
        """Publish, and report.

        Raises:
            VerificationFailed: if anything that counts failed.
        """
        interactions = tuple(interaction for each in verified for interaction in each.interactions)
        reasons = [each.failure for each in interactions if not each.success and not each.pending]
        empty = [] if narrowed else [each for each in verified if not each.interactions]
        notes = [_empty(each.planned) for each in empty]
        missing: tuple[str, ...] = ()
        if not interactions and narrowed:
            reasons.append("No interaction was verified. The filter matches none.")
        elif publishing is not None and gone is not None:
            missing = (f"No result was published: nothing answers at {gone} any more, the provider went away.",)
        elif publishing is not None:
            missing = evidence.publish(publishing, verified, before=before)
            notes += [_unpublished(each.planned) for each in verified if each.interactions and each.passed is None]
            if not interactions:
                evidence.register(publishing)
        published = publishing is not None and not missing and any(each.passed is not None for each in verified)
        report = self._report(interactions, tuple(notes), published=published)
        if reasons or missing:
            raise VerificationFailed(report, (*reasons, *missing))
        return report

    def _report(self, interactions: tuple[Interaction, ...], more: tuple[str, ...] = (), *, published: bool) -> Report:
        return Report(
            provider=self.provider,
            version=self.version,
            branch=self.branch,
            interactions=interactions,
            published=published,
            notes=tuple(map(plain, (*self.notes, *more))),
        )


def _verified(run: _Run, planned: Planned, number: int, of: int) -> Verified:
    """Verify one pact; one that cannot be verified at all fails as one interaction that stands for it."""
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
    """Set the states up, verify one interaction, and tear them down; with what the verifier printed."""
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


def _empty(planned: Planned) -> str:
    return (
        f"{planned.what} has no interactions: there is nothing to verify in it, and it gets no result. Its consumer "
        "should publish one that has some."
    )


def _unpublished(planned: Planned) -> str:
    return f"The result for {planned.what} is not published: what came of it is not known."


def _require_sense(source: Source, *, version: str, publish: bool, narrowed: Filter) -> None:
    if not version.strip():
        raise UsageError("Verification needs the provider's version: give the commit's full hash.")
    if publish and narrowed:
        raise UsageError(
            "A run that is narrowed down by a filter cannot publish its results: they would count "
            "for whole pacts. Verify everything, or do not publish."
        )
    if publish and isinstance(source, Files):
        raise UsageError("Results for pact files cannot be published: verify pacts from a broker to publish.")
