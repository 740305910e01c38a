"""Environments, which versions are deployed or released to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.model.revisions import revision_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or team responsible for an environment; *details* say how to reach them, None if not set."""

    name: str
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment, such as production; clients identify it by its uuid."""

    id: int
    uuid: str
    name: str
    display_name: str
    production: bool
    contacts: tuple[Contact, ...] | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def revision(self) -> str:
        """A word that each change of the environment changes."""
        return revision_of(self.name, self.display_name, self.production, self.contacts, self.updated_at)
