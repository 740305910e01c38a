"""Differences between contracts, for people."""

from __future__ import annotations

import json
from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import diffs


OLD = {"interactions": [{"_id": "1", "description": "a", "n": 1}, {"description": "b"}], "x": 1}
NEW = {"x": 2, "interactions": [{"description": "b"}, {"description": "a", "_id": "2", "n": 2}]}


def test_a_diff_shows_removed_and_added_lines():
    difference = diffs.diff(OLD, NEW)
    assert '-      "n": 1' in difference
    assert '+      "n": 2' in difference


def test_order_ids_and_other_metadata_do_not_differ():
    same = {"interactions": [{"description": "b"}, {"n": 1, "description": "a"}]}
    assert diffs.diff(OLD, same) == ""


def test_whole_documents_differ_in_everything():
    assert '-  "x": 1' in diffs.diff(OLD, NEW, whole=True)


def test_documents_without_interactions_are_compared_as_a_whole():
    assert '-  "a": 1' in diffs.diff({"a": 1}, {"a": 2})


def test_a_list_of_other_values_is_compared_too():
    assert "-    1" in diffs.diff({"interactions": [1]}, {"interactions": [2]})


def test_interactions_that_both_have_are_left_out():
    assert '"b"' not in diffs.diff(OLD, NEW)


def test_a_list_that_only_one_has_differs():
    assert '+      "description": "m"' in diffs.diff({"messages": []}, {"messages": [{"description": "m"}]})
    assert '+      "description": "m"' in diffs.diff({"interactions": []}, {"messages": [{"description": "m"}]})


def test_a_text_that_is_too_long_to_compare_is_counted():
    long = {"interactions": [{"body": list(range(diffs.MOST_LINES))}]}
    assert "differences are too large to show" in diffs.diff({"interactions": []}, long)


@pytest.mark.thorough
def test_a_comparison_that_takes_too_long_only_counts_lines():
    old, new = ({"a": [str(each * factor % 127) for each in range(9_900)]} for factor in (5, 7))
    assert diffs.diff(old, new) == "The differences are too large to show: 9904 and 9904 lines."


def test_a_long_contract_with_few_differences_is_compared():
    old, new = ({"a": [str(each % 500) for each in range(9_900)] + [last]} for last in "xy")
    assert diffs.diff(old, new).splitlines()[-4:] == ['-    "x"', '+    "y"', "   ]", " }"]


@given(*[st.lists(st.integers(0, 3), max_size=40)] * 2)
def test_it_is_a_unified_diff_without_places(old, new):
    documents = [{"a": [*side, "end"]} for side in (old, new)]
    unified = unified_diff(*(json.dumps(each, indent=2).splitlines() for each in documents), n=10, lineterm="")
    expected = ["…" if line.startswith("@@") else line for line in list(unified)[2:]]
    assert diffs.diff(*documents).splitlines() == expected


def test_a_changed_version_of_the_specification_is_a_difference():
    interaction = {"description": "same"}
    old, new = (
        {"interactions": [interaction], "metadata": {"pactSpecification": {"version": version}}}
        for version in ("2.0.0", "3.0.0")
    )

    assert '-  "pactSpecification": "2.0.0"' in diffs.diff(old, new)
    assert '+  "pactSpecification": "3.0.0"' in diffs.diff(old, new)
    assert "pactSpecification" not in diffs.diff(old, {**old, "interactions": []})
