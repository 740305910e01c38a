"""The overview: one line for each pair of applications, and what a person wants to know of it first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter


class MainState(StrEnum):
    """How the consumer's main branch stands with the provider's: the head's contract, last verified there."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNVERIFIED = "not verified"
    NO_CONTRACT = "no contract on main"
    NO_MAIN_BRANCH = "no main branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestPact:
    """The newest contract of a pair, whatever its branch."""

    consumer_version: str
    branch: str | None
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A version that an environment holds now, deployed (to an *instance*, where one is named) or released."""

    environment: str
    production: bool
    pacticipant: str
    version: str
    instance: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """One pair; *present* lists its two applications' versions by environment, production last."""

    consumer: str
    provider: str
    latest: LatestPact | None
    main: MainState
    provider_version: str | None
    verified_at: datetime | None
    present: tuple[Presence, ...]

    @property
    def places(self) -> list[tuple[str, list[Presence]]]:
        """What is *present*, in the same order, by the name of the environment."""
        return [(name, list(held)) for name, held in groupby(self.present, attrgetter("environment"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One page of pairs, the most recently changed first; *total* counts all that match."""

    rows: tuple[OverviewRow, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def main_state(*, main_branch: bool, contract: bool, success: bool | None) -> MainState:
    """The state of a pair: whether the consumer has a main branch, its head a contract, and its last result there."""
    if not main_branch:
        return MainState.NO_MAIN_BRANCH
    if not contract:
        return MainState.NO_CONTRACT
    if success is None:
        return MainState.UNVERIFIED
    return MainState.VERIFIED if success else MainState.FAILED
