"""Merging contracts of the same version."""

from __future__ import annotations

import json

import pytest

from contracts.model import merging
from contracts.model.errors import Conflict


def interaction(description, path="/", status=200, **more):
    return {
        "description": description,
        "request": {"method": "GET", "path": path},
        "response": {"status": status},
    } | more


def merge(stored, incoming):
    merged = merging.merge(json.dumps({"interactions": stored, "x": 1.0}), json.dumps({"interactions": incoming}))
    return json.loads(merged)["interactions"]


def test_a_new_interaction_comes_after_the_stored_ones():
    assert merge([interaction("a")], [interaction("b")]) == [interaction("a"), interaction("b")]


def test_the_same_interaction_replaces_the_stored_one():
    stored = [interaction("a", _id="old"), interaction("b")]
    assert merge(stored, [interaction("a", status=201)]) == [interaction("a", status=201), interaction("b")]


@pytest.mark.parametrize("state", [{"providerState": "s"}, {"providerStates": [{"name": "s"}]}])
def test_another_provider_state_makes_another_interaction(state):
    incoming = interaction("a", path="/other", **state)
    assert merge([interaction("a")], [incoming]) == [interaction("a"), incoming]


@pytest.mark.parametrize("part", ["method", "path", "query", "body", "headers"])
def test_the_same_interaction_with_another_request_is_a_conflict(part):
    other = interaction("a")
    other["request"] = other["request"] | {part: "other"}
    with pytest.raises(Conflict, match="'a' exists with another request"):
        merge([interaction("a")], [other])


@pytest.mark.parametrize(
    "which", [("stored", '{"messages":[]}', '{"interactions":[]}'), ("incoming", '{"interactions":[]}', "{}")]
)
def test_without_interactions_nothing_can_be_merged(which):
    with pytest.raises(Conflict, match="has no list of interactions"):
        merging.merge(which[1], which[2])


def test_the_rest_of_the_text_remains_unchanged():
    merged = merging.merge('{"interactions":[],"x":1.10}', '{"interactions":[{"n":1e3}],"y":2}')
    assert merged == '{"interactions":[{"n":1e3}],"x":1.10}'


def test_other_values_are_the_same_if_they_are_equal():
    assert merge([1, interaction("a")], [1, 2]) == [1, interaction("a"), 2]


def test_an_interaction_without_a_request_is_compared_as_a_whole():
    assert merge([{"description": "m"}], [{"description": "m", "x": 1}]) == [{"description": "m", "x": 1}]


def test_the_first_of_two_equal_stored_interactions_is_replaced():
    stored = [interaction("a", n=1), interaction("a", n=2)]
    assert merge(stored, [interaction("a", n=3), interaction("b"), interaction("b")]) == [
        interaction("a", n=3),
        interaction("a", n=2),
        interaction("b"),
    ]


@pytest.mark.thorough
def test_many_are_merged_into_many_in_time_that_grows_with_their_number():
    stored, incoming = ([interaction(f"{side}{number}") for number in range(20_000)] for side in "ab")
    assert merge(stored, incoming) == [*stored, *incoming]
