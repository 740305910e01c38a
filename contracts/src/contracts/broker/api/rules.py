"""Rules that a text in a request must keep, for use in bodies: `name: rules.Line`.

Source: Pact Broker protocol, error bodies (standard texts).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


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


Filled = Annotated[str, AfterValidator(_filled)]
SingleLine = Annotated[str, AfterValidator(_single_line)]
Line = Annotated[str, AfterValidator(_filled), AfterValidator(_single_line)]
Word = Annotated[str, AfterValidator(_filled), AfterValidator(_no_spaces)]
TrueOrFalse = Annotated[bool, BeforeValidator(_true_or_false)]
