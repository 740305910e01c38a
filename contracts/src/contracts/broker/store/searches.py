"""Searches for a part of a name in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false


MOST_CHARACTERS = 5_000
"""SQLite refuses a pattern of 50,000 bytes; a character has up to four, and an escape before each."""


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """The condition that *column* contains *text* in any case; no name contains a text longer than any name."""
    if len(text) > MOST_CHARACTERS:
        return false()
    return column.icontains(text, autoescape=True)
