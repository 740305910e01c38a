"""Refusals are counted, so their number in the audit log has a limit."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from contracts.model.audit import Act, Kind
from contracts.model.refusals import MOST_KINDS, WINDOW, Refusals


NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
REFUSAL = Act(
    kind=Kind.REFUSAL,
    at=NOON,
    subject="anonymous",
    actor="anonymous",
    method="GET",
    resource="/tokens",
    names={},
    status=401,
    address="192.0.2.1",
    request_id="first",
)


def at(seconds, **fields):
    return dataclasses.replace(REFUSAL, at=NOON + timedelta(seconds=seconds), **fields)


def test_the_first_refusal_of_a_kind_is_recorded_at_once():
    refusals = Refusals()
    assert refusals.note(at(0)) == [at(0)]
    assert refusals.note(at(1, status=403)) == [at(1, status=403)]
    assert refusals.note(at(2, address="192.0.2.2")) == [at(2, address="192.0.2.2")]
    assert refusals.note(at(3, subject="token:1")) == [at(3, subject="token:1")]


def test_more_of_a_kind_are_one_entry_at_the_end_of_the_window():
    refusals = Refusals()
    refusals.note(at(0))
    for second in (10, 20, 30):
        assert refusals.note(at(second)) == []
    assert refusals.due(NOON + WINDOW - timedelta(seconds=1)) == []
    (counted,) = refusals.due(NOON + WINDOW)
    assert counted == at(10, requests=3, last_at=NOON + timedelta(seconds=30), request_id="")
    assert refusals.due(NOON + WINDOW) == []


def test_what_differs_between_counted_refusals_is_empty():
    refusals = Refusals()
    for resource in ("/tokens", "/tokens", "/audit"):
        refusals.note(at(0, resource=resource))
    (counted,) = refusals.take()
    assert (counted.requests, counted.method, counted.resource) == (2, "", "")


def test_a_refusal_after_the_window_records_the_counts_and_itself():
    refusals = Refusals()
    refusals.note(at(0))
    refusals.note(at(1))
    late = at(WINDOW.total_seconds() + 1)
    assert [each.at for each in refusals.note(late)] == [at(1).at, late.at]


@pytest.mark.parametrize("field", ["address", "subject"])
def test_an_attacker_with_many_addresses_adds_a_limited_number_of_entries(field):
    refusals = Refusals()
    total, entries = 5_000, []
    for number in range(total):
        entries += refusals.note(at(number % 200, **{field: f"{number % 2_500}"}))
    entries += refusals.take()
    assert len(entries) <= 2 * MOST_KINDS + 2
    assert sum(each.requests for each in entries) == total
    assert {each.actor for each in entries} == {"anonymous", "several"}


def test_a_clock_that_is_set_back_ends_the_window():
    refusals = Refusals()
    refusals.note(at(0))
    refusals.note(at(1))
    assert len(refusals.due(NOON - timedelta(hours=1))) == 1
