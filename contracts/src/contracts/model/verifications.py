"""Verification results: whether a provider version satisfies the content of a pact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.model.attestations import Attestation, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One result, without its large parts (see `VerifierReport`).

    It belongs to a content (*pact_version_id*, *sha*), not to a publication, so it counts for every version with the
    same content. *pending* is None if the provider did not ask for pending status. *consumer* and *provider* are names;
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
        """Its number in the API, one sequence for all pacts."""
        return self.id

    @property
    def pact_name(self) -> str:
        """The name of links to its pact."""
        return f"Pact between {self.consumer} ({self.consumer_version_number}) and {self.provider}"

    def of(self, consumer_version_number: str) -> Verification:
        """The same result for another consumer version with the same content."""
        return replace(self, consumer_version_number=consumer_version_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierReport:
    """The large parts of a result; *test_results* is any JSON, stored and returned unchanged.

    *attestation* is the build that published it, if that is known, and *attestation_source* how it is known.
    """

    verified_by: Mapping[str, Any]
    test_results: Any = None
    attestation: Attestation | None = None
    attestation_source: Source = Source.BUILD


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result that a provider's build sends.

    *executed_at* is the time of the verification according to the build; None means now.
    """

    success: bool
    provider_version_number: str
    build_url: str | None
    executed_at: datetime | None
    report: VerifierReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSummary:
    """The names of a consumer version's providers, by the latest result of each."""

    successful: tuple[str, ...]
    failed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def success(self) -> bool:
        """Whether every provider's latest result is a success; a version without pacts succeeds."""
        return not self.failed and not self.unknown


def summarise(results: Mapping[str, Verification | None]) -> ProviderSummary:
    """Sort providers by the latest result of their pact, in the order of *results*; None is a missing result."""
    verdicts = {name: None if result is None else result.success for name, result in results.items()}
    return ProviderSummary(
        successful=tuple(name for name, success in verdicts.items() if success is True),
        failed=tuple(name for name, success in verdicts.items() if success is False),
        unknown=tuple(name for name, success in verdicts.items() if success is None),
    )
