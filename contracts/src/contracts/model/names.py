"""Rules about the names of applications and environments: how they are shown, and which look alike.

Source: Pact Broker protocol, pacticipant names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_CHARACTERS = 500  # of four bytes each they fit into an index: PostgreSQL's takes texts of 2,704 bytes

_WORD_ENDS = re.compile(
    r"(?<=[a-z\d])(?=[A-Z]\S)"  # myService, A4Service
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # ABCService
)
_SEPARATOR = re.compile(r"(?<=\S)[-_.\s](\S)")  # one between two words; of several in a row, the first

_BETWEEN_WORDS = re.compile(r"\s+|::|[-_]|" + _WORD_ENDS.pattern)
_SAYS_NOTHING = {"api", "provider", "service"}


def display_name(name: str) -> str:
    """The words of *name*, each with a capital: `my-service` becomes "My Service", `ABCService` "ABC Service"."""
    words = _SEPARATOR.sub(r" \1", _WORD_ENDS.sub(" ", name)).split()
    return " ".join(word[0].upper() + word[1:] for word in words)


def look_alike(new: Iterable[str], existing: Iterable[str]) -> dict[str, list[str]]:
    """For each name of *new* that could be a misspelling, those of *existing* that it looks like, in their order.

    Case, separators, a plural's s and the words api, provider and service make no difference.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in existing:
        alike.setdefault(_words(each), []).append(each)
    return {each: alike[words] for each in new if (words := _words(each)) in alike}


def _words(name: str) -> tuple[str, ...]:
    singular = (word.lower().removesuffix("s") for word in _BETWEEN_WORDS.split(name))
    return tuple(word for word in singular if word and word not in _SAYS_NOTHING)
