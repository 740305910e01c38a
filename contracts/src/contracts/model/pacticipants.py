"""Pacticipants: the applications that are consumers, providers, or both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word that groups applications; a webhook can apply to all applications with it."""

    name: str
    created_at: datetime
