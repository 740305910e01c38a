"""The plan of a cleaning: what it removes, what it keeps, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.model.kept_selectors import KeptBranches, KeptVersions


class Always(StrEnum):
    """Why a cleaning keeps a version even if no selector keeps it; the texts are for people."""

    DEPLOYED = "is deployed"
    RELEASED = "is released and supported"
    HEAD = "is the head of a branch"
    LATEST = "is the latest of its application"
    LATEST_PACT = "has the latest pact of a pair"
    BEGAN_BRANCH = "began a branch of a provider"
    BEGAN_TAG = "was the first with a tag"
    RESULTS = "verified a pact that is kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a cleaning keeps, and how much it removes: at most *limit* of each kind.

    It removes superseded revisions and results, webhook deliveries and finished verification jobs after
    *overwritten_days*, and all decisions about webhooks after *decision_days*. If an application has no main branch, it
    keeps a branch named like one of *main_branches*. It considers results of the last *lookback_days*.
    """

    versions: tuple[KeptVersions, ...]
    branches: tuple[KeptBranches, ...]
    limit: int
    overwritten_days: int
    decision_days: int
    main_branches: tuple[str, ...]
    lookback_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The oldest or newest of some versions."""

    number: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Versions of one application that are all kept for the same *reason*, or (None) all removed."""

    pacticipant: str
    reason: str | None
    count: int
    oldest: Edge
    newest: Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningPlan:
    """The ids that a cleaning removes, the oldest first; *shares* is a summary for people, by application.

    *made_at* is the time of the plan: objects used after it are not removed. *waiting* counts versions over the limit.
    """

    made_at: datetime
    shares: tuple[Share, ...]
    waiting: int
    version_ids: tuple[int, ...]
    branch_ids: tuple[int, ...]
    publication_ids: tuple[int, ...]
    verification_ids: tuple[int, ...]
    triggered_webhook_ids: tuple[int, ...]
    webhook_decision_ids: tuple[int, ...]
    verification_job_ids: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The number of objects to remove, by the name of their kind."""
        return dict(self._counts())

    def _counts(self) -> Iterator[tuple[str, int]]:
        yield "versions", len(self.version_ids)
        yield "branches", len(self.branch_ids)
        yield "overwritten pacts", len(self.publication_ids)
        yield "overwritten results", len(self.verification_ids)
        yield "webhook deliveries", len(self.triggered_webhook_ids)
        yield "webhook decisions", len(self.webhook_decision_ids)
        yield "verification jobs", len(self.verification_job_ids)
