"""Pending pacts: contents that the provider never verified with success, whose failure should not fail its build.

Whose success counts depends on what the provider says that it is. Source: Pact Broker protocol, pending.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRef:
    """What a provider that asks for pacts says that its version is: of a *branch*, else with *tags*, else nothing."""

    branch: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it says anything; work in progress is found only then."""
        return bool(self.branch or self.tags)

    @property
    def scopes(self) -> tuple[str | None, ...]:
        """What is judged for itself: each tag where there is no branch, otherwise (None) the provider as it is."""
        return self.tags if self.tags and not self.branch else (None,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """When a provider began to use the branch or the tags that it names; what it never used has no beginning."""

    branch_id: int | None = None
    branch_created_at: datetime | None = None
    first_version_created_at: datetime | None = None
    tags: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Whether a content is *pending*; *subject* is whose success it waits for, or had, for a sentence."""

    pending: bool
    subject: str


def judge(provider: ProviderRef, successes: Mapping[str | None, AbstractSet[int]], pact_version_id: int) -> Pending:
    """Whether a content is pending: where it lacks a success in one scope of the *provider*.

    *successes* are the ids of the contents that have one, by scope.
    """
    missing = [scope for scope in provider.scopes if pact_version_id not in successes[scope]]
    return Pending(pending=bool(missing), subject=subject(provider, missing or provider.scopes))


def subject(provider: ProviderRef, scopes: Sequence[str | None] = ()) -> str:
    """The versions of the *provider* that are spoken of, for a sentence; of all its tags, or those of *scopes* only."""
    if provider.branch:
        return f"a version of the provider from branch {provider.branch}"
    tags = [each for each in scopes or provider.tags if each is not None]
    if tags:
        return f"a version of the provider with {'tag' if len(tags) == 1 else 'tags'} {', '.join(tags)}"
    return "any version of the provider"
