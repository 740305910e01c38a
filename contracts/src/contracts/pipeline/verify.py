"""Verification of a provider by the official verifier, without its ways to pass by accident.

The verifier of pact-python says yes where results could not be published, where a filter or a folder
left nothing to verify, and is minutes late where a provider state fails. Here each of these is a
failure with its reason:

* what is to be verified is asked first, by our own client (see `contracts.pipeline.sources`);
* provider states answer 4xx when they are unknown or raise (see `contracts.pipeline.states`);
* every pact that was selected must have been verified, and something must have been;
* published results are read back from the broker, for each pact and this provider version.

Pending pacts are verified and shown, and fail nothing, whatever went wrong: also a provider state that
the provider does not know yet, because asking for one is how a consumer proposes it.

The verifier asks the broker through a front (see `contracts.client.front`): of a broker that fails it would ask for
two minutes.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.client import UsageError
from contracts.pipeline import interactions, serving, verifications, verifier
from contracts.pipeline.interactions import Interaction
from contracts.pipeline.sources import BrokerSource, Files, PactUrl, Plan, Source, plan
from contracts.pipeline.states import State, StateHandlers
from contracts.pipeline.verifier import Filter, Publishing


if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.pipeline.states import States

__all__ = [
    "BrokerSource",
    "Files",
    "Interaction",
    "PactUrl",
    "Report",
    "Source",
    "State",
    "VerificationFailed",
    "verify",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was verified. *published* is true when the broker was seen to hold every result.

    *notes* are for people, such as that the provider has no consumers yet.
    """

    provider: str
    version: str
    branch: str | None
    interactions: tuple[Interaction, ...]
    published: bool
    notes: tuple[str, ...]


class VerificationFailed(Exception):
    """The provider does not keep a contract, or it could not be made sure that it does.

    *reasons* holds every reason, *report* what was verified none the less.
    """

    def __init__(self, report: Report, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.report = report
        self.reasons = reasons


def verify(  # noqa: PLR0913 - a run has this many sides, each given by name
    *,
    provider: str,
    source: Source,
    version: str,
    branch: str | None,
    app: Callable[..., Any] | None = None,
    base_url: str | None = None,
    states: States | None = None,
    after_each: Callable[[], object] | None = None,
    build_url: str | None = None,
    publish: bool = False,
    only_description: str | None = None,
    only_state: str | None = None,
) -> Report:
    """Verify *provider*, an ASGI *app* or what runs at *base_url*, against the pacts of *source*.

    *states* prepare the provider's data, by name; *after_each* puts it back after every
    interaction. *only_description* and *only_state* are regular expressions that narrow a local run
    down; a narrowed run cannot publish, because its results would count for whole pacts.

    A provider without consumers passes; its report says so. With *publish* its version is registered
    with its branch, so that it can be deployed.

    Raises:
        VerificationFailed: if an interaction that is not pending fails, nothing or not everything was
            verified, or a result is not in the broker afterwards.
        UsageError: if the arguments contradict each other, or pact-python is not installed.
        ClientError: if the broker cannot be reached, refuses, …; before anything runs.
    """
    narrowed = Filter(description=only_description, state=only_state)
    _require_sense(source, version=version, publish=publish, narrowed=narrowed)
    if (app is None) == (base_url is None):
        msg = "Give either the provider's application or the base URL where it runs."
        raise UsageError(msg)
    planned = plan(source, provider=provider, branch=branch)
    publishing = None
    if publish and not isinstance(planned.source, Files):
        publishing = Publishing(broker=planned.source.broker, version=version, branch=branch, build_url=build_url)
    if not planned.expected:
        return _without_consumers(planned, provider, version, branch, publishing)

    pacts = [each.pact for each in planned.expected if each.pact is not None]
    before: frozenset[str] = frozenset()
    if publishing is not None:
        before = verifications.known(publishing.broker, pacts, provider=provider, version=version)
    handlers = StateHandlers(states or {}, after_each)
    with serving.serve(app) if app is not None else contextlib.nullcontext(str(base_url)) as url:
        ran = verifier.run(
            provider,
            url,
            handlers,
            source=planned.source,
            branch=branch,
            publishing=publishing,
            narrowed=narrowed,
        )
    found, strayed = interactions.read(ran.outcome, handlers.calls)
    reasons = interactions.failures(ran.outcome, found, strayed)
    verified = interactions.by_pact(planned.expected, found)
    if not found:
        reasons.append("No interaction was verified." + (" The filter matches none." if narrowed else ""))
    elif not narrowed:
        reasons += interactions.gaps(verified)
    missing: tuple[str, ...] = ()
    if publishing is not None:
        missing = verifications.unpublished(
            publishing.broker, verified, provider=provider, version=version, branch=branch, before=before
        )
        reasons += missing
        reasons += [f"The verifier's log says: {line}" for line in ran.errors if missing]
    report = Report(
        provider=provider,
        version=version,
        branch=branch,
        interactions=found,
        published=publishing is not None and not missing,
        notes=planned.notes,
    )
    if reasons:
        raise VerificationFailed(report, tuple(reasons))
    return report


def _require_sense(source: Source, *, version: str, publish: bool, narrowed: Filter) -> None:
    if not version.strip():
        msg = "Verification needs the provider's version: give the commit's full hash."
        raise UsageError(msg)
    if publish and narrowed:
        msg = (
            "A run that is narrowed down by a filter cannot publish its results: they would count "
            "for whole pacts. Verify everything, or do not publish."
        )
        raise UsageError(msg)
    if publish and isinstance(source, Files):
        msg = "Results for pact files cannot be published: verify pacts from a broker to publish."
        raise UsageError(msg)


def _without_consumers(
    planned: Plan,
    provider: str,
    version: str,
    branch: str | None,
    publishing: Publishing | None,
) -> Report:
    """The report on a provider that has nothing to verify; its version is registered to be deployed."""
    notes = planned.notes
    if publishing is not None:
        broker = publishing.broker
        if branch is not None:
            broker.add_branch(pacticipant=provider, version=version, branch=branch)
        broker.put_version(provider, version, build_url=publishing.build_url)
        notes += (f"Version {version} of {provider} is registered with the broker.",)
    return Report(
        provider=provider,
        version=version,
        branch=branch,
        interactions=(),
        published=False,
        notes=notes,
    )
