"""Dates as clients write them: ISO 8601, with or without a time and a zone, and plain English ones."""

from __future__ import annotations

from datetime import UTC, datetime


_ENGLISH = ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y")


def parse(text: str) -> datetime:
    """The moment that *text* names, in UTC; a date alone is its midnight, and where no zone is given it is UTC.

    Raises:
        ValueError: if it names none: "must be a date".
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
