"""Verification results: what a provider's version said about the content of a pact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One result, without what it can hold in bulk (see `Report`).

    It hangs on a content (*pact_version_id*, *sha*), not on a publication: whoever publishes the same content is
    verified by it. *pending* is None where nobody asked for pending status. *consumer* and *provider* are names;
    *consumer_version_number* is that of the latest consumer version that published the content.
    """

    id: int
    pact_version_id: int
    sha: str
    consumer: str
    consumer_version_number: str
    provider: str
    provider_id: int
    provider_version_id: int
    provider_version_number: str
    success: bool
    wip: bool
    pending: bool | None
    build_url: str | None
    executed_at: datetime
    created_at: datetime

    @property
    def number(self) -> int:
        """Its number on the wire, one sequence for all pacts."""
        return self.id

    @property
    def pact_name(self) -> str:
        """The name that links to its pact bear."""
        return f"Pact between {self.consumer} ({self.consumer_version_number}) and {self.provider}"

    def of(self, consumer_version_number: str) -> Verification:
        """The same result, as that of another consumer version with the content."""
        return replace(self, consumer_version_number=consumer_version_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came with a result and may be large: *test_results* is any JSON, stored and handed back unchanged."""

    verified_by: Mapping[str, Any]
    test_results: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a provider's build sends: its verdict, the version of the provider that it is about, and what goes with it.

    *executed_at* is when the build says that it verified; None for now.
    """

    success: bool
    provider_version_number: str
    build_url: str | None
    executed_at: datetime | None
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSummary:
    """Providers that a consumer version has a pact with, by name: what the latest result of each says."""

    successful: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def success(self) -> bool:
        """Whether every provider's latest result is a success; a version without pacts succeeds."""
        return not self.failed and not self.unknown


def summarise(results: Mapping[str, Verification | None]) -> ProviderSummary:
    """Sort providers by the latest result of their pact, in the order given; None is a pact without any."""
    verdicts = {name: None if result is None else result.success for name, result in results.items()}
    return ProviderSummary(
        successful=tuple(name for name, success in verdicts.items() if success is True),
        failed=tuple(name for name, success in verdicts.items() if success is False),
        unknown=tuple(name for name, success in verdicts.items() if success is None),
    )
