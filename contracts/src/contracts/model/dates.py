"""Dates in requests: ISO 8601, with or without a time and a zone, or in English."""

from __future__ import annotations

from datetime import UTC, datetime


_ENGLISH = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y")


def parse(text: str) -> datetime:
    """Parse *text* into a moment in UTC; the default of the time is midnight, and of the zone UTC.

    Raises:
        ValueError: if it is not a date; the message is "must be a date".
    """
    moment = _iso(text) or _english(text)
    if moment is None:
        raise ValueError("must be a date")
    return moment


def _iso(text: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


def _english(text: str) -> datetime | None:
    for form in _ENGLISH:
        try:
            return _utc(datetime.strptime(text.strip(), form))  # noqa: DTZ007, the zone is set right after
        except ValueError:
            continue
    return None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError from None
