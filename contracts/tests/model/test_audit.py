"""The chain of the audit log: every manipulation is noticed, and the first broken entry is named."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from contracts.model.audit import BEGINNING, Act, Entry, Kind, Mark, digest, read_lines, verify


NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def chain(length, previous=BEGINNING):
    entries = []
    for number in range(previous.number + 1, previous.number + 1 + length):
        act = Act(kind=Kind.CHANGE, at=NOON, subject="token:1", actor="the token ci", names={"version": str(number)})
        mark = Mark(number=number, digest=digest(previous.digest, number, act.content()))
        entries.append(Entry(mark=mark, act=act))
        previous = mark
    return entries


def changed(entry, **fields):
    return dataclasses.replace(entry, act=dataclasses.replace(entry.act, **fields))


def test_an_intact_chain_ends_at_its_last_entry():
    entries = chain(3)
    verified = verify(entries, BEGINNING)
    assert (verified.problem, verified.count, verified.last) == ("", 3, entries[-1].mark)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "token:2"},
        {"at": NOON.replace(microsecond=1)},
        {"names": {"version": "2", "pacticipant": "web"}},
        {"status": 403},
        {"requests": 2},
    ],
)
def test_an_altered_entry_is_named(fields):
    first, second, third = chain(3)
    assert verify([first, changed(second, **fields), third], BEGINNING).problem.startswith("entry 2 was altered")


def test_a_removed_entry_is_named():
    first, _, third = chain(3)
    assert verify([first, third], BEGINNING).problem == "entry 2 is missing: entry 3 comes after entry 1"


def test_an_inserted_entry_is_named():
    first, second, _ = chain(3)
    foreign = dataclasses.replace(second, mark=Mark(number=3, digest=second.mark.digest))
    assert verify([first, second, foreign], BEGINNING).problem.startswith("entry 3 was altered")


def test_a_chain_without_its_beginning_is_intact_after_its_anchor_only():
    entries = chain(4)
    assert verify(entries[2:], entries[1].mark).problem == ""
    assert verify(entries[2:], BEGINNING).problem.startswith("entry 1 is missing")
    assert verify(entries[2:], dataclasses.replace(entries[1].mark, digest="0" * 64)).problem


def test_a_chain_that_was_computed_again_lacks_the_mark_that_was_noted():
    noted = chain(3)[-1].mark
    other = chain(5, Mark(number=0, digest="1" * 64))
    again = verify(other, Mark(number=0, digest="1" * 64), noted)
    assert again.problem == "entry 3 is not the one that was noted earlier"
    assert verify(chain(2), BEGINNING, noted).problem == "entry 3 is missing, which was noted earlier"
    assert verify(chain(5), BEGINNING, noted).problem == ""


def test_an_export_is_read_as_it_was_written():
    entries = chain(3)
    assert list(read_lines(json.dumps(each.document()) for each in entries)) == entries


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"kind": "else"}'])
def test_a_line_that_is_no_entry_breaks_the_chain(line):
    good = json.dumps(chain(1)[0].document())
    assert verify(read_lines([good, line]), BEGINNING).problem.startswith("entry 2 was altered: ")


@pytest.mark.parametrize("text", ["", "3", "3:abc", f"x:{'0' * 64}", f"3:{'g' * 64}"])
def test_a_mark_is_a_number_and_a_digest(text):
    with pytest.raises(ValueError, match="NUMBER:DIGEST"):
        Mark.of(text)
    assert str(Mark.of(f"3:{'a' * 64}")) == f"3:{'a' * 64}"
