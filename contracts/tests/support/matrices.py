"""Rows, selectors and resolved questions for the matrix, by hand and for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import Ignored, Integration, MatrixQuestion, Resolved, Scope, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy, Result, Row
from contracts.model.verdicts import Findings
from contracts.model.versions import VersionRef


EPOCH = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NAMES = {1: "Till", 2: "Kiosk", 3: "Ledger", 4: "Stock"}
ANYTHING = VersionFilter()
LIVE = Scope(version_filter=VersionFilter(criteria=(InEnvironment(environment="live"),)))


def version(pacticipant_id: int, number: int) -> VersionRef:
    """Version *number*, from 1 to 9, of an application; versions are created in the order of their numbers."""
    return VersionRef(id=number * 10 + pacticipant_id, pacticipant=NAMES[pacticipant_id], number=str(number))


def row(
    consumer: int = 1,
    consumer_version: int = 1,
    provider: int = 3,
    provider_version: int | None = None,
    *,
    success: bool = True,
    result_id: int | None = None,
    minutes: int = 0,
) -> Row:
    """A row: verified if a *provider_version* is given, *minutes* after the beginning."""
    moment = EPOCH + timedelta(minutes=minutes)
    result = None
    if provider_version is not None:
        result = Result(
            id=result_id or provider_version * 100 + consumer_version,
            provider_version=version(provider, provider_version),
            success=success,
            verified_at=moment,
            created_at=moment,
        )
    return Row(
        consumer_id=consumer,
        consumer_version=version(consumer, consumer_version),
        provider_id=provider,
        provider=NAMES[provider],
        pact_id=consumer_version * 100 + consumer * 10 + provider,
        revision_number=1,
        sha="a" * 40,
        pact_created_at=moment if result is None else EPOCH,
        result=result,
    )


def resolved(
    pacticipant_id: int, version_filter: VersionFilter = ANYTHING, number: int | None = None, *, specified: bool = True
) -> Resolved:
    """The result of a selector: the version *number*, or no version."""
    return Resolved(
        pacticipant_id=pacticipant_id,
        pacticipant=NAMES[pacticipant_id],
        version_filter=version_filter,
        specified=specified,
        version=None if number is None else version(pacticipant_id, number),
    )


def numbered(pacticipant_id: int, number: int) -> Resolved:
    """A version that a selector selects by its number."""
    return resolved(pacticipant_id, VersionFilter(criteria=(Numbered(number=str(number)),)), number)


def integration(consumer: int = 1, provider: int = 3, *, required: bool = True) -> Integration:
    """A pair."""
    return Integration(
        consumer_id=consumer,
        consumer=NAMES[consumer],
        provider_id=provider,
        provider=NAMES[provider],
        required=required,
    )


def question(*selectors: Selector, **more: object) -> MatrixQuestion:
    """A question about Till's version 1 in the environment live; *selectors* and *more* replace parts of it."""
    chosen = selectors or (
        Selector(pacticipant="Till", version_filter=VersionFilter(criteria=(Numbered(number="1"),))),
    )
    return MatrixQuestion(**{"selectors": chosen, "others": LIVE, **more})


CRITERIA = st.one_of(
    st.builds(Numbered, number=st.sampled_from("123")),
    st.builds(Tagged, tag=st.sampled_from(["prod", "dev"])),
    st.builds(OnBranch, branch=st.sampled_from(["main", "feat"])),
    st.just(OnMainBranch()),
    st.builds(InEnvironment, environment=st.just("live")),
)
FILTERS = st.builds(VersionFilter, criteria=st.tuples() | st.tuples(CRITERIA), latest=st.just(value=False)) | st.builds(
    VersionFilter, criteria=st.tuples() | st.tuples(st.builds(Tagged, tag=st.just("prod"))), latest=st.just(value=True)
)
SELECTORS = st.builds(Selector, pacticipant=st.sampled_from(list(NAMES.values())), version_filter=FILTERS)
ROWS = st.builds(
    row,
    consumer=st.sampled_from([1, 2]),
    consumer_version=st.integers(1, 3),
    provider=st.sampled_from([3, 4]),
    provider_version=st.none() | st.integers(1, 3),
    success=st.booleans(),
    minutes=st.integers(0, 20),
)


def rows(most: int) -> st.SearchStrategy[list[Row]]:
    """At most so many rows; no two rows of a pact have the same result."""
    return st.lists(ROWS, max_size=most, unique_by=lambda each: (each.pact_id, each.result and each.result.id))


RESOLVED = st.builds(
    resolved,
    pacticipant_id=st.sampled_from(list(NAMES)),
    version_filter=FILTERS,
    number=st.none() | st.integers(1, 3),
    specified=st.booleans(),
).filter(lambda each: each.version is None or not each.anything)
FINDINGS = st.builds(
    Findings,
    question=st.builds(
        MatrixQuestion,
        selectors=st.lists(SELECTORS, min_size=1, max_size=3).map(tuple),
        others=st.none() | st.just(LIVE),
        latest_by=st.none() | st.sampled_from(LatestBy),
        ignored=st.lists(st.builds(Ignored, pacticipant=st.sampled_from(list(NAMES.values()))), max_size=1).map(tuple),
    ),
    resolved=st.lists(RESOLVED, max_size=4),
    integrations=st.lists(
        st.builds(
            integration, consumer=st.sampled_from([1, 2]), provider=st.sampled_from([3, 4]), required=st.booleans()
        ),
        max_size=3,
        unique_by=lambda each: each.pair,
    ),
    rows=rows(6),
    ignored_rows=rows(2),
)
