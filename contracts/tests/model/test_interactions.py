"""The interactions of contracts of every version of the Pact specification."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model.interactions import ExchangeSide, InteractionState, read


def test_a_version_2_interaction():
    document = {
        "interactions": [
            {
                "description": "a request",
                "providerState": "a product exists",
                "request": {"method": "get", "path": "/p", "query": "a=1", "headers": {"Accept": "text/plain"}},
                "response": {"status": 200, "body": {"id": 1}},
            }
        ]
    }

    (interaction,) = read(document)

    assert (interaction.description, interaction.kind, interaction.states) == (
        "a request",
        "request",
        (InteractionState(name="a product exists"),),
    )
    assert interaction.parts == (
        ("Request", ExchangeSide(title="GET /p?a=1", headers=(("Accept", "text/plain"),))),
        ("Response", ExchangeSide(title="200", content={"id": 1})),
    )


def test_a_version_4_interaction_keeps_its_body_under_content():
    document = {
        "interactions": [
            {
                "type": "Synchronous/HTTP",
                "description": "all",
                "providerStates": [{"name": "s", "params": {"id": "10"}}, {"name": "t"}],
                "request": {"method": "GET", "path": "/p", "query": {"type": ["a", "b"]}},
                "response": {
                    "status": 200,
                    "headers": {"Content-Type": ["application/json"]},
                    "body": {"content": [1], "contentType": "application/json", "encoded": False},
                },
            }
        ]
    }

    (interaction,) = read(document)

    assert interaction.states == (
        InteractionState(name="s", parameters='{\n  "id": "10"\n}'),
        InteractionState(name="t"),
    )
    assert interaction.parts[0][1].title == "GET /p?type=a&type=b"
    assert interaction.parts[1][1] == ExchangeSide(
        title="200", headers=(("Content-Type", "application/json"),), content=[1], content_type="application/json"
    )


def test_messages_of_every_version():
    contents = {"content": {"id": 1}, "contentType": "application/json"}
    document = {
        "interactions": [
            {"type": "Asynchronous/Messages", "description": "first", "contents": contents, "metadata": {"topic": "p"}},
            {
                "type": "Synchronous/Messages",
                "description": "asked",
                "request": {"contents": "hello"},
                "response": [{"contents": "world"}],
            },
        ],
        "messages": [{"description": "old", "metaData": {"k": 1}, "contents": {"x": None}}],
    }

    first, second, old = read(document)

    assert first.parts == (
        (
            "Message",
            ExchangeSide(title="", headers=(("topic", "p"),), content={"id": 1}, content_type="application/json"),
        ),
    )
    assert second.kind == "message and answer"
    assert [(name, part.body) for name, part in second.parts] == [("Message", "hello"), ("Answer", "world")]
    assert old.parts == (("Message", ExchangeSide(title="", headers=(("k", "1"),), content={"x": None})),)


def test_a_single_answer_needs_no_list():
    document = {"interactions": [{"type": "Synchronous/Messages", "response": {"contents": "world"}}]}

    (interaction,) = read(document)

    assert [part.body for _, part in interaction.parts] == [None, "world"]


def test_an_old_state_is_read():
    assert read({"interactions": [{"provider_state": "s"}]})[0].states == (InteractionState(name="s"),)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["interactions", "messages", "request", "response", "providerStates", "body", "query", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_json)
def test_any_document_can_be_read(document):
    """Whatever was published, the page of it can be shown."""
    assert all(each.parts for each in read(document))


ATTACHMENT = {"content": "hello", "contentType": "text/plain", "owner": "somebody"}


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0", "3.0.0", "3.1", 3])
def test_before_version_4_a_body_with_content_is_not_a_wrapper(version):
    document = {
        "metadata": {"pactSpecification": {"version": version}},
        "interactions": [{"type": "of ours", "request": {"body": ATTACHMENT}, "response": {"body": ATTACHMENT}}],
        "messages": [{"contents": ATTACHMENT}],
    }

    for interaction in read(document):
        for _, part in interaction.parts:
            assert json.loads(part.body) == ATTACHMENT


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"content": None}, "null"),
        ({"content": {"content": 1}, "contentType": "application/json", "encoded": False}, '{\n  "content": 1\n}'),
        ({"content": "aGVsbG8=", "encoded": "base64"}, "hello"),
        ({"content": "/w==", "encoded": "base64"}, "/w=="),
    ],
)
def test_in_version_4_the_body_under_content_is_shown(body, shown):
    document = {
        "metadata": {"pactSpecification": {"version": "4.0"}},
        "interactions": [{"type": "Synchronous/HTTP", "response": {"body": body}}],
    }

    assert read(document)[0].parts[1][1].body == shown


@pytest.mark.parametrize("content", ["/w==", "CAESAmFi", "not base64"])  # CAESAmFi: protobuf, which is valid UTF-8
def test_a_body_that_is_not_a_text_stays_encoded_and_says_what_it_is(content):
    body = {"content": content, "encoded": "base64", "contentType": "application/protobuf;message=Cart"}
    document = {
        "metadata": {"pactSpecification": {"version": "4.0"}},
        "interactions": [{"type": "Asynchronous/Messages", "contents": body}],
    }
    ((_, side),) = read(document)[0].parts
    assert (side.body, side.binary, side.content_type) == (content, True, "application/protobuf;message=Cart")


def test_null_is_an_empty_text():
    document = {
        "interactions": [
            {
                "description": None,
                "providerStates": [{"name": None}],
                "request": {"method": None, "path": None, "query": {"a": [None, True]}, "headers": {"X": [None, True]}},
                "response": {"status": None, "headers": {"Y": None}},
            }
        ]
    }

    (interaction,) = read(document)

    assert (interaction.description, interaction.states) == ("", (InteractionState(name=""),))
    assert interaction.parts == (
        ("Request", ExchangeSide(title="?a=&a=true", headers=(("X", ", true"),))),
        ("Response", ExchangeSide(title="any status", headers=(("Y", ""),))),
    )
