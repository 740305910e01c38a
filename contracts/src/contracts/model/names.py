"""Rules for names: validity, display names, and names that look alike.

Source: Pact Broker protocol, pacticipant names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


MOST_CHARACTERS = 500  # of four bytes each they fit into an index: PostgreSQL's takes texts of 2,704 bytes

# line breaks of the protocol, and other characters that a header, a log line or an SVG cannot contain
_LINE_BREAK = re.compile(r"[\n\r]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DOTS = {".", ".."}

_WORD_ENDS = re.compile(
    r"(?<=[a-z\d])(?=[A-Z]\S)"  # myService, A4Service
    r"|(?<=[A-Z])(?=[A-Z][a-z])"  # ABCService
)
_SEPARATOR = re.compile(r"(\S)[-_.\s](\S)")  # one between two words, neither of which ends at another: a.b.c is a b.c

_BETWEEN_WORDS = re.compile(r"\s+|::|[-_]|" + _WORD_ENDS.pattern)
_SAYS_NOTHING = {"api", "provider", "service"}


def problem(name: str) -> str | None:
    """Return why *name* is invalid, as a predicate without a subject; None if it is valid.

    The rule applies to all names: of applications, versions, branches, tags, labels, environments and application
    instances. Each becomes a segment of a path, and some become headers.
    """
    reasons = (
        (not name.strip(), "cannot be blank"),
        (len(name) > MOST_CHARACTERS, f"cannot be longer than {MOST_CHARACTERS} characters"),
        (name in _DOTS, "cannot be dots alone: HTTP clients remove them from an address"),
        ("\0" in name, "cannot contain null characters"),
        (_LINE_BREAK.search(name), "cannot contain multiple lines"),
        (_CONTROL.search(name), "cannot contain control characters"),
    )
    return next((reason for applies, reason in reasons if applies), None)


def display_name(name: str) -> str:
    """Return the words of *name* with capitals: `my-service` becomes "My Service", `ABCService` "ABC Service"."""
    words = _SEPARATOR.sub(r"\1 \2", _WORD_ENDS.sub(" ", name)).split()
    return " ".join(word[0].upper() + word[1:] for word in words)


def look_alike(new: Iterable[str], existing: Iterable[str]) -> dict[str, list[str]]:
    """Return, for each name of *new* that may be a misspelling, the names of *existing* that look like it.

    Case, separators, a plural s, the words api, provider and service, characters without width and equivalent
    characters make no difference.
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in existing:
        alike.setdefault(_words(each), []).append(each)
    return {each: alike[words] for each in new if (words := _words(each)) in alike}


def _words(name: str) -> tuple[str, ...]:
    name = "".join(each for each in unicodedata.normalize("NFKC", name) if unicodedata.category(each) != "Cf")
    singular = (word.lower().removesuffix("s") for word in _BETWEEN_WORDS.split(name))
    return tuple(word for word in singular if word and word not in _SAYS_NOTHING)
