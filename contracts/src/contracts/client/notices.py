"""What a broker says to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message of the broker for people; *type* says how to show it (debug, warning, error)."""

    type: str
    text: str
