"""Versions of applications. A version's id is its order: the greatest is the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.model.environments import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of an application, identified by its number, which can be any text."""

    id: int
    pacticipant_id: int
    number: str
    build_url: str | None = None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """A reference to a version: its id and names."""

    id: int
    pacticipant: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOf:
    """A branch that a version is on; *latest* when the version is its head."""

    name: str
    latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOf:
    """A tag of a version; *latest* when no later version of the application has it."""

    name: str
    latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDetails:
    """The branches, tags and environments of a version.

    Branches are in the order in which the version was added to them, tags in the order of creation. The environments
    are those where it is deployed or supported now.
    """

    branches: tuple[BranchOf, ...] = ()
    tags: tuple[TagOf, ...] = ()
    environments: tuple[Environment, ...] = ()
