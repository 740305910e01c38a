"""Criteria of versions: what the selectors of the matrix, of pacts for verification and of cleaning ask of a version.

A name of None stands for any: `Tagged()` are the versions that have a tag, whichever.
Source: Pact Broker protocol, selectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Presence = Literal["deployed", "released"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The version with this number."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """Versions with this tag, or (None) with any."""

    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBranch:
    """Versions on this branch, or (None) on any; the latest of a branch is its head."""

    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMainBranch:
    """Versions on their application's main branch; the latest of them is its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InEnvironment:
    """Versions that are in this environment now, or (None) in any.

    A version is in an environment if it is deployed there, or released and supported there; *presence* limits that to
    one of the two.
    """

    environment: str | None = None
    presence: Presence | None = None


Criterion = Numbered | Tagged | OnBranch | OnMainBranch | InEnvironment
