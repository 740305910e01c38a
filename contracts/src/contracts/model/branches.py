"""Branches of applications, and the versions on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


# a branch in use is noted as used at most this often
TOUCHED_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of an application; its head is the version most recently added to it, None when none is left."""

    id: int
    pacticipant_id: int
    name: str
    head_version_id: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchVersion:
    """A version's place on a branch."""

    branch_id: int
    version_id: int
    auto_created: bool
    created_at: datetime
