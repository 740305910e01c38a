"""Reading a request's body."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from pydantic import Field, field_validator

from contracts.broker.api import bodies
from contracts.model.errors import Invalid, InvalidFields


class Inner(bodies.Body):
    tag: Annotated[str, Field(min_length=1)]


class Outer(bodies.Body):
    name: str
    inner: Inner | None = None
    items: list[Inner] | None = None
    flag: bool = False

    @field_validator("name")
    @classmethod
    def _single(cls, value: str) -> str:
        if "\n" in value:
            raise ValueError("cannot contain multiple lines")
        return value


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ({}, {"name": ["is missing"]}),
        ({"name": 1}, {"name": ["must be a string"]}),
        ({"name": "a\nb"}, {"name": ["cannot contain multiple lines"]}),
        ({"name": "a", "flag": "true"}, {"flag": ["must be boolean"]}),
        ({"name": "a", "items": {}}, {"items": ["must be an array"]}),
        ({"name": "a", "inner": {"tag": ""}}, {"inner.tag": ["must be filled"]}),
        ({"name": "a", "inner": 3}, {"inner": ["must be a hash"]}),
        ({"name": "a", "items": [{"tag": "x"}, {}]}, {"items": ["tag is missing (at index 1)"]}),
        ({"name": "a", "items": ["x"]}, {"items": ["must be a hash (at index 0)"]}),
    ],
)
def test_a_broken_rule_is_named_by_field(document, errors):
    with pytest.raises(InvalidFields) as caught:
        bodies.validate(Outer, document)

    assert caught.value.errors == errors


@pytest.mark.parametrize(
    "document", [{"name": "a\0"}, {"name": "a", "texts": ["\0"]}, {"name": "a", "more": {"b": "\0"}}]
)
def test_no_text_holds_a_null_character(document):
    class Everywhere(bodies.Body):
        name: str
        texts: list[str] | None = None
        more: dict[str, str] | None = None

    (wrong,) = (key for key, value in document.items() if "\\u0000" in json.dumps(value))
    with pytest.raises(InvalidFields) as caught:
        bodies.validate(Everywhere, document)

    assert caught.value.errors == {wrong: ["cannot contain null characters"]}


def test_unknown_keys_are_ignored():
    assert bodies.validate(Outer, {"name": "a", "more": 1}).name == "a"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "NaN is not a JSON value"),
        (b'{"a": "before \xff"}', 'byte 15 cannot be read, after \'{"a": "before \''),
        (b"[" * 51 + b"]" * 51, "deeper than 50 levels"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"a": "\\uDFFF"}', "half of a surrogate pair"),
        (b'{"a": 1e999}', "1e999 is not a JSON value"),
        (b"1" * 5000, "not JSON"),
    ],
)
def test_a_body_that_is_not_json_is_refused_with_the_reason(content, words):
    with pytest.raises(Invalid) as caught:
        bodies.parse(content)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"[" * 50 + b"]" * 50, None),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\N{GRINNING FACE}"}),
        (b'{"a": [1, {"b": null}], "c": {}}', {"a": [1, {"b": None}], "c": {}}),
    ],
)
def test_json_is_read(content, value):
    parsed = bodies.parse(content)

    assert value is None or parsed == value


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"[1]", "an array"), (b'"x"', "a string"), (b"3", "a number"), (b"true", "a boolean"), (b"null", "null")],
)
def test_a_body_that_is_not_an_object_is_refused_by_its_kind(content, kind):
    with pytest.raises(Invalid, match=f"must be a JSON object, but is {kind}"):
        bodies.parse_object(content)
