"""Publications: the contracts that a consumer's build sends, and the outcome for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from contracts.model.pacts import OnConflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract with a provider: its JSON *text*, and the same parsed as *document*."""

    provider: str
    text: str
    document: Mapping[str, Any]
    on_conflict: OnConflict = "overwrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that one version of a consumer publishes at once."""

    consumer: str
    version: str
    branch: str | None = None
    tags: tuple[str, ...] = ()
    build_url: str | None = None
    contracts: tuple[Contract, ...]


class PublicationOutcome(Enum):
    """The effect of publishing a contract."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    OVERWRITTEN = "overwritten"
    MERGED = "merged"
