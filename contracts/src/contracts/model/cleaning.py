"""What is to be removed, what is kept, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.model.kept_selectors import KeptBranches, KeptVersions


class Always(StrEnum):
    """Why a version is kept whatever the selectors say, for people to read."""

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
    """What a cleaning is to keep, and how much it may remove: at most *limit* of each kind.

    Superseded revisions, results and webhook deliveries go after *overwritten_days*; a branch called like one of
    *main_branches* stays where no main branch is known; results are looked back for as many days as *lookback_days*.
    """

    versions: tuple[KeptVersions, ...]
    branches: tuple[KeptBranches, ...]
    limit: int
    overwritten_days: int
    main_branches: tuple[str, ...]
    lookback_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The oldest or newest of some versions."""

    number: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Versions of one application that meet the same fate: kept for a *reason*, or (None) removed."""

    pacticipant: str
    reason: str | None
    count: int
    oldest: Edge
    newest: Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a cleaning would remove, as ids, the oldest first; *shares* tell it to people, by application.

    *made_at* is when it was looked: what is used afterwards is not removed. *waiting* are versions beyond the limit.
    """

    made_at: datetime
    shares: tuple[Share, ...]
    waiting: int
    version_ids: tuple[int, ...]
    branch_ids: tuple[int, ...]
    publication_ids: tuple[int, ...]
    verification_ids: tuple[int, ...]
    triggered_webhook_ids: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind go, by the kind's name."""
        return dict(self._counts())

    def _counts(self) -> Iterator[tuple[str, int]]:
        yield "versions", len(self.version_ids)
        yield "branches", len(self.branch_ids)
        yield "overwritten pacts", len(self.publication_ids)
        yield "overwritten results", len(self.verification_ids)
        yield "webhook deliveries", len(self.triggered_webhook_ids)
