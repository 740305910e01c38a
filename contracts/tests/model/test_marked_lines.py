"""JSON with marks at places."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import marked_lines
from contracts.model.marked_lines import at, path_of


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_the_lines_are_the_value(value):
    text = "\n".join(each.text for each in marked_lines.lines(value, ()))
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("$", ()),
        ("$.a.b", ("a", "b")),
        ("$.a[2].b", ("a", 2, "b")),
        ("$['a b'][\"c.d\"]", ("a b", "c.d")),
        ("$.items.0", ("items", 0)),
        ("a.b", None),
        ("$a", None),
        (f"$.{'9' * 5000}", ("9" * 5000,)),
        (f"$[{'9' * 5000}]", None),
        ("$.a[", None),
        ("", None),
    ],
)
def test_a_place_is_read_as_steps(place, path):
    assert path_of(place) == path


@pytest.mark.parametrize(
    ("place", "marked"),
    [
        ("$.a", ['  "a": 1,']),
        ("$.b[1].c", ['      "c": true']),
        ("$.b[0]", ["    null,"]),
        ("$.b[1].absent", ["    {", "    }"]),
        ("$.b[7].c", ['  "b": [', "  ]"]),
        ("$.absent", ["{", "}"]),
    ],
)
def test_a_line_is_marked_at_its_place_or_at_the_nearest_existing_part(place, marked):
    lines = marked_lines.lines({"a": 1, "b": [None, {"c": True}]}, {path_of(place)})
    assert [each.text for each in lines if each.marked] == marked


def test_a_part_that_does_not_exist_is_a_lookup_error():
    for path in (("a", 0), ("b",), ("c", 5), (0,)):
        with pytest.raises(LookupError):
            at({"a": 1, "c": []}, path)
