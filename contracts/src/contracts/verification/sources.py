"""Sources of pacts to verify, read before the verifier runs.

Only our own client talks to the broker. So these errors appear at once and with their reason: an unreachable broker,
refused credentials, a provider without consumers, a pact of another provider. An unreadable pact affects only itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import assert_never

from contracts.client import (
    Broker,
    ClientError,
    NotFound,
    Refused,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
    pact_files,
    require_same_broker,
    unknown_names,
)
from contracts.client.documents import Pact, PactToVerify
from contracts.client.hal import JsonObject
from contracts.client.selectors import RECOMMENDED, MatchingBranch, Selector
from contracts.verification import bundles
from contracts.verification.interactions import PactNotReadable, Part, parts, plugins


_NOT_KNOWN_PENDING = "Whether a pact from a URL is pending is not known, so a failure fails this run."


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSource:
    """The pacts that a broker selects for the provider.

    Pending pacts are included by default: they are verified and shown, but their failures do not fail the run.
    *include_wip_since* adds work in progress that was published after that day.
    """

    broker: Broker
    selectors: tuple[Selector, ...] = RECOMMENDED
    include_pending: bool = True
    include_wip_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PactUrl:
    """One pact by its URL, which a webhook sends; it must be on *broker*.

    Whether such a pact is pending is not known, so its failure always fails the run. The run is not a gate:
    can-i-deploy looks at its result.
    """

    broker: Broker
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Pact files, or folders of them; results cannot be published."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The pacts in a file that a run with access to the broker wrote; results cannot be published from here."""

    path: Path


Source = BrokerSource | PactUrl | Files | Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One pact to verify: *what* names it, *parts* are its interactions.

    *problem* says why it cannot be verified. *pact* is None for a pact in a file, and for one that the broker failed to
    send; then no result is published.
    """

    what: str
    consumer: str
    parts: tuple[Part, ...]
    pending: bool = False
    pact: Pact | None = None
    url: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PactPlan:
    """The pacts to verify, and notes for people about the selection.

    *nothing* says why there are none, and what to do.
    """

    broker: Broker | None
    pacts: tuple[Planned, ...]
    notes: tuple[str, ...] = ()
    nothing: str = ""


class WrongPact(UsageError):
    """A pact is not one of the provider; nothing was verified."""


def plan(
    source: Source, *, provider: str, branch: str | None, allowed_plugins: Collection[str] | None = ()
) -> PactPlan:
    """Return the pacts of *source* that *provider*, on *branch*, has to verify.

    A pact with a plugin that is not allowed has a problem, because the verifier would install and start the plugin;
    with None, call `restricted` for each pact before you verify it.

    Raises:
        WrongPact: if a pact is one of another provider.
        UsageError: if files cannot be found, or the only selector is a matching branch and *branch* is None.
        ForeignLink: if the URL of a pact is not on the broker; nothing was sent.
        ClientError: if the broker cannot be reached, refuses, …
    """
    match source:
        case BrokerSource():
            planned = _selected(source, provider, branch)
        case PactUrl():
            url = require_same_broker(source.url, source.broker.base_url)
            pact = source.broker.pact(url)
            _require_provider(url, pact.provider, provider)
            planned = PactPlan(
                broker=source.broker, pacts=(_planned(pact, url, pending=False),), notes=(_NOT_KNOWN_PENDING,)
            )
        case Bundle():
            planned = _bundled(source, provider)
        case Files():
            files = pact_files.files(source.paths)
            planned = PactPlan(broker=None, pacts=tuple(_in_file(path, provider) for path in files))
        case _:
            assert_never(source)
    if allowed_plugins is None:
        return planned
    return replace(planned, pacts=tuple(restricted(each, allowed_plugins) for each in planned.pacts))


def _selected(source: BrokerSource, provider: str, branch: str | None) -> PactPlan:
    notes: list[str] = []
    selectors = source.selectors
    since = source.include_wip_since
    if branch is None and any(isinstance(each, MatchingBranch) for each in selectors):
        selectors = tuple(each for each in selectors if not isinstance(each, MatchingBranch))
        notes.append("The provider's branch is unknown, so pacts of a matching branch are not selected.")
        if not selectors:
            raise UsageError(
                "The only selector is the matching branch, but the provider's branch is unknown. Set --branch."
            )
    if branch is None and since is not None:
        since = None
        notes.append("The provider's branch is unknown, so work in progress is not selected.")
    try:
        selected_pacts = source.broker.pacts_for_verification(
            provider,
            selectors=selectors,
            branch=branch,
            include_pending=source.include_pending,
            include_wip_since=since,
        )
    except NotFound:
        nothing = _no_consumers(source.broker, provider)
        return PactPlan(broker=source.broker, pacts=(), notes=tuple(notes), nothing=nothing)
    nothing = (
        f"The broker selects no pact for {provider}: no consumer has published one that matches the selectors. "
        "Check the provider's name and the selectors."
    )
    if not selected_pacts and (others := _similar(source.broker, provider)):
        nothing += f" {others}"
    pacts = tuple(_asked(source.broker, each) for each in selected_pacts)
    return PactPlan(broker=source.broker, pacts=pacts, notes=tuple(notes), nothing="" if pacts else nothing)


def _asked(broker: Broker, item: PactToVerify) -> Planned:
    """Read one selected pact; an unreadable one is planned with its problem.

    Raises:
        Refused, Unreachable: because these are problems of the broker, not of this pact.
    """
    try:
        return _planned(broker.pact(item.url), item.url, pending=item.pending)
    except (Refused, Unreachable):
        raise
    except (ClientError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return Planned(what=item.name, consumer=item.name, parts=(), pending=item.pending, problem=problem)


def _no_consumers(broker: Broker, provider: str) -> str:
    """Explain why a provider that the broker does not know has no pacts.

    Raises:
        UnexpectedAnswer: if the broker does know the application.
    """
    try:
        broker.pacticipant(provider)
    except NotFound:
        notice = f"{provider!r} has no consumers yet."
        return f"{notice} {_similar(broker, provider)}".strip()
    raise UnexpectedAnswer(
        f"The broker at {broker.base_url} knows {provider!r}, but responds with 404 to the request for "
        "its pacts to verify. Look at the broker's log."
    )


def _similar(broker: Broker, provider: str) -> str:
    """Return the message that the broker does not know *provider*; "" if it does, or cannot be asked."""
    try:
        names = [each.name for each in broker.pacticipants()]
    except ClientError:
        return ""
    return "" if provider in names else f"{unknown_names.application(provider, names)}."


def _bundled(source: Bundle, provider: str) -> PactPlan:
    planned = []
    for each in bundles.read_pacts(source.path, provider):
        pact = each.pact
        _require_provider(each.url, pact.provider, provider)
        planned.append(_planned(pact, each.url, pending=each.pending))
    return PactPlan(broker=None, pacts=tuple(planned), nothing=f"{source.path} has no pacts.")


def _planned(pact: Pact, url: str, *, pending: bool) -> Planned:
    what = f"the pact of version {pact.consumer_version} of {pact.consumer}"
    return replace(_read(what, pact.consumer, pact.document, pending=pending, pact=pact), url=url)


def _read(what: str, consumer: str, document: JsonObject, *, pending: bool, pact: Pact | None) -> Planned:
    try:
        return Planned(what=what, consumer=consumer, parts=parts(document), pending=pending, pact=pact)
    except PactNotReadable as error:
        problem = f"it cannot be read: {error}"
        return Planned(what=what, consumer=consumer, parts=(), pending=pending, pact=pact, problem=problem)


def _in_file(path: Path, provider: str) -> Planned:
    try:
        file = pact_files.read_file(path)
    except pact_files.NotPublishable as error:
        return Planned(what=str(path), consumer=path.name, parts=(), problem=str(error))
    _require_provider(str(path), file.provider, provider)
    return _read(str(path), file.consumer, file.document, pending=False, pact=None)


def restricted(planned: Planned, allowed: Collection[str]) -> Planned:
    """Return *planned*, with a problem if it names a plugin that the provider does not allow."""
    documents = [part.pact for part in planned.parts if part.pact is not None][:1]
    refused = [name for document in documents for name in plugins(document) if name not in allowed]
    if not refused:
        return planned
    names = ", ".join(map(repr, refused))
    problem = (
        f"it needs the plugin {names}, which this provider does not allow (a plugin is a program that the verifier "
        "downloads and starts). Install it, and allow it by name (--allow-plugin)"
    )
    return replace(planned, problem=problem)


def _require_provider(where: str, named: str, provider: str) -> None:
    if named != provider:
        raise WrongPact(f"{where} is a pact with provider {named!r}, not {provider!r}. Nothing was verified.")
