"""The rows of the matrix: a pact of a consumer version with one result of a provider version, or without a result.

Source: Pact Broker protocol, matrix.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from contracts.model.attestations import Attestation
from contracts.model.versions import VersionRef


class LatestBy(StrEnum):
    """How rows are grouped; each group has one row in the response."""

    CONSUMER_VERSION_AND_PROVIDER_VERSION = "cvpv"
    CONSUMER_VERSION_AND_PROVIDER = "cvp"
    CONSUMER_AND_PROVIDER = "cp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a provider version for a pact; *id* is the number of the verification result.

    *attested* is whether a trusted build of the provider published it; None if the question does not require that.
    *attestation* is that build.
    """

    id: int
    provider_version: VersionRef
    success: bool
    verified_at: datetime
    created_at: datetime
    attested: bool | None = None
    attestation: Attestation | None = None

    @property
    def counts(self) -> bool:
        """Whether the result decides: a success does not if it has to be attested, and is not."""
        return self.attested is not False or not self.success


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
        """Whether the result is a success; None if the result is missing, or does not count."""
        return self.result.success if self.result is not None and self.result.counts else None

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
