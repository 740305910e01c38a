"""A pact is taken apart into its interactions, whatever they are like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client import UsageError
from contracts.verification.interactions import (
    Filter,
    Interaction,
    PactNotReadable,
    ProviderState,
    parts,
    plugins,
    result_documents,
)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["description", "providerStates", "providerState", "pending", "_id", "request"]


def test_each_interaction_and_message_is_a_pact_of_its_own():
    document = {"consumer": {"name": "c"}, "interactions": [{"description": "a"}], "_links": {}, "messages": [{"x": 1}]}
    assert [part.pact for part in parts(document)] == [
        {"consumer": {"name": "c"}, "interactions": [{"description": "a"}]},
        {"consumer": {"name": "c"}, "messages": [{"x": 1}]},
    ]


@pytest.mark.parametrize("document", [{}, {"interactions": []}, {"interactions": None, "messages": []}])
def test_a_pact_may_have_none(document):
    assert parts(document) == ()


@pytest.mark.parametrize("items", [{}, "x", 5, True])
def test_interactions_that_are_not_a_list_are_unreadable(items):
    with pytest.raises(PactNotReadable, match="its messages are not a list"):
        parts({"messages": items})


@given(st.lists(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, JSON)), max_size=4))
def test_every_item_of_a_list_has_a_name_and_is_counted(items):
    read = parts({"interactions": items})
    assert len(read) == len(items)
    assert all(part.description.strip() for part in read)


@pytest.mark.parametrize(
    ("item", "states"),
    [
        ({}, ()),
        ({"providerState": "s"}, (ProviderState(name="s"),)),
        ({"provider_state": "s"}, (ProviderState(name="s"),)),
        ({"providerStates": [{"name": "s", "params": {"a": 1}}]}, (ProviderState(name="s", parameters={"a": 1}),)),
        ({"providerStates": ["s", {"name": "t", "params": None}]}, (ProviderState(name="s"), ProviderState(name="t"))),
        ({"providerStates": [{"params": {}}]}, None),
        ({"providerStates": 5}, None),
    ],
)
def test_states_are_read_as_each_version_of_the_specification_writes_them(item, states):
    [part] = parts({"interactions": [item]})
    assert part.states == states


@pytest.mark.parametrize(
    ("metadata", "names"),
    [
        (None, ()),
        ({}, ()),
        ({"plugins": []}, ()),
        ({"plugins": [{"name": "csv", "version": "1"}, {"name": "protobuf"}]}, ("csv", "protobuf")),
        ({"plugins": {"name": "csv"}}, ("csv",)),
        ({"plugins": "csv"}, ("csv",)),
        ({"plugins": [{}]}, ("None",)),
    ],
)
def test_plugins_are_found_however_they_are_written(metadata, names):
    assert plugins({"metadata": metadata}) == names


@pytest.mark.parametrize(
    ("narrowed", "matching"),
    [
        (Filter(), ["ab", "b"]),
        (Filter(description="^a"), ["ab"]),
        (Filter(state="s"), ["b"]),
        (Filter(state=""), ["ab"]),
        (Filter(description="a", state="s"), []),
    ],
)
def test_a_filter_is_regular_expressions(narrowed, matching):
    read = parts({"interactions": [{"description": "ab"}, {"description": "b", "providerStates": [{"name": "s1"}]}]})
    assert [part.description for part in read if narrowed.matches(part)] == matching


def test_an_invalid_regular_expression_is_wrong_usage():
    with pytest.raises(UsageError, match="is not a regular expression"):
        Filter(state="(")


def test_results_are_those_that_the_official_verifier_publishes():
    fields = {"consumer": "web", "description": "one", "states": (), "pending": False}
    mismatch = {"type": "BodyMismatch", "path": "$.a", "mismatch": "it differs"}
    interaction = Interaction(**fields, success=True, problems=(), id="7")
    broken = Interaction(**fields, success=False, problems=("it differs", "and raised"), mismatches=(mismatch,))
    assert result_documents([interaction, broken]) == [
        {"interactionId": "7", "interactionDescription": "one", "success": True},
        {
            "interactionDescription": "one",
            "success": False,
            "mismatches": [{"attribute": "body", "identifier": "$.a", "description": "it differs"}],
            "exceptions": [{"message": "and raised"}],
        },
    ]


def test_expected_and_actual_values_are_published_without_control_characters_and_cut():
    mismatch = {
        "type": "BodyMismatch",
        "path": "$.a",
        "mismatch": "it differs",
        "expected": 1,
        "actual": "\x1b[31mx" * 11_000,
    }
    broken = Interaction(
        consumer="web", description="one", states=(), pending=False, success=False, problems=(), mismatches=(mismatch,)
    )
    (published,) = result_documents([broken])[0]["mismatches"]
    assert published["expected"] == 1
    assert "\x1b" not in published["actual"]
    assert len(published["actual"]) == 10_000
