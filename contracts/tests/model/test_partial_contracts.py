"""Reading contracts in parts: the same as reading the whole, without parsing what is not needed."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import contents, contract_changes, interactions, partial_contracts


REQUESTS = {
    "consumer": {"name": "C"},
    "provider": {"name": "P"},
    "interactions": [
        {
            "description": f"request {number}",
            "providerState": "é\U0001f600",
            "request": {"method": "get", "path": f"/{number}", "query": {"q": ["1", "2"]}, "body": {"a": [number]}},
            "response": {"status": 200, "body": {"list": [{"id": number}]}},
        }
        for number in range(4)
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
MESSAGES = {
    "interactions": ["not an interaction", REQUESTS["interactions"][0], 5],
    "messages": [
        {"_id": "m1", "description": "an event", "contents": {"id": 1}, "metadata": {"topic": "t"}},
        None,
        {"description": "another", "providerStates": [{"name": "s", "params": {"id": 1}}], "contents": "text"},
    ],
}
VERSION_4 = {
    "interactions": [
        {
            "type": "Synchronous/Messages",
            "description": "a call",
            "request": {"contents": {"content": "AAE=", "contentType": "application/protobuf", "encoded": "base64"}},
            "response": [{"contents": {"content": {"id": 1}}}],
        },
        {"type": "Synchronous/HTTP", "description": "r", "request": {"method": "GET", "path": "/"}, "response": {}},
    ],
    "metadata": {
        "pactSpecification": {"version": "4.0"},
        "plugins": [{"name": "protobuf", "version": "0.3.0", "configuration": {"large": "x" * 100}}, "odd"],
    },
}


@pytest.fixture
def every_contract_is_large(monkeypatch):
    monkeypatch.setattr(partial_contracts, "LARGE", 0)


@pytest.mark.usefixtures("every_contract_is_large")
@pytest.mark.parametrize("document", [REQUESTS, MESSAGES, VERSION_4, {}, {"interactions": {}, "metadata": 5}])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_contract_is_the_same_in_parts_and_whole(document, indent):
    text = contents.stored(json.dumps(document, indent=indent, ensure_ascii=False))
    whole = json.loads(text)
    contract = partial_contracts.read(text, partial_contracts.excerpt(text))

    assert contract.outline == interactions.outline(whole)
    assert contract.count == len(contract.outline)
    assert contract.plugins == interactions.plugins(whole)
    everything = interactions.read(whole)
    assert contract.part(range(len(everything))) == everything
    assert [contract.part([index]) for index in range(len(everything))] == [(each,) for each in everything]


@pytest.mark.usefixtures("every_contract_is_large")
def test_only_the_chosen_interactions_are_parsed():
    text = contents.stored(json.dumps(REQUESTS))
    excerpt = partial_contracts.excerpt(text)
    third = text.index('{"_id"', text.index("request 1"))
    contract = partial_contracts.read(text[:third] + "~" * (len(text) - third), excerpt)

    assert [each.title for each in contract.outline] == [f"GET /{number}?q=1&q=2" for number in range(4)]
    assert contract.part([1])[0].parts[1][1].content == {"list": [{"id": 1}]}
    with pytest.raises(ValueError, match="Expecting"):
        contract.part([2])


@pytest.mark.usefixtures("every_contract_is_large")
def test_an_excerpt_leaves_out_what_only_an_interaction_shows():
    excerpt = partial_contracts.excerpt(contents.stored(json.dumps(VERSION_4)))

    assert "AAE=" not in excerpt
    assert "xxxx" not in excerpt


def test_a_small_contract_needs_no_excerpt():
    text = contents.stored(json.dumps(REQUESTS))

    assert partial_contracts.excerpt(text) is None
    assert partial_contracts.read(text, None).part([3]) == interactions.read(json.loads(text))[3:]


def _interaction(description, path, status):
    return {"description": description, "request": {"path": path}, "response": {"status": status}}


_ALIKE = st.builds(
    _interaction, st.sampled_from(["a", "b"]), st.sampled_from(["/1", "/2"]), st.sampled_from([200, 201])
)


@given(st.lists(_ALIKE, max_size=6), st.lists(_ALIKE, max_size=6), st.booleans())
def test_a_comparison_without_what_is_the_same_finds_the_same_changes(olds, news, new_is_small):
    before, after = (contents.stored(json.dumps({"interactions": each})) for each in (olds, news))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partial_contracts, "LARGE", 0)
        old = partial_contracts.read(before, partial_contracts.excerpt(before))
        new = partial_contracts.read(after, None if new_is_small else partial_contracts.excerpt(after))

    in_parts = contract_changes.between(*partial_contracts.different(old, new))
    whole = contract_changes.changes(json.loads(before), json.loads(after))
    assert in_parts == whole


@pytest.mark.usefixtures("every_contract_is_large")
def test_what_is_the_same_in_both_contracts_is_not_parsed():
    newer = copy.deepcopy(REQUESTS)
    newer["interactions"][2]["response"]["status"] = 201
    before, after = (contents.stored(json.dumps(each)) for each in (REQUESTS, newer))
    old, new = (partial_contracts.read(each, partial_contracts.excerpt(each)) for each in (before, after))

    assert [[index for index, _ in each] for each in partial_contracts.different(old, new)] == [[2], [2]]
