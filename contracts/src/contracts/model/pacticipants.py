"""Pacticipants: the applications that are consumers, providers, or both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.model.revisions import revision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The optional fields of an application; None if not set."""

    display_name: str | None = None
    repository_url: str | None = None
    repository_name: str | None = None
    repository_namespace: str | None = None
    main_branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacticipant:
    """An application, identified by its name."""

    id: int
    name: str
    display_name: str
    repository_url: str | None = None
    repository_name: str | None = None
    repository_namespace: str | None = None
    main_branch: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def details(self) -> Details:
        """Its optional fields."""
        return Details(
            display_name=self.display_name,
            repository_url=self.repository_url,
            repository_name=self.repository_name,
            repository_namespace=self.repository_namespace,
            main_branch=self.main_branch,
        )

    @property
    def revision(self) -> str:
        """A word that each change of its details changes."""
        return revision_of(self.details, self.updated_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word that groups applications; a webhook can apply to all applications with it."""

    name: str
    created_at: datetime
