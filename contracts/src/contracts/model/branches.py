"""Branches of applications, and the versions on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


# the minimum time between two updates of `updated_at` of a branch in use
TOUCHED_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of an application; its head is the version most recently added to it, None if it has none."""

    id: int
    pacticipant_id: int
    name: str
    head_version_id: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchVersion:
    """The membership of a version in a branch."""

    branch_id: int
    version_id: int
    auto_created: bool
    created_at: datetime
