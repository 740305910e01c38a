"""Questions about the matrix: about the pacts of consumer versions, with the results of provider versions.

A `Question` has selectors, each for some versions of one application. A `Resolved` is one version that it selects.
The response is rows (`contracts.model.matrix_rows`), which `contracts.model.verdicts` judges.
Source: Pact Broker protocol, matrix and can-i-deploy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.model.criteria import Criterion, InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.errors import InvalidQuery
from contracts.model.matrix_rows import LatestBy, Row
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

    Of the applications of *replaced*, the version with that number counts instead.

    Raises:
        InvalidQuery: if it has several criteria, or an environment and *latest*.
    """

    version_filter: VersionFilter
    replaced: tuple[tuple[str, str], ...] = ()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixQuestion:
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
