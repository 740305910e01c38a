"""Rules that a text in a request must keep."""

from __future__ import annotations

import pytest

from contracts.broker.api import rules
from contracts.broker.api.bodies import Body, validate
from contracts.model.errors import InvalidFields


class Every(Body):
    filled: rules.Filled = "x"
    single: rules.SingleLine = "x"
    name: rules.Name = "x"
    written: rules.Written = "x"
    written_name: rules.WrittenName = "x"
    line: rules.Line = "x"
    word: rules.Word = "x"
    flag: rules.TrueOrFalse = True


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("filled", "", "must be filled"),
        ("filled", " \t", "cannot be blank"),
        ("filled", 1, "must be a string"),
        ("single", "a\r", "cannot contain multiple lines"),
        ("name", "é" * 501, "cannot be longer than 500 characters"),
        ("word", "x" * 501, "cannot be longer than 500 characters"),
        ("written_name", "x" * 501, "cannot be longer than 500 characters"),
        ("written", True, "must be a string"),
        ("line", " ", "cannot be blank"),
        ("line", "a\nb", "cannot contain multiple lines"),
        ("word", "a b", "cannot contain spaces"),
        ("word", "", "must be filled"),
        ("word", "..", "cannot be dots alone: HTTP clients remove them from an address"),
        ("name", "a\nb", "cannot contain multiple lines"),
        ("name", "2\x18", "cannot contain control characters"),
        ("written_name", "a\tb", "cannot contain control characters"),
        ("single", "a\0b", "cannot contain null characters"),
        ("word", "\0", "cannot contain null characters"),
        ("flag", "true", "must be one of: true, false"),
        ("flag", None, "must be one of: true, false"),
    ],
)
def test_an_error_names_the_values_that_are_accepted(field, value, text):
    with pytest.raises(InvalidFields) as raised:
        validate(Every, {field: value})

    assert raised.value.errors == {field: [text]}


def test_a_valid_value_is_unchanged():
    body = validate(Every, {"filled": " a\nb ", "single": "", "line": " a ", "word": "a/b", "flag": False})

    assert validate(Every, {"written": 1.5, "name": "é" * 500}).written == "1.5"
    assert (body.filled, body.single, body.line, body.word, body.flag) == (" a\nb ", "", " a ", "a/b", False)
