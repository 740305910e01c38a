"""Facts about a question, from which `contracts.model.causes` works out the causes of its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from contracts.model import next_commands
from contracts.model.matrix_documents import JobFacts, Response, ResponseRow, ResultDetails, Side, Trigger


PactKey = tuple[str, str | None, str]
"""The identity of a pact: its consumer, the consumer's version, and its provider."""

OfPact = TypeVar("OfPact", ResponseRow, JobFacts)

MAX_LISTED = 5
"""The number of versions, branches or interactions that the evidence of a cause lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An application of the question, with its version.

    *options* select the version on a command line if the question does not give its number; *version* is None if the
    broker does not say which one that is. *exists* is None if the broker does not say whether the version exists.
    *other_numbers* are the newest versions of the application, *other_owners* the applications that have a version with
    the same number. *branches* are the existing ones, if the question selects a *branch* and the broker lists them.
    """

    pacticipant: str
    version: str | None = None
    options: tuple[str, ...] = ()
    branch: str | None = None
    exists: bool | None = None
    other_numbers: tuple[str, ...] = ()
    other_owners: tuple[str, ...] = ()
    branches: tuple[str, ...] | None = None

    def __str__(self) -> str:
        if self.version is not None:
            return f"version {self.version} of {self.pacticipant}"
        return f"the selected version of {self.pacticipant}"

    def arguments(self) -> tuple[str, ...]:
        """The options of can-i-deploy that select it."""
        selection = self.options or ("--version", self.version or "")
        return ("--pacticipant", self.pacticipant, *selection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the subjects go: to an *environment*, next to the versions with a *tag*, or to the *main_branches*."""

    environment: str | None = None
    tag: str | None = None
    main_branches: bool = False

    @property
    def absence(self) -> str:
        """Why no version of a provider counts, and what to do first."""
        if self.environment is not None:
            return f"None of its versions is deployed or released to {self.environment}. Deploy one first."
        if self.tag is not None:
            return f"None of its versions has the tag {self.tag}. Tag one first."
        return "None of its versions is on its main branch. Verify the pact there first."

    def arguments(self) -> tuple[str, ...]:
        """The options of can-i-deploy that name the target."""
        if self.environment is not None:
            return ("--to-environment", self.environment)
        return ("--to", self.tag) if self.tag is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A question, its response, and everything else that a broker says about it.

    *response* is None if the broker refuses the question; *applications* and *environments* are None if the broker does
    not say. *ignoring* are the options that ignore applications. *in_target* has the versions of a provider that are in
    the target, unless the broker does not say. *rows_of_pacts* are the results of all versions for each pact of the
    response, at most *limit* for each. *results* and *triggers* have the details of results and the webhooks of pacts,
    by URL. *jobs* are the verification jobs of each pact, of any provider version. *empty_pacts* are the URLs of pacts
    without interactions.
    """

    subjects: tuple[Subject, ...]
    target: Target
    now: datetime
    ignoring: tuple[str, ...] = ()
    response: Response | None = None
    applications: Sequence[str] | None = None
    environments: Sequence[str] | None = None
    in_target: Mapping[str, tuple[Side, ...]] = field(default_factory=dict)
    rows_of_pacts: Mapping[PactKey, Sequence[ResponseRow]] = field(default_factory=dict)
    limit: int | None = None
    results: Mapping[str, ResultDetails] = field(default_factory=dict)
    triggers: Mapping[str, Sequence[Trigger]] = field(default_factory=dict)
    jobs: Mapping[PactKey, Sequence[JobFacts]] = field(default_factory=dict)
    empty_pacts: frozenset[str] = frozenset()

    def subject(self, pacticipant: str) -> Subject | None:
        """The subject that is this application."""
        return next((each for each in self.subjects if each.pacticipant == pacticipant), None)

    def ask_again(
        self, *more: str, replaced: Mapping[Subject, Subject] | None = None, environment: str | None = None
    ) -> str:
        """The command that asks the question again, perhaps about other subjects or another environment."""
        subjects = [(replaced or {}).get(each, each) for each in self.subjects]
        target = self.target if environment is None else Target(environment=environment)
        arguments = [argument for each in subjects for argument in each.arguments()]
        arguments += [*self.ignoring, *target.arguments(), *more]
        return next_commands.ask_again(*arguments, merge=self.target.main_branches)


def pact_of(row: ResponseRow | JobFacts) -> PactKey:
    """The identity of the pact of *row*."""
    return row.consumer.name, row.consumer.number, row.provider.name


def by_pact(rows: Iterable[OfPact]) -> dict[PactKey, list[OfPact]]:
    """Return *rows* by their pact."""
    rows_of_pacts: dict[PactKey, list[OfPact]] = {}
    for row in rows:
        rows_of_pacts.setdefault(pact_of(row), []).append(row)
    return rows_of_pacts


def version_of(side: Side) -> str:
    """The version of *side* in a sentence."""
    return f"version {side.number} of {side.name}" if side.number else side.name


def iso(moment: datetime | None) -> str:
    """*moment* as text; empty if it is not known."""
    return "" if moment is None else moment.isoformat()


def ago(moment: datetime, now: datetime) -> str:
    """The time from *moment* to *now* in words.

    >>> from datetime import datetime
    >>> ago(datetime(2026, 5, 4, 11, 59), datetime(2026, 5, 4, 12)), ago(datetime(2026, 5, 1), datetime(2026, 5, 4, 12))
    ('1 minute ago', '3 days ago')
    """
    length = _length(now - moment)
    return f"{length} ago" if length else "just now"


def until(moment: datetime, now: datetime) -> str:
    """The time from *now* to *moment* in words, such as `in 5 minutes`."""
    length = _length(moment - now)
    return f"in {length}" if length else "within a minute"


def _length(length: timedelta) -> str:
    minutes = max(0, int(length.total_seconds() // 60))
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= 2 * size or (unit == "minute" and minutes):
            return f"{minutes // size} {unit}{'' if minutes // size == 1 else 's'}"
    return ""
