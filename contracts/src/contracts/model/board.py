"""The board of environments: what runs where, and whether the head of the main branch could replace it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.model.verdicts import Policy


class Replacement(StrEnum):
    """Whether the head of an application's main branch could be deployed to an environment."""

    CURRENT = "the head of main"
    """It is what runs there."""
    YES = "main can replace it"
    FAILED = "main cannot replace it"
    UNKNOWN = "main: not known yet"
    """A result is missing or not attested, or a provider is not in the environment."""
    NO_MAIN = "no main branch"
    """The application has no main branch, or no version is on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A version in an environment *since* a moment, on an *instance* if it has a name."""

    version_id: int
    version: str
    instance: str | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What runs of an application in an environment, the newest version first."""

    running: tuple[Running, ...]
    replacement: Replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """An application; *cells* are by the name of the environment, *main* is the head of its main branch."""

    application: str
    main: str | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of the main branch of an application, with the content of its pact with each provider, by ids."""

    version_id: int
    version: str
    contents: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A consumer version in an environment, and the content of its pact with an application."""

    environment: str
    pact_version_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the heads depend on: all that runs, by application and environment, and the results by their versions.

    *results* are by ids of content and provider version; *unattested* are the successes that no trusted build
    published, as far as an environment requires that. *callers* are by the id of the provider.
    """

    running: Mapping[int, Mapping[str, tuple[Running, ...]]]
    callers: Mapping[int, tuple[Caller, ...]]
    results: Mapping[tuple[int, int], bool]
    unattested: Collection[tuple[int, int]] = frozenset()


def replacement(
    pacticipant_id: int, environment: str, head: Head | None, evidence: Evidence, policy: Policy
) -> Replacement:
    """Return whether the *head* of an application could replace what runs in an environment.

    A version of each provider there has verified the head's pact, and the head has verified the pact of each consumer
    version there. As in can-i-deploy, a missing result counts more than a failure, and with several versions of a
    provider the result of one is enough, unless *policy* requires more.
    """
    if head is None:
        return Replacement.NO_MAIN
    if {each.version_id for each in evidence.running[pacticipant_id][environment]} == {head.version_id}:
        return Replacement.CURRENT
    uncounted = evidence.unattested if environment in policy.attested_environments else ()
    results: set[bool | None] = set()
    for provider_id, pact_version_id in head.contents.items():
        there = evidence.running.get(provider_id, {}).get(environment, ())
        keys = {(pact_version_id, each.version_id) for each in there}
        seen = keys & evidence.results.keys()
        results |= {None if key in uncounted else evidence.results[key] for key in seen}
        if not seen or (policy.every_version and seen != keys):
            results.add(None)
    for caller in evidence.callers.get(pacticipant_id, ()):
        if caller.environment == environment:
            key = (caller.pact_version_id, head.version_id)
            results.add(None if key in uncounted else evidence.results.get(key))
    if None in results:
        return Replacement.UNKNOWN
    return Replacement.FAILED if False in results else Replacement.YES
