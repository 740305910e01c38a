"""Where the pacts to verify come from, and what is known about them before the verifier runs.

The broker is asked by our own client first. That settles at once, and with its reason, what
the verifier would answer late or not at all: an unreachable broker, refused credentials, a provider
without consumers, a pact of another provider.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from contracts.client import NotFound, UnexpectedAnswer, UsageError, require_same_broker
from contracts.client.documents import descriptions
from contracts.client.selectors import RECOMMENDED, MatchingBranch, Selector
from contracts.pipeline import publish


if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from contracts.client import Broker
    from contracts.client.documents import Pact


_NOT_KNOWN_PENDING = "A pact given by its URL: whether it is pending is not known, so that a failure fails this run."


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerSource:
    """The pacts that a broker selects for the provider.

    Pending pacts are included unless told otherwise: they are verified and shown, and fail nothing.
    *include_wip_since* adds work in progress that was published after that day.
    """

    broker: Broker
    selectors: tuple[Selector, ...] = RECOMMENDED
    include_pending: bool = True
    include_wip_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PactUrl:
    """One pact by its URL, as a webhook names it; it must lie on *broker*.

    Whether such a pact is pending is not known, so that its failure always fails the run. The run
    gates nothing: its result, once published, is what can-i-deploy looks at.
    """

    broker: Broker
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Pact files, or folders of them; results cannot be published."""

    paths: tuple[Path, ...]


Source = BrokerSource | PactUrl | Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One pact that the run must verify: *what* names it, *interactions* are the descriptions of its interactions.

    *pact* is None for one that lies in a file.
    """

    what: str
    consumer: str
    interactions: tuple[str, ...]
    pact: Pact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be verified, from where, and what people should know about it."""

    source: Source
    expected: tuple[Expected, ...]
    notes: tuple[str, ...] = ()


class WrongPact(UsageError):
    """A pact to verify is one of another provider, or holds nothing that could be verified."""


def plan(source: Source, *, provider: str, branch: str | None) -> Plan:
    """What *source* holds for *provider*; empty for a provider that has no consumers yet.

    Raises:
        WrongPact: if a pact given by URL or file is not one of this provider.
        UsageError: if the selectors choose nothing without a branch, and there is none.
        ForeignLink: if a pact's URL is not on the broker; nothing was sent.
        ClientError: if the broker cannot be reached, refuses, …
    """
    match source:
        case BrokerSource():
            return _selected(source, provider, branch)
        case PactUrl():
            url = require_same_broker(source.url, source.broker.base_url)
            pact = source.broker.pact(url)
            _require_provider(url, pact.provider, provider)
            return Plan(
                source=PactUrl(broker=source.broker, url=url),
                expected=(_expected(pact),),
                notes=(_NOT_KNOWN_PENDING,),
            )
        case Files():
            paths = tuple(publish.files(source.paths))
            return Plan(source=Files(paths=paths), expected=tuple(_in_file(path, provider) for path in paths))
        case _:
            assert_never(source)


def _selected(source: BrokerSource, provider: str, branch: str | None) -> Plan:
    notes: list[str] = []
    selectors = source.selectors
    since = source.include_wip_since
    if branch is None and any(isinstance(each, MatchingBranch) for each in selectors):
        selectors = tuple(each for each in selectors if not isinstance(each, MatchingBranch))
        notes.append("The provider's branch is not known: pacts of a matching branch are left out.")
        if not selectors:
            msg = "A matching branch alone is to be verified, but the provider's branch is not known: give it."
            raise UsageError(msg)
    if branch is None and since is not None:
        since = None
        notes.append("The provider's branch is not known: work in progress is left out.")
    source = BrokerSource(
        broker=source.broker,
        selectors=selectors,
        include_pending=source.include_pending,
        include_wip_since=since,
    )
    try:
        asked = source.broker.pacts_for_verification(
            provider,
            selectors=selectors,
            branch=branch,
            include_pending=source.include_pending,
            include_wip_since=since,
        )
    except NotFound:
        notes.append(_no_consumers(source.broker, provider))
        return Plan(source=source, expected=(), notes=tuple(notes))
    if not asked:
        notes.append(
            f"The broker selects no pact for {provider}: no consumer has published one that the "
            "selectors of this run choose. There is nothing to verify yet."
        )
    expected = tuple(_expected(source.broker.pact(each.url)) for each in asked)
    return Plan(source=source, expected=expected, notes=tuple(notes))


def _no_consumers(broker: Broker, provider: str) -> str:
    """The note on a provider that the broker does not know: nobody has published a pact with it.

    Raises:
        UnexpectedAnswer: if the broker does know the application.
    """
    try:
        broker.pacticipant(provider)
    except NotFound:
        return (
            f"The broker at {broker.base_url} knows no application named {provider!r}: it has no "
            "consumers yet, so that there is nothing to verify. (If it should have, check the name.)"
        )
    msg = (
        f"The broker at {broker.base_url} knows {provider!r}, but answers 'not found' when asked for "
        "the pacts to verify. Look at the broker's log."
    )
    raise UnexpectedAnswer(msg)


def _expected(pact: Pact) -> Expected:
    what = f"the pact of version {pact.consumer_version} of {pact.consumer}"
    return Expected(what=what, consumer=pact.consumer, interactions=pact.interactions, pact=pact)


def _in_file(path: Path, provider: str) -> Expected:
    contract = publish.read_pact(path)
    _require_provider(str(path), contract.provider, provider)
    try:
        interactions = descriptions(json.loads(contract.content))
    except UnexpectedAnswer as error:
        msg = f"{path} is no pact: its interactions cannot be read. Let the consumer's tests write it anew."
        raise WrongPact(msg) from error
    return Expected(what=str(path), consumer=contract.consumer, interactions=interactions)


def _require_provider(where: str, named: str, provider: str) -> None:
    if named != provider:
        msg = f"{where} is a pact with provider {named!r}, not {provider!r}. Nothing was verified."
        raise WrongPact(msg)
