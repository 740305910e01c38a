"""Rules for texts in request bodies: `name: rules.Name`.

Source: Pact Broker protocol, error bodies (standard texts).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from contracts.model import names
from contracts.model.names import MOST_CHARACTERS


_OF_A_URL = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")  # RFC 3986, 2


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("cannot be blank")
    return text


def _single_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError("cannot contain multiple lines")
    return text


def _name(text: str) -> str:
    if (problem := names.problem(text)) is not None:
        raise ValueError(problem)
    return text


def _name_or_empty(text: str) -> str:
    return _name(text) if text.strip() else text


def _no_spaces(text: str) -> str:
    if any(each.isspace() for each in text):
        raise ValueError("cannot contain spaces")
    return text


def _written(value: object) -> object:
    """Return a number as a text: YAML and shells turn names and passwords into numbers."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _a_url(text: str) -> str:
    if not _OF_A_URL.fullmatch(text):
        raise ValueError("is not a valid URL: percent-encode spaces and every other character that a URL cannot hold")
    return text


def at_most(count: int) -> AfterValidator:
    """Return the rule that a list has at most *count* elements: others wait during a request."""

    def check(elements: list[Any]) -> list[Any]:
        if len(elements) > count:
            raise ValueError(f"has {len(elements)} elements. Send at most {count} at once")
        return elements

    return AfterValidator(check)


def _true_or_false(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("must be one of: true, false")  # noqa: TRY004, pydantic takes a broken rule for a ValueError
    return value


SingleLine = Annotated[str, AfterValidator(_single_line)]
Url = Annotated[str, AfterValidator(_a_url)]
Filled = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Name = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS), AfterValidator(_name)]
Line = Annotated[
    str, Field(min_length=1, max_length=MOST_CHARACTERS), AfterValidator(_not_blank), AfterValidator(_single_line)
]
Word = Annotated[
    str,
    Field(min_length=1, max_length=MOST_CHARACTERS),
    AfterValidator(_not_blank),
    AfterValidator(_no_spaces),
    AfterValidator(_name),
]
Written = Annotated[str, BeforeValidator(_written)]
WrittenName = Annotated[
    str, Field(max_length=MOST_CHARACTERS), BeforeValidator(_written), AfterValidator(_name_or_empty)
]
TrueOrFalse = Annotated[bool, BeforeValidator(_true_or_false)]
