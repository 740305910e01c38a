"""Contents: the same hashes as the reference broker, and the text as it was sent."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import contents, floats


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _sha1(text):
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


INTERACTION = {"description": "a", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}


@pytest.mark.parametrize(
    ("document", "sha"),
    [
        ({"interactions": []}, "ed7c1aebc3e11064ce9afc29297e1e36203583cd"),
        # as recorded of the reference broker
        (
            {
                "interactions": [
                    {
                        "description": "a request for a",
                        "request": {"method": "GET", "path": "/a"},
                        "response": {"status": 200},
                    }
                ],
                "metadata": {"pactSpecification": {"version": "2.0.0"}},
            },
            "667e3c5c461f531d335bf7768c654e332cc2a27d",
        ),
        ({}, "bf21a9e8fbc5a3846fb05b4fa0859e0917b2202f"),
    ],
)
def test_a_sha_equals_the_reference_brokers(document, sha):
    assert contents.sha(document) == sha


def test_a_document_without_interactions_is_identified_in_the_order_of_its_keys():
    assert contents.sha({"a": 1, "b": 2}) != contents.sha({"b": 2, "a": 1})


def test_an_interactions_id_equals_the_reference_brokers():
    assert contents.interaction_id(INTERACTION) == "13a67837881dc44b5fcf19870d9541efb6a8a416"
    with_numbers = json.loads(
        '{"description":"n","request":{"method":"GET","path":"/n"},"response":{"status":200,"body":'
        '{"i":12345678901234567890,"f":1.5,"e":1e3,"s":"a\\"b\\\\c\\/d\\n"}}}'
    )
    assert contents.interaction_id(with_numbers) == "2a8f8482cf8f53255fc7ec2652584689f1299718"


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4), JSON, st.randoms())
def test_order_and_other_metadata_make_no_difference(interactions, other, randomness: random.Random):
    shuffled = [dict(randomness.sample(list(each.items()), len(each))) for each in interactions]
    randomness.shuffle(shuffled)
    assert contents.sha({"interactions": interactions}) == contents.sha({"other": other, "interactions": shuffled})


@pytest.mark.parametrize(
    "metadata",
    [
        {"pactSpecification": {"version": "4.0"}},
        {"pact-specification": {"version": "4.0"}},
        {"pactSpecificationVersion": "4.0"},
        {"pactSpecification": {"version": None}, "pactSpecificationVersion": "4.0"},
    ],
)
def test_the_specifications_version_makes_a_difference(metadata):
    document = {"interactions": [], "metadata": metadata}
    assert contents.specification_version(document) == "4.0"
    assert contents.sha(document) != contents.sha({"interactions": []})


def test_a_document_without_metadata_has_no_version():
    assert contents.specification_version({"metadata": "4.0"}) is None


def test_only_the_first_list_of_interactions_and_messages_is_sorted():
    both = {"interactions": [1, 2], "messages": [1, 2]}
    assert contents.sha(both) == contents.sha(both | {"interactions": [2, 1]})
    assert contents.sha(both) != contents.sha(both | {"messages": [2, 1]})
    assert contents.sha({"messages": [1, 2]}) == contents.sha({"messages": [2, 1]})


def test_a_float_is_hashed_as_the_reference_broker_writes_it():
    assert contents._dumps({"b": [1e20, 1e-5, "1e+20"], "a": None}) == '{"a":null,"b":[1e+20,0.00001,"1e+20"]}'


@pytest.mark.parametrize(
    ("number", "identity"),
    [  # as recorded of the reference broker
        ("0.00001", "70a52eab6cb1003c34d4687bc8b4bed9bb4748bd"),
        ("1e-7", "ed11d299b22d0b53a7bace20153c6aa1c8ebfc4f"),
        ("1e15", "9941e79b2ed2bbbb6771353b1d84d03114a31a25"),
        ("1234567890123456789.0", "ed2747ae79d35617e1e0c6bbadefc7ee465f8c8c"),
    ],
)
def test_the_identity_of_small_and_great_floats_is_the_reference_brokers(number, identity):
    text = f'{{"description":"d","request":{{"method":"GET","path":"/"}},"response":{{"status":200,"body":{number}}}}}'
    assert contents.interaction_id(json.loads(text)) == identity


def test_a_float_of_many_digits_is_hashed_as_the_reference_broker_writes_it():
    assert contents._dumps({"n": -878944052094366.8}) == '{"n":-878944052094366.7}'
    assert contents._dumps({"n": 0.7147335514, "s": "1e999 0.7147335514"}) == (
        '{"n":0.7147335513999999,"s":"1e999 0.7147335514"}'
    )


def test_few_contents_have_former_identities():
    assert contents.former_shas({"interactions": [{"n": [1.5, 100.0, 12, 0.001]}]}) == frozenset()
    document = {"interactions": [{"n": 1e-5}]}
    assert contents.former_shas(document) == {_sha1(b'{"interactions":[{"n":1.0e-05}]}')}
    assert contents.sha(document) == _sha1(b'{"interactions":[{"n":0.00001}]}')


def test_a_text_from_an_older_broker_has_its_identity_and_its_ids():
    sent = '{"interactions":[{"n":1e10}]}'
    former = _sha1(b'{"n":1e+10}')  # json 2.12
    stored = f'{{"interactions":[{{"_id":"{former}","n":1e10}}]}}'
    assert contents.sha_of_stored(json.loads(stored)) == contents.sha(json.loads(sent))
    assert contents.is_sha_of(_sha1(b'{"interactions":[{"n":1e+10}]}'), stored)
    assert not contents.is_sha_of(_sha1(b'{"interactions":[{"n":1e+11}]}'), stored)


def test_removing_injected_ids_leaves_the_rest_of_the_text_unchanged():
    sent = '{"interactions":[{"a" : 1.0},{"_id":"own","b":[ ]},3],"messages":[{"é":1e3}],"x":{"_id":"x"}}'
    assert contents.without_injected_ids(contents.stored(sent)) == sent.replace('{"a" : 1.0}', '{"a":1.0}')


@given(JSON)
def test_both_ways_of_writing_agree(value):
    for notation in (floats.CURRENT, *floats.FORMER):
        assert contents._dumps(value, notation) == contents._spelled_out(value, notation, ordered=True)


def test_a_stored_text_has_the_values_as_they_were_sent():
    text = ' { "interactions" : [ {"description" : "n", "n": 1.0, "e": 1e3, "i": 12345678901234567890} ] , "x":1.10 }\n'
    identity = contents.interaction_id(json.loads(text)["interactions"][0])
    assert contents.stored(text) == (
        f'{{"interactions":[{{"_id":"{identity}","description" : "n", "n": 1.0, "e": 1e3, "i": 12345678901234567890}}],'
        '"x":1.10}'
    )


def test_every_interaction_and_message_gets_an_id_unless_it_has_one():
    stored = json.loads(contents.stored('{"interactions":[{"_id":"own"},{},3],"messages":[ {"a":1} ]}'))
    assert stored == {
        "interactions": [{"_id": "own"}, {"_id": contents.interaction_id({})}, 3],
        "messages": [{"_id": contents.interaction_id({"a": 1}), "a": 1}],
    }


def test_an_id_does_not_change_the_computed_id():
    assert contents.interaction_id(INTERACTION | {"_id": "other"}) == contents.interaction_id(INTERACTION)


def test_the_keys_that_the_broker_adds_are_not_stored():
    assert contents.stored('{"interactions":{},"createdAt":"x","_links":{}}') == '{"interactions":{}}'


@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from([None, 0, 3]))
def test_storing_changes_nothing_but_ids(document, indent):
    document = {key: value for key, value in document.items() if key not in {"createdAt", "_links"}}
    assert json.loads(contents.stored(json.dumps(document, indent=indent))) == document


@given(st.lists(JSON, max_size=5), st.sampled_from([None, 2]))
def test_the_elements_of_an_array_have_their_text(values, indent):
    parts = contents.elements(json.dumps(values, indent=indent))
    assert [each.value for each in parts] == values
    assert [json.loads(each.text) for each in parts] == values


def test_the_last_of_two_equal_keys_counts():
    assert contents.stored('{"a":1,"a":2}') == '{"a":2}'


@pytest.mark.parametrize(("text", "whole"), [("{}", '{"b":2}'), ('{"a":1}', '{"a":1,"b":2}')])
def test_members_are_added_without_parsing(text, whole):
    assert contents.with_members(text, '"b":2') == whole


@pytest.mark.parametrize(
    ("document", "counts"),
    [
        ({"interactions": [1, 2], "messages": [1]}, (2, 1)),
        ({"interactions": {"a": 1}}, (0, 0)),
        ([1], (0, 0)),
    ],
)
def test_interactions_and_messages_are_counted(document, counts):
    assert contents.counts(document) == counts


def test_different_texts_have_different_hashes():
    assert contents.text_sha("{}") == contents.sha({})
    assert contents.text_sha("{ }") != contents.text_sha("{}")


@given(st.lists(st.dictionaries(st.sampled_from(["description", "request", "_id"]), st.text())))
def test_a_stored_content_has_the_identity_of_the_sent_one(interactions):
    sent = {"interactions": interactions, "metadata": {"pactSpecification": {"version": "3.0.0"}}}
    stored_text = contents.stored(json.dumps(sent))
    assert contents.is_sha_of(contents.sha(sent), stored_text)
    assert not contents.is_sha_of(contents.sha({"interactions": [*interactions, {"description": "more"}]}), stored_text)


def test_an_identity_that_was_sent_along_is_part_of_it():
    interaction = {"description": "a"}
    sent = {"interactions": [{"_id": contents.interaction_id(interaction), **interaction}]}
    assert contents.is_sha_of(contents.sha(sent), contents.stored(json.dumps(sent)))
    assert contents.is_sha_of(contents.sha({"interactions": [interaction]}), contents.stored(json.dumps(sent)))


def test_a_document_that_is_not_a_pact_is_hashed_as_a_whole():
    assert contents.is_sha_of(contents.sha({"a": 1}), '{"a":1}')
