"""Cron schedules: minute, hour, day of the month, month, day of the week; in UTC.

Source: crontab(5). A field is `*`, a number, a range `1-5`, any of these with a step `/15`, or a list of them. If
both days are restricted, one of them has to match.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_SUNDAY, _ALSO_SUNDAY = 0, 7
_MOST_DAYS = 366 * 8 + 1  # from one 29 February to the next, across a century without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The times of a cron expression, *text*."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    def after(self, moment: datetime) -> datetime:
        """The first moment of the schedule after *moment*."""
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for days in range(_MOST_DAYS):
            day = start if days == 0 else start.replace(hour=0, minute=0) + timedelta(days=days)
            if not self._has_day(day):
                continue
            for hour in sorted(each for each in self.hours if each >= day.hour):
                least = day.minute if hour == day.hour else 0
                if minutes := [each for each in self.minutes if each >= least]:
                    return day.replace(hour=hour, minute=min(minutes))
        raise ValueError(f"The schedule '{self.text}' never runs")

    def _has_day(self, day: datetime) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and (of_month or of_week if self.either_day else of_month and of_week)


def parse(text: str) -> Schedule:
    """Parse a cron expression.

    Raises:
        ValueError: if it is invalid, or its days do not exist (30 February).
    """
    words = text.split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"'{text}' has {len(words)} fields instead of {len(_FIELDS)}")
    minutes, hours, days, months, weekdays = (_field(word, *field) for word, field in zip(words, _FIELDS, strict=True))
    schedule = Schedule(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=weekdays - {_ALSO_SUNDAY} | ({_SUNDAY} if _ALSO_SUNDAY in weekdays else set()),
        either_day=not words[2].startswith("*") and not words[4].startswith("*"),
    )
    if not schedule.either_day and min(days) > max(_LONGEST[month] for month in months):
        raise ValueError(f"'{text}' names a day that does not exist")
    return schedule


_LONGEST = {month: 29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31 for month in range(1, 13)}  # noqa: PLR2004, February


def _field(word: str, name: str, least: int, most: int) -> frozenset[int]:
    values: set[int] = set()
    for part in word.split(","):
        body, slash, step = part.partition("/")
        first, dash, last = body.partition("-")
        try:
            start = least if body == "*" else int(first)
            # a step without a range goes on to the end: 5/15 is 5-59/15
            stop = most if body == "*" or (slash and not dash) else int(last if dash else first)
            numbers = range(start, stop + 1, int(step) if slash else 1)
        except ValueError:
            raise ValueError(f"'{part}' is not a valid {name}") from None
        if not numbers or start < least or stop > most:
            raise ValueError(f"'{part}' is not a {name} from {least} to {most}")
        values.update(numbers)
    return frozenset(values)
