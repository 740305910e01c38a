"""Files of one pair: merged where they agree, refused with both places where they contradict each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ci.pact_merging import merge
from contracts.client.pact_files import NotPublishable, PactFile


def interaction(description="list", path="/all", **more):
    return {"description": description, "request": {"method": "GET", "path": path}, **more}


def file(name, interactions, *, kind="interactions", metadata=None, text=None):
    document = {"consumer": {"name": "web"}, "provider": {"name": "api"}, kind: interactions}
    document |= {} if metadata is None else {"metadata": metadata}
    text = text or json.dumps(document)
    return PactFile(path=Path(name), consumer="web", provider="api", text=text, document=json.loads(text))


def merged(*pacts):
    (contract,) = merge(pacts)
    return json.loads(contract.content)


def refused(*pacts):
    with pytest.raises(NotPublishable) as raised:
        merge(pacts)
    return str(raised.value)


def test_interactions_of_both_files_are_in_the_merged_pact():
    document = merged(file("a.json", [interaction("list")]), file("b.json", [interaction("one")]))
    assert [each["description"] for each in document["interactions"]] == ["list", "one"]
    assert document["consumer"] == {"name": "web"}


def test_the_same_interaction_counts_once_whatever_the_order_of_its_keys():
    again = dict(reversed(interaction().items())) | {"_id": "x"}
    assert len(merged(file("a.json", [interaction()]), file("b.json", [again]))["interactions"]) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (interaction(path="/all"), interaction(path="/other")),
        (interaction(response={"status": 200}), interaction(response={"status": 404})),
        (interaction(weight=1), interaction(weight=1.0)),
        (interaction(flag=True), interaction(flag=1)),
        (interaction(providerState="s", x=1), interaction(providerStates=[{"name": "s"}], x=2)),
    ],
)
def test_a_contradiction_is_refused_with_both_places_and_the_interaction(first, second):
    message = refused(file("a.json", [first]), file("b.json", [second]))
    assert message.startswith("a.json and b.json contradict each other: both contain the interaction 'list'")


@pytest.mark.parametrize(
    "other",
    [
        interaction(path="/other", providerState="none"),
        interaction(path="/other", providerStates=[{"name": "s", "params": {"id": 1}}]),
        interaction(type="Asynchronous/Messages"),
        {"request": {"path": "/without a description"}},
        "not an object",
    ],
)
def test_another_state_or_kind_is_another_interaction(other):
    pacts = file("a.json", [interaction(providerStates=[{"name": "s"}])]), file("b.json", [other])
    assert merged(*pacts)["interactions"][1] == other


def test_interactions_without_a_description_never_contradict_each_other():
    pacts = [file(name, [{"request": {"path": name}}, {"same": 1}]) for name in ("a.json", "b.json")]
    assert merged(*pacts)["interactions"] == [
        {"request": {"path": "a.json"}},
        {"same": 1},
        {"request": {"path": "b.json"}},
    ]


def test_duplicates_within_one_file_stay():
    twice = [interaction(path="/1"), interaction(path="/2")]
    assert merged(file("a.json", twice), file("b.json", [interaction("one")]))["interactions"][:2] == twice


def test_another_version_of_the_specification_is_refused():
    three, four = ({"pactSpecification": {"version": version}} for version in ("3.0.0", "4.0"))
    message = refused(
        file("a.json", [interaction()], metadata=three), file("b.json", [interaction("b")], metadata=four)
    )
    assert "a.json (specification 3.0.0) and b.json (specification 4.0)" in message


def test_interactions_and_messages_are_not_mixed():
    messages = file("b.json", [{"description": "m"}], kind="messages")
    assert "a.json and b.json cannot be merged" in refused(file("a.json", [interaction()]), messages)
    assert set(merged(file("a.json", []), messages)) >= {"interactions", "messages"}


def test_the_plugins_of_all_files_are_named():
    def needing(name, version="1"):
        return {"plugins": [{"name": name, "version": version}], "client": name}

    pacts = [file("a.json", [], metadata=needing("csv")), file("b.json", [], metadata=needing("grpc"))]
    metadata = merged(*pacts)["metadata"]
    assert metadata == {"plugins": [{"name": "csv", "version": "1"}, {"name": "grpc", "version": "1"}], "client": "csv"}
    message = refused(pacts[0], file("c.json", [], metadata=needing("csv", "2")))
    assert "a.json and c.json need the plugin 'csv' in two versions" in message


def test_numbers_keep_their_spelling():
    texts = [
        f'{{"consumer": {{"name": "web"}}, "provider": {{"name": "api"}}, "interactions": [{{"n": {number}}}]}}'
        for number in ("1.0", "123456789012345678901234567890")
    ]
    (contract,) = merge(file(f"{index}.json", [], text=text) for index, text in enumerate(texts))
    assert b'"interactions":[{"n": 1.0},{"n": 123456789012345678901234567890}]' in contract.content


def test_a_file_that_is_alone_is_sent_as_it_is_spelled():
    alone = file("a.json", [interaction()])
    (contract,) = merge([alone])
    assert contract.content == alone.text.encode()


_interactions = st.lists(st.builds(interaction, st.sampled_from("abcd"), st.sampled_from("xy")), max_size=4)


@given(st.lists(_interactions, min_size=2, max_size=4))
def test_merging_loses_no_interaction_or_refuses(lists):
    pacts = [file(f"{index}.json", interactions) for index, interactions in enumerate(lists)]
    try:
        result = merged(*pacts)["interactions"]
    except NotPublishable:
        spelled = {each["description"]: set() for interactions in lists for each in interactions}
        for interactions in lists:
            for each in interactions:
                spelled[each["description"]].add(each["request"]["path"])
        assert any(len(paths) > 1 for paths in spelled.values())
    else:
        assert all(each in result for interactions in lists for each in interactions)
