"""The overview: one row for each pair of applications, with its latest pact and its state on main."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter


class MainState(StrEnum):
    """The result for the contract at the head of the consumer's main branch, on the provider's main branch."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNVERIFIED = "not verified"
    NO_CONTRACT = "no contract on main"
    NO_MAIN_BRANCH = "no main branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestPact:
    """The newest contract of a pair, on any branch."""

    consumer_version: str
    branch: str | None
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A version that is deployed (to an *instance*, if it has a name) or released to an environment now."""

    environment: str
    production: bool
    pacticipant: str
    version: str
    instance: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MainResult:
    """The last result on the main branches; *sha* is the content's, *number* the result's."""

    provider_version: str
    verified_at: datetime
    sha: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """One pair; *present* lists its two applications' versions by environment, production last.

    *waiting*: a verification job may still bring a result; *outdated*: only other contents than main's have results.
    """

    consumer: str
    provider: str
    latest: LatestPact | None
    main: MainState
    result: MainResult | None
    waiting: bool
    outdated: bool
    present: tuple[Presence, ...]

    @property
    def places(self) -> list[tuple[str, list[Presence]]]:
        """The versions in *present*, by the name of the environment."""
        return [(name, list(presences)) for name, presences in groupby(self.present, attrgetter("environment"))]


def main_state(*, main_branch: bool, contract: bool, success: bool | None) -> MainState:
    """Return the state of a pair.

    *main_branch*: the consumer has one; *contract*: its head has one; *success*: of the last result, None without one.
    """
    if not main_branch:
        return MainState.NO_MAIN_BRANCH
    if not contract:
        return MainState.NO_CONTRACT
    if success is None:
        return MainState.UNVERIFIED
    return MainState.VERIFIED if success else MainState.FAILED
