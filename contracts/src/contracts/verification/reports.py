"""The report on a verification, and the failure with its reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from contracts.model.plain_text import plain
from contracts.verification import evidence
from contracts.verification.bundles import PactResult
from contracts.verification.evidence import Publishing, Verified
from contracts.verification.interactions import Filter, Interaction
from contracts.verification.sources import PactPlan, Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of a run. *published* is true if the broker has every result.

    *notes* are for people, for example that a pact has no interactions.
    """

    provider: str
    version: str
    branch: str | None
    interactions: tuple[Interaction, ...]
    published: bool
    notes: tuple[str, ...]
    results: tuple[PactResult, ...] = ()
    """The outcome of each pact of a broker, for a run that publishes them later."""

    @property
    def kept(self) -> int:
        """The number of honoured interactions."""
        return sum(each.success for each in self.interactions)


class VerificationFailed(Exception):
    """The provider does not honour a contract, or the run cannot tell.

    *reasons* has every reason, *report* the outcomes. Both are safe to print.
    """

    def __init__(self, report: Report, reasons: Sequence[str]) -> None:
        self.reasons = tuple(map(plain, reasons))
        super().__init__("\n".join(self.reasons))
        self.report = report


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Ends a run with a report, or a failure with its reasons."""

    provider: str
    version: str
    branch: str | None
    notes: tuple[str, ...]

    def without_pacts(
        self, planned: PactPlan, consumers: Collection[str], publishing: Publishing | None, *, allowed: bool
    ) -> Report:
        """Report a run with nothing to verify.

        Raises:
            VerificationFailed: unless that is *allowed*.
        """
        why = planned.nothing
        if planned.pacts:
            there = ", ".join(dict.fromkeys(each.consumer for each in planned.pacts))
            why = f"The selected pacts are of {there}, none of {', '.join(consumers)}."
        if not allowed or planned.pacts:
            advice = "" if planned.pacts else " (--allow-no-pacts lets a first build pass.)"
            raise VerificationFailed(self._report((), published=False), (f"Nothing was verified: {why}{advice}",))
        more: tuple[str, ...] = (why,)
        if publishing is not None:
            evidence.register(publishing)
            more += (f"Version {self.version} of {self.provider} is registered with the broker.",)
        return self._report((), more, published=False)

    def end(
        self,
        verified: Sequence[Verified],
        narrowed: Filter,
        publishing: Publishing | None,
        before: frozenset[str],
        *,
        gone: str | None,
    ) -> Report:
        """Publish, and report.

        Raises:
            VerificationFailed: if anything that counts failed.
        """
        interactions = [interaction for each in verified for interaction in each.interactions]
        reasons = [each.failure for each in interactions if not each.success and not each.pending]
        if not interactions and narrowed:
            reasons.append("No interaction was verified. The filter matches none.")
            publishing = None
        report, missing = self.publish(verified, publishing, before, whole=not narrowed, gone=gone)
        if reasons or missing:
            raise VerificationFailed(report, (*reasons, *missing))
        return report

    def publish(
        self,
        verified: Sequence[Verified],
        publishing: Publishing | None,
        before: frozenset[str],
        *,
        whole: bool = True,
        gone: str | None = None,
    ) -> tuple[Report, tuple[str, ...]]:
        """Publish the results, if *publishing*; return the report, and the reasons why one is not in the broker.

        If the pacts are *whole*, the report notes which are empty. *gone* is the URL of a provider that has ended.
        """
        interactions = tuple(interaction for each in verified for interaction in each.interactions)
        notes = tuple(_empty(each.planned) for each in verified if whole and not each.interactions)
        missing: tuple[str, ...] = ()
        if publishing is not None and gone is not None:
            missing = (f"No result was published: the provider at {gone} no longer responds.",)
        elif publishing is not None:
            outcomes = [each.outcome for each in verified if each.outcome is not None]
            missing = evidence.publish(publishing, outcomes, before=before)
            notes += tuple(_unpublished(each.planned) for each in verified if each.interactions and each.passed is None)
            if not interactions:
                evidence.register(publishing)
        published = publishing is not None and not missing and any(each.passed is not None for each in verified)
        return self._report(interactions, notes, published=published, results=_results(verified)), missing

    def _report(
        self,
        interactions: tuple[Interaction, ...],
        more: tuple[str, ...] = (),
        *,
        published: bool,
        results: tuple[PactResult, ...] = (),
    ) -> Report:
        return Report(
            provider=self.provider,
            version=self.version,
            branch=self.branch,
            interactions=interactions,
            published=published,
            notes=tuple(map(plain, (*self.notes, *more))),
            results=results,
        )


def _results(verified: Sequence[Verified]) -> tuple[PactResult, ...]:
    return tuple(
        PactResult(url=each.planned.url, success=each.outcome.passed, test_results=each.outcome.test_results)
        for each in verified
        if each.outcome is not None and each.planned.url is not None
    )


def _empty(planned: Planned) -> str:
    return (
        f"{planned.what} has no interactions, so there is nothing to verify and it gets no result. Its consumer "
        "should publish a pact with interactions."
    )


def _unpublished(planned: Planned) -> str:
    return f"The result for {planned.what} is not published: its outcome is unknown."
