"""Cron schedules: minute, hour, day of the month, month, day of the week; in UTC.

Source: crontab(5), and the names and special days of the cronsim library (`MON`, `JAN`, `L`, `MON#1`).
If both days are restricted, one of them has to match.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError


_FIELDS = 5
_EXAMPLE_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The moments of a cron expression, *text*.

    Raises:
        ValueError: if the expression is invalid, or has no moment (30 February).
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse an invalid expression."""
        fields = len(self.text.split())
        if fields != _FIELDS:  # the library also takes six, with seconds
            raise ValueError(f"it has {fields} fields instead of {_FIELDS}")
        try:
            self.after(_EXAMPLE_MOMENT)
        except CronSimError as error:
            raise ValueError(f"its {str(error).removeprefix('Bad ')} is invalid") from None
        except StopIteration:
            raise ValueError("it names a day that does not exist") from None

    def after(self, moment: datetime) -> datetime:
        """Return the first moment of the schedule after *moment*, which is in UTC."""
        return next(CronSim(self.text, moment))
