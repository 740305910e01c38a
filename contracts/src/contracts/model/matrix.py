"""The matrix: which versions of applications were verified with which, and what can be asked of it.

A `Question` names applications with the versions wanted of each; what they stand for is `Resolved`, and each `Row` is a
pact with one result, or with none. `contracts.model.verdicts` judges the rows.
Source: Pact Broker protocol, matrix and can-i-deploy.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, assert_never

from contracts.model.errors import InvalidQuery


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from contracts.model.versions import VersionRef


DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The version with this number."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Versions that carry a tag."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBranch:
    """Versions on a branch; the latest of them is the branch's head."""

    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMainBranch:
    """Versions on their application's main branch; the latest of them is its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InEnvironment:
    """Versions deployed or supported now in the environment of this name."""

    environment: str


Criterion = Numbered | Tagged | OnBranch | OnMainBranch | InEnvironment


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The versions that meet every criterion; of these only the latest, where it says so."""

    criteria: tuple[Criterion, ...] = ()
    latest: bool = False

    @property
    def anything(self) -> bool:
        """Whether any version will do."""
        return not self.criteria and not self.latest

    @property
    def number(self) -> str | None:
        """The version number asked for, where one is."""
        return next((each.number for each in self.criteria if isinstance(each, Numbered)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Versions of one application.

    Raises:
        InvalidQuery: if it names no application, or both a version number and the latest.
    """

    pacticipant: str
    wanted: Wanted = Wanted()

    def __post_init__(self) -> None:
        if not self.pacticipant:
            raise InvalidQuery(["A selector names no application: give its pacticipant"])
        if self.wanted.latest and self.wanted.number is not None:
            msg = f"The selector of {self.pacticipant} has a version number and latest=true: give one of them"
            raise InvalidQuery([msg])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which versions count of the applications that a question does not name.

    Raises:
        InvalidQuery: if it mixes tag, environment and main branch, or asks for the latest in an environment.
    """

    wanted: Wanted

    def __post_init__(self) -> None:
        problems = []
        if len(self.wanted.criteria) > 1:
            problems.append("Give only one of tag, environment and mainBranch")
        if self.wanted.latest and self.environment is not None:
            problems.append("latest=true cannot go with an environment: what is there now is the latest")
        if problems:
            raise InvalidQuery(problems)

    @property
    def environment(self) -> str | None:
        """The name of the environment, where the scope is one."""
        return next((each.environment for each in self.wanted.criteria if isinstance(each, InEnvironment)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An application, or one version of it, whose rows are shown but do not count.

    Raises:
        InvalidQuery: if it names no application.
    """

    pacticipant: str
    version: str | None = None

    def __post_init__(self) -> None:
        if not self.pacticipant:
            raise InvalidQuery(["What is to be ignored names no application: give its pacticipant"])

    def matches(self, pacticipant: str, version: VersionRef | None) -> bool:
        """Whether *version* of *pacticipant* is to be ignored, or where there is none, the application itself."""
        if self.pacticipant != pacticipant:
            return False
        return self.version is None or (version is not None and self.version == version.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many *rows*, of as many of the newest pacts.

    *among_all* takes the newest pacts of everybody, before it is looked at whose they are: so the reference broker
    understands the limit that a client gives.
    """

    rows: int
    among_all: bool = False


class LatestBy(StrEnum):
    """What rows are grouped by: each group has one row in the answer."""

    CONSUMER_VERSION_AND_PROVIDER_VERSION = "cvpv"
    CONSUMER_VERSION_AND_PROVIDER = "cvp"
    CONSUMER_AND_PROVIDER = "cp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the matrix.

    *others* is the scope of the applications that are not named; without one, rows are those of the named alone.
    *successes* keeps only the rows with these results, None being no result. *limit* is how many
    rows to answer with, as the client wishes; where it wishes nothing, *most* is how many of what could be a history.

    Raises:
        InvalidQuery: if it names no application, or its limit is not positive.
    """

    selectors: tuple[Selector, ...]
    others: Scope | None = None
    latest_by: LatestBy | None = None
    successes: frozenset[bool | None] = frozenset({True, False, None})
    limit: int | None = None
    most: int = DEFAULT_LIMIT
    ignored: tuple[Ignored, ...] = ()

    def __post_init__(self) -> None:
        if not self.selectors:
            raise InvalidQuery(["Nothing is selected: give at least one q[][pacticipant]"])
        if self.limit is not None and self.limit < 1:
            raise InvalidQuery(["limit must be a whole number of at least 1"])

    def ignores(self, row: Row) -> bool:
        """Whether the consumer or the provider of *row* is to be ignored."""
        return any(
            each.matches(row.consumer, row.consumer_version) or each.matches(row.provider, row.provider_version)
            for each in self.ignored
        )

    def most_rows(self, resolved: Iterable[Resolved]) -> Limit | None:
        """How many rows to answer with; None for all.

        What a release is decided by is never cut unless the client says so: with a scope, the rows of known versions
        are all needed. Anything else could be a whole history.
        """
        if self.limit is not None:
            return Limit(rows=self.limit, among_all=True)
        if self.others is not None and not any(each.anything for each in resolved):
            return None
        return Limit(rows=self.most)

    def may_be_cut(self, resolved: Sequence[Resolved], found: int) -> bool:
        """Whether a limit may have left out rows that count, where so many were *found*.

        Each pact that a limit counts has a row, so that fewer rows are all of them; but the client's counts the pacts
        of everybody, and of one application those count that nobody verified. Where only
        successes are wanted, no row says no.
        """
        if self.successes == {True}:
            return False
        by_name = len(resolved) == 1 and resolved[0].anything
        return self.limit is not None or by_name or found >= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """No rows but one, the newest that keeps the answer to *question* from being yes, if there is any."""

    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One version that a selector stands for; or that any version will do; or that there is none.

    *specified* ones come from the question's selectors, the others from its scope; *one_of_many* says that the same
    selector stands for further versions.
    """

    pacticipant_id: int
    pacticipant: str
    wanted: Wanted
    specified: bool
    version: VersionRef | None = None
    one_of_many: bool = False

    @property
    def anything(self) -> bool:
        """Whether it stands for any version."""
        return self.wanted.anything

    @property
    def missing(self) -> bool:
        """Whether no version is what was asked for."""
        return self.version is None and not self.anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A consumer and a provider with a pact; *required* when the question cannot be answered without its result."""

    consumer_id: int
    consumer: str
    provider_id: int
    provider: str
    required: bool

    @property
    def pair(self) -> tuple[int, int]:
        """The ids of consumer and provider."""
        return self.consumer_id, self.provider_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a provider version said of a pact; *id* is the result's number."""

    id: int
    provider_version: VersionRef
    success: bool
    verified_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pact of a consumer version, and one result of it, or None where none was found.

    *awaited* is the provider version that ought to have given it, where it is known.
    """

    consumer_id: int
    consumer_version: VersionRef
    provider_id: int
    provider: str
    pact_id: int
    revision_number: int
    sha: str
    pact_created_at: datetime
    result: Result | None = None
    awaited: VersionRef | None = None

    @property
    def consumer(self) -> str:
        """The consumer's name."""
        return self.consumer_version.pacticipant

    @property
    def success(self) -> bool | None:
        """The result; None where there is none."""
        return None if self.result is None else self.result.success

    @property
    def provider_version(self) -> VersionRef | None:
        """The version that gave the result, or ought to give it."""
        return self.awaited if self.result is None else self.result.provider_version

    @property
    def pair(self) -> tuple[int, int]:
        """The ids of consumer and provider."""
        return self.consumer_id, self.provider_id

    @property
    def recency(self) -> tuple[datetime, int, int]:
        """The key by which the row with the last action is the greatest."""
        if self.result is None:
            return self.pact_created_at, 0, self.pact_id
        return self.result.created_at, self.result.id, self.pact_id


def group(rows: Iterable[Row], latest_by: LatestBy | None) -> list[Row]:
    """One row of each group: the one with the greatest provider version.

    A group whose last action is a pact without a result is represented by that pact, since nothing is known of it.
    """
    if latest_by is None:
        return list(rows)
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_key(row, latest_by)].append(row)
    return [_representative(each) for each in groups.values()]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """*rows* as they are shown: by consumer and provider, the latest versions first."""

    def latest_first(row: Row) -> tuple[int, int, str, int, int]:
        result = (-row.result.provider_version.id, -row.result.id) if row.result else (0, 0)
        return -row.consumer_version.id, -row.revision_number, row.provider, *result

    return sorted(rows, key=lambda row: (row.consumer, *latest_first(row)))


def _key(row: Row, latest_by: LatestBy) -> Any:  # noqa: ANN401, equal for rows of one group, and nothing else
    match latest_by:
        case LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION:
            return row.consumer_version.id, row.provider_id, row.provider_version and row.provider_version.id
        case LatestBy.CONSUMER_VERSION_AND_PROVIDER:
            return row.consumer_version.id, row.provider_id
        case LatestBy.CONSUMER_AND_PROVIDER:
            return row.pair
        case _:
            assert_never(latest_by)


def _representative(rows: list[Row]) -> Row:
    last = max(rows, key=lambda row: row.recency)
    if last.result is None:
        return last

    def provider_order(row: Row) -> tuple[int, int, int]:
        if row.result is None:
            return 0, 0, 0
        return row.result.provider_version.id, row.consumer_version.id, row.result.id

    return max(rows, key=provider_order)
