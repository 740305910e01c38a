"""Tags of versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag of a version, since *created_at*."""

    version_id: int
    name: str
    created_at: datetime
