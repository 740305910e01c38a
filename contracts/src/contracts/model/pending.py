"""Pending pacts: contents that the provider has never verified successfully; a failure does not fail its build.

The branch or the tags of the provider's version decide which earlier successes count.
Source: Pact Broker protocol, pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRef:
    """The version of a provider that asks for pacts: on a *branch*, or with *tags*, or neither."""

    branch: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def has_scope(self) -> bool:
        """Whether it has a branch or a tag; work in progress needs one."""
        return bool(self.branch or self.tags)

    @property
    def scopes(self) -> tuple[str | None, ...]:
        """The scopes that each need a success: every tag if it has no branch, otherwise one scope, None."""
        return self.tags if self.tags and not self.branch else (None,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """The times at which a provider first used its branch or its tags; None or absent if it never did."""

    branch_id: int | None = None
    branch_created_at: datetime | None = None
    first_version_created_at: datetime | None = None
    tags: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Whether a content is *pending*; *subject* names the versions whose success decides, for a sentence."""

    pending: bool
    subject: str


def judge(provider: ProviderRef, successes: Mapping[str | None, AbstractSet[int]], pact_version_id: int) -> Pending:
    """Return whether a content is pending: it is, if one scope of the *provider* has no success for it.

    *successes* has the ids of the successfully verified contents of each scope.

    A provider with the tags dev and prod, which has verified contents 1 and 2 as dev, and 2 and 3 as prod:

    >>> provider = ProviderRef(tags=("dev", "prod"))
    >>> successes = {"dev": {1, 2}, "prod": {2, 3}}
    >>> for content in (1, 2, 3, 4):
    ...     pending = judge(provider, successes, content)
    ...     print(content, pending.pending, pending.subject)
    1 True a version of the provider with tag prod
    2 False a version of the provider with tags dev, prod
    3 True a version of the provider with tag dev
    4 True a version of the provider with tags dev, prod
    >>> judge(ProviderRef(branch="main"), {None: {1}}, 1)  # the branch is the only scope; its key is None
    Pending(pending=False, subject='a version of the provider from branch main')
    """
    missing_scopes = [scope for scope in provider.scopes if pact_version_id not in successes[scope]]
    return Pending(pending=bool(missing_scopes), subject=subject(provider, missing_scopes or provider.scopes))


def subject(provider: ProviderRef, scopes: Sequence[str | None] = ()) -> str:
    """Name the versions of the *provider* for a sentence; with *scopes*, only those with these tags."""
    if provider.branch:
        return f"a version of the provider from branch {provider.branch}"
    tags = [each for each in scopes or provider.tags if each is not None]
    if tags:
        return f"a version of the provider with {'tag' if len(tags) == 1 else 'tags'} {', '.join(tags)}"
    return "any version of the provider"
