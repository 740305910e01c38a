"""The lines of an archive: records survive writing and reading, other lines are refused."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model.archive.lines import End, Header, read, write
from contracts.model.archive.records import ArchiveError, DataRecord, Pacticipant, Result


_texts = st.text(st.characters(exclude_categories=["Cs"]))
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner) | st.dictionaries(_texts, inner),
    max_leaves=5,
)
_moments = st.datetimes(timezones=st.just(UTC))
DATES = {"created_at": datetime(2026, 3, 1, tzinfo=UTC), "updated_at": datetime(2026, 3, 1, tzinfo=UTC)}


def values(hint):
    """Any value of a field of this type."""
    strategies = {
        Any: _json,
        datetime: _moments,
        str: _texts,
        int: st.integers(),
        bool: st.booleans(),
        NoneType: st.none(),
    }
    if get_origin(hint) is UnionType:
        return st.one_of(*map(values, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    return strategies[hint] if hint in strategies else of_class(hint)


def of_class(cls):
    """Any object of a dataclass."""
    hints = get_type_hints(cls)
    return st.builds(cls, **{each.name: values(hints[each.name]) for each in fields(cls)})


def records():
    """Any record."""
    return st.one_of(*map(of_class, get_args(DataRecord)))


@given(records())
def test_a_record_survives_writing_and_reading(record):
    line = write(record)
    assert "\n" not in line
    assert read(line) == record


def test_a_line_has_the_kind_of_its_record():
    pacticipant = Pacticipant(name="Till", display_name="Till", labels=("a",), **DATES)
    assert json.loads(write(pacticipant)) == {
        "record": "pacticipant",
        "name": "Till",
        "display_name": "Till",
        "labels": ["a"],
        "created_at": "2026-03-01T00:00:00+00:00",
        "updated_at": "2026-03-01T00:00:00+00:00",
    }


def test_the_header_names_format_and_version():
    assert json.loads(write(Header())) == {"record": "header", "format": "contracts-archive", "version": 1}
    assert read(write(Header(source="https://broker.example.org"))).source == "https://broker.example.org"
    assert read(write(End())) == End()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "it is not JSON"),
        ('{"record":"version"', "it is not JSON"),
        ('{"record":"version","number":' + "[" * 100_000, "it is not JSON"),
        ("[]", "its 'record' is missing or unknown"),
        ('{"record":"secret"}', "its 'record' is missing or unknown"),
        ('{"record":"header","format":"other"}', "it is of the format 'other', version 1"),
        ('{"record":"header","version":2}', "it is of the format 'contracts-archive', version 2"),
        ('{"record":"end","more":1}', "End has no more"),
        ('{"record":"gap","what":"a"}', "Gap lacks one of inherent, reason"),
        ('{"record":"gap","what":1,"reason":"b"}', "1 is not a str"),
        ('{"record":"integration","consumer":"a","provider":"b","created_at":"soon"}', "'soon' is not a date"),
        ('{"record":"integration","consumer":"a","provider":"b","created_at":"2026-03-01"}', "has no time zone"),
    ],
)
def test_a_line_without_a_valid_record_is_refused(line, problem):
    with pytest.raises(ArchiveError) as caught:
        read(line)
    assert problem in str(caught.value)


def test_true_is_not_a_number():
    line = json.loads(
        write(
            Result(
                number=1,
                consumer="a",
                provider="b",
                sha="c",
                provider_version="1",
                success=True,
                latest=True,
                executed_at=DATES["created_at"],
                created_at=DATES["created_at"],
            )
        )
    )
    with pytest.raises(ArchiveError, match="True is not a int"):
        read(json.dumps(line | {"number": True}))
