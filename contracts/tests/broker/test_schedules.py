"""Cron schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.broker.schedules import Schedule


NOW = datetime(2026, 11, 25, 17, 35, 54, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("15 2 * * *", "2026-11-26 02:15"),
        ("36 17 * * *", "2026-11-25 17:36"),
        ("35 17 * * *", "2026-11-26 17:35"),
        ("*/15 * * * *", "2026-11-25 17:45"),
        ("5/20 * * * *", "2026-11-25 17:45"),
        ("0 9-17/4 * * 1-5", "2026-11-26 09:00"),
        ("0 0 * * 7", "2026-11-29 00:00"),
        ("0 0 1,15 * *", "2026-12-01 00:00"),
        ("0 0 13 * 5", "2026-11-27 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 * JAN MON#1", "2027-01-04 00:00"),
        ("0 0 L * *", "2026-11-30 00:00"),
    ],
)
def test_the_next_moment_is_the_first_after_now(text, moment):
    assert f"{Schedule(text=text).after(NOW):%Y-%m-%d %H:%M}" == moment


@given(
    minute=st.sampled_from(["*", "0", "7,50", "*/13"]),
    hour=st.sampled_from(["*", "3", "4-6"]),
    weekday=st.sampled_from(["*", "0", "1-5"]),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001, the bounds
)
def test_no_time_of_the_schedule_is_skipped(minute, hour, weekday, start):
    schedule = Schedule(text=f"{minute} {hour} * * {weekday}")
    moment = schedule.after(start)
    assert moment > start
    assert schedule.after(moment - timedelta(seconds=1)) == moment
    assert schedule.after(start + (moment - start) / 2 - timedelta(seconds=1)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "0 0 0 * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "a * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 0 31 2 *",
    ],
)
def test_an_invalid_schedule_is_refused(text):
    with pytest.raises(ValueError, match=r"field|minute|hour|day"):
        Schedule(text=text)
