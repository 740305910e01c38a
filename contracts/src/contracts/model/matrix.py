"""The matrix: the pacts of consumer versions with the results of provider versions, and the questions about it.

A `Question` has selectors, each for some versions of one application. A `Resolved` is one version that it selects.
A `Row` is a pact with one result, or a pact without a result. `contracts.model.verdicts` judges the rows.
Source: Pact Broker protocol, matrix and can-i-deploy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.versions import VersionRef


DEFAULT_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFilter:
    """The versions that meet every criterion, or (*latest*) only the latest of them.

    The matrix has no *any* tag, branch or environment, so each criterion has its name.

    Raises:
        ValueError: if a criterion has no name.
    """

    criteria: tuple[Criterion, ...] = ()
    latest: bool = False

    def __post_init__(self) -> None:
        if not all(map(_has_name, self.criteria)):
            raise ValueError("A filter of versions needs the name of its tag, branch or environment")

    @property
    def anything(self) -> bool:
        """Whether every version of the application counts."""
        return not self.criteria and not self.latest

    @property
    def environments(self) -> set[str]:
        """The names of the environments in the criteria."""
        return {each.environment for each in self.criteria if isinstance(each, InEnvironment) and each.environment}

    @property
    def number(self) -> str | None:
        """The number of the version, if a criterion is a number."""
        return next((each.number for each in self.criteria if isinstance(each, Numbered)), None)


def _has_name(criterion: Criterion) -> bool:
    match criterion:
        case Tagged(tag=None) | OnBranch(branch=None) | InEnvironment(environment=None):
            return False
        case _:
            return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Versions of one application.

    Raises:
        InvalidQuery: if it names no application, or has both a version number and *latest*.
    """

    pacticipant: str
    version_filter: VersionFilter = VersionFilter()

    def __post_init__(self) -> None:
        if not self.pacticipant:
            raise InvalidQuery(["A selector names no application. Add its pacticipant"])
        if self.version_filter.latest and self.version_filter.number is not None:
            msg = f"The selector of {self.pacticipant} has a version number and latest=true. Use only one of them"
            raise InvalidQuery([msg])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The versions that count of the applications that no selector names.

    Raises:
        InvalidQuery: if it has several criteria, or an environment and *latest*.
    """

    version_filter: VersionFilter

    def __post_init__(self) -> None:
        problems = []
        if len(self.version_filter.criteria) > 1:
            problems.append("Use only one of tag, environment and mainBranch")
        if self.version_filter.latest and self.environment is not None:
            problems.append("latest=true cannot be combined with environment. Leave out latest=true")
        if problems:
            raise InvalidQuery(problems)

    @property
    def environment(self) -> str | None:
        """The name of the environment, if the scope is an environment."""
        return next(iter(self.version_filter.environments), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An application, or one version of it, whose rows appear in the response but do not count.

    Raises:
        InvalidQuery: if it names no application.
    """

    pacticipant: str
    version: str | None = None

    def __post_init__(self) -> None:
        if not self.pacticipant:
            raise InvalidQuery(["An ignore selector names no application. Add its pacticipant"])

    def matches(self, pacticipant: str, version: VersionRef | None) -> bool:
        """Whether to ignore *version* of *pacticipant*; without a version, whether to ignore the whole application."""
        if self.pacticipant != pacticipant:
            return False
        return self.version is None or (version is not None and self.version == version.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The maximum number of *rows*, and of the newest pacts that they come from.

    With *among_all*, the newest pacts are those of all applications: the limit applies before the selectors do.
    The reference broker understands the limit of a client in this way.
    """

    rows: int
    among_all: bool = False


class LatestBy(StrEnum):
    """How rows are grouped; each group has one row in the response."""

    CONSUMER_VERSION_AND_PROVIDER_VERSION = "cvpv"
    CONSUMER_VERSION_AND_PROVIDER = "cvp"
    CONSUMER_AND_PROVIDER = "cp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to the matrix.

    *others* is the scope of the applications that no selector names; without it, only rows between named applications
    count. *successes* keeps only the rows with these results; None is a missing result. *limit* is the client's maximum
    number of rows; without it, *most* applies to questions that could return a whole history.

    Raises:
        InvalidQuery: if it has no selector, or its limit is not positive.
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
            raise InvalidQuery(["The query has no selector. Add at least one q[][pacticipant]"])
        if self.limit is not None and self.limit < 1:
            raise InvalidQuery(["limit must be a whole number of at least 1"])

    def ignores(self, row: Row) -> bool:
        """Whether the question ignores the consumer or the provider of *row*."""
        return any(
            each.matches(row.consumer, row.consumer_version) or each.matches(row.provider, row.provider_version)
            for each in self.ignored
        )

    def most_rows(self, resolved: Iterable[Resolved]) -> Limit | None:
        """The limit of the response; None for all rows.

        A question with a scope decides about a release: it needs every row of its versions, so only the client's own
        limit applies. Any other question could return a whole history.
        """
        if self.limit is not None:
            return Limit(rows=self.limit, among_all=True)
        if self.others is not None and not any(each.anything for each in resolved):
            return None
        return Limit(rows=self.most)

    def may_be_cut(self, resolved: Sequence[Resolved], row_count: int) -> bool:
        """Whether a limit may have removed rows that count, if the query returned *row_count* rows.

        Our own limit removes nothing if there are fewer rows than it allows, except for a question about one whole
        application, where pacts without a result count too. The client's limit counts the pacts of all applications.
        If the question keeps only successes, a missing row cannot change the verdict.
        """
        if self.successes == {True}:
            return False
        by_name = len(resolved) == 1 and resolved[0].anything
        return self.limit is not None or by_name or row_count >= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A request for one row only: the newest row that contradicts a yes, if one exists.

    It is a failure or a missing result, if *successes* has it, and its applications and versions are not ignored.
    """

    successes: frozenset[bool | None]
    ignored_pacticipant_ids: frozenset[int] = frozenset()
    ignored_version_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One version that a selector selects.

    *version* is None if every version counts (*anything*), or if no version matches (*missing*).
    *specified* is true for the question's own selectors, false for its scope.
    """

    pacticipant_id: int
    pacticipant: str
    version_filter: VersionFilter
    specified: bool
    version: VersionRef | None = None

    @property
    def anything(self) -> bool:
        """Whether every version of the application counts."""
        return self.version_filter.anything

    @property
    def missing(self) -> bool:
        """Whether no version matches the selector."""
        return self.version is None and not self.anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A consumer and a provider with a pact; *required* if the verdict needs its result."""

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
    """The result of a provider version for a pact; *id* is the number of the verification result."""

    id: int
    provider_version: VersionRef
    success: bool
    verified_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A pact of a consumer version with one verification result, or None if it has no result.

    *awaited* is the provider version whose result is missing, if it is one specific version.
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
        """Whether the result is a success; None if the result is missing."""
        return None if self.result is None else self.result.success

    @property
    def provider_version(self) -> VersionRef | None:
        """The provider version of the result, or the one whose result is missing."""
        return self.awaited if self.result is None else self.result.provider_version

    @property
    def pair(self) -> tuple[int, int]:
        """The ids of consumer and provider."""
        return self.consumer_id, self.provider_id

    @property
    def recency(self) -> tuple[datetime, int, int]:
        """A sort key: the greatest is the row with the last action, a publication or a verification."""
        if self.result is None:
            return self.pact_created_at, 0, self.pact_id
        return self.result.created_at, self.result.id, self.pact_id


def group(rows: Iterable[Row], latest_by: LatestBy | None) -> list[Row]:
    """Return one row of each group: the one with the latest provider version.

    If the last action of a group is the publication of a pact that has no result yet, the group's row is that pact.
    Without *latest_by*, return every row.

    Five pacts and results of Till and Ledger, in the order of time (`row` is a helper of the tests):

    >>> five = [
    ...     row(consumer_version=1, provider_version=7, minutes=1),
    ...     row(consumer_version=1, provider_version=6, minutes=2, success=False),  # an older provider, later
    ...     row(consumer_version=1, provider_version=7, minutes=3, success=False, result_id=999),  # a new result of 7
    ...     row(consumer_version=2, provider_version=6, minutes=4),
    ...     row(consumer_version=3, minutes=5),  # published last, without a result
    ... ]
    >>> def show(rows):
    ...     for each in in_order(rows):
    ...         provider = each.provider_version.number if each.provider_version else None
    ...         print(f"Till {each.consumer_version.number}, Ledger {provider}: {each.success}")

    By consumer version and provider version, the newer result of Ledger 7 remains:

    >>> show(group(five, LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION))
    Till 3, Ledger None: None
    Till 2, Ledger 6: True
    Till 1, Ledger 7: False
    Till 1, Ledger 6: False

    By consumer version and provider, Ledger 7 is later than Ledger 6 as a version, although 6 verified after it:

    >>> show(group(five[:2], LatestBy.CONSUMER_VERSION_AND_PROVIDER))
    Till 1, Ledger 7: True

    By consumer and provider, the last pact has no result, so the pair has none; before that, Ledger 7 counts:

    >>> show(group(five, LatestBy.CONSUMER_AND_PROVIDER))
    Till 3, Ledger None: None
    >>> show(group(five[:4], LatestBy.CONSUMER_AND_PROVIDER))
    Till 1, Ledger 7: False
    """
    if latest_by is None:
        return list(rows)
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_key(row, latest_by)].append(row)
    return [_representative(each) for each in groups.values()]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Sort *rows* for display: by consumer name, then the latest consumer version first, then by provider."""

    def latest_first(row: Row) -> tuple[int, int, str, int, int]:
        result = (-row.result.provider_version.id, -row.result.id) if row.result else (0, 0)
        return -row.consumer_version.id, -row.revision_number, row.provider, *result

    return sorted(rows, key=lambda row: (row.consumer, *latest_first(row)))


def _key(row: Row, latest_by: LatestBy) -> Any:
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
