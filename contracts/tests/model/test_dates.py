"""Dates as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.model import dates


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-01-02", datetime(2020, 1, 2, tzinfo=UTC)),
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05+02:00", datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("1 Jan 2020", datetime(2020, 1, 1, tzinfo=UTC)),
        ("January 1, 2020", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_a_moment_in_utc(text, moment):
    assert dates.parse(text) == moment
    assert dates.parse(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "foo", "2020", "2020-13-01", "0001-01-01T00:00:00+01:00"])
def test_a_text_that_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError, match=r"^must be a date$"):
        dates.parse(text)
