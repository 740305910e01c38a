"""Rules that a text in a request must keep, for use in bodies: `name: rules.Line`.

Source: Pact Broker protocol, error bodies (standard texts).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


def _storable(text: str) -> str:
    if "\0" in text:
        msg = "cannot contain null characters"
        raise ValueError(msg)
    return text


def _filled(text: str) -> str:
    if not text:
        msg = "must be filled"
        raise ValueError(msg)
    if not text.strip():
        msg = "cannot be blank"
        raise ValueError(msg)
    return text


def _single_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        msg = "cannot contain multiple lines"
        raise ValueError(msg)
    return text


def _no_spaces(text: str) -> str:
    if any(each.isspace() for each in text):
        msg = "cannot contain spaces"
        raise ValueError(msg)
    return text


def _true_or_false(value: object) -> object:
    if not isinstance(value, bool):
        msg = "must be one of: true, false"
        raise ValueError(msg)  # noqa: TRY004, pydantic takes a broken rule for a ValueError
    return value


# PostgreSQL keeps no null character in a text
_Text = Annotated[str, AfterValidator(_storable)]

Filled = Annotated[_Text, AfterValidator(_filled)]
SingleLine = Annotated[_Text, AfterValidator(_single_line)]
Line = Annotated[_Text, AfterValidator(_filled), AfterValidator(_single_line)]
Word = Annotated[_Text, AfterValidator(_filled), AfterValidator(_no_spaces)]
TrueOrFalse = Annotated[bool, BeforeValidator(_true_or_false)]
