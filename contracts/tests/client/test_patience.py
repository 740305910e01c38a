"""How long a broker that fails is waiting again: with a clock that moves only in pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client import UsageError, timeouts
from contracts.client.patience import Patience, seconds_of


class Time:
    def __init__(self):
        self.now = 0.0
        self.pauses = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


def patience(seconds=30.0):
    time = Time()
    return Patience("http://b", seconds, clock=time, sleep=time.sleep), time


def test_pauses_grow_and_end_with_patience():
    waiting, time = patience()
    trial = waiting.trial()
    while trial.again("it takes no connections"):
        pass
    assert time.pauses[:6] == [0.1, 0.3, 0.6, 1.0, 2.0, 2.0]
    assert 28 <= sum(time.pauses) <= 30


def test_a_new_request_after_an_answer_has_all_patience_again():
    waiting, time = patience()
    trial = waiting.trial()
    while trial.again("why"):
        pass
    waiting.answered()
    before = time.now
    trial = waiting.trial()
    while trial.again("why"):
        pass
    assert time.now - before > 28


@given(st.floats(0, 100), st.one_of(st.none(), st.integers(0, 200).map(str)))
def test_no_request_waits_longer_than_patience(seconds, retry_after):
    waiting, time = patience(seconds)
    trial = waiting.trial()
    while trial.again("why", retry_after):
        pass
    assert time.now <= seconds + 1e-6


@pytest.mark.parametrize(
    ("header", "seconds"), [(None, None), ("3", 3.0), (" 3 ", 3.0), ("soon", None), ("-3", None), ("²", None)]
)
def test_the_time_to_wait_is_a_number(header, seconds):
    assert seconds_of(header) == seconds


def test_the_time_to_wait_may_be_a_date():
    then = datetime.now(UTC) + timedelta(seconds=60)
    assert 55 < seconds_of(format_datetime(then, usegmt=True)) <= 60
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize(("text", "seconds"), [("", None), ("0", 0.0), ("2.5", 2.5)])
def test_patience_can_be_set(text, seconds):
    assert timeouts.patience({"CONTRACTS_PATIENCE_SECONDS": text}) == seconds


@pytest.mark.parametrize("text", ["soon", "-1", "inf", "nan"])
def test_patience_is_a_number_of_seconds(text):
    with pytest.raises(UsageError, match="CONTRACTS_PATIENCE_SECONDS"):
        timeouts.patience({"CONTRACTS_PATIENCE_SECONDS": text})
