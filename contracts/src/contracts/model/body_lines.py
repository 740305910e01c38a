"""A JSON body as lines for people: each value with its kind, and with the rule that it has to match."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from contracts.model.marked_lines import Path
from contracts.model.matching_rules import Rules


LEAST_FOLDED = 5
"""The number of lines after its first from which an object or a list can be folded."""
_INDENT = "  "
_OPENING, _CLOSING = ("{", "["), ("}", "]")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLine:
    """A line: *start* is indentation and key, *value* a scalar or a bracket, *end* a comma or empty.

    *kind* is `text`, `number`, `word` (true, false, null) or `bracket`. With a *note*, the value is only an example.
    *folds* is the number of lines that an object or a list hides when it is folded at this line; 0 if it cannot be.
    *closes* is the number of those that end after this line; the last line of a cut body can end several.
    """

    start: str
    value: str
    end: str
    kind: str
    note: str = ""
    folds: int = 0
    closes: int = 0

    @property
    def is_example(self) -> bool:
        """Whether the note says what the value may be, so that it is only an example."""
        return bool(self.note) and self.kind != "bracket"


def lines(value: Any, rules: Rules, *, most: int) -> tuple[list[BodyLine], bool]:
    """Return the first *most* lines of a JSON *value*, and whether these are all.

    >>> [each.start + each.value + each.end for each in lines({"id": 1, "tags": []}, Rules(), most=3)[0]]
    ['{', '  "id": 1,', '  "tags": []']
    """
    shown = list(islice(_lines(value, rules, (), "", "", ""), most + 1))
    return _folding(shown[:most]), len(shown) <= most


def _folding(shown: list[BodyLine]) -> list[BodyLine]:
    """Return the lines with marks where long objects and lists begin and end, except for the whole body."""
    folding = list(shown)
    openings: list[int] = []

    def close(opening: int, last: int) -> None:
        if opening and last - opening >= LEAST_FOLDED:
            folding[opening] = replace(folding[opening], folds=last - opening)
            folding[last] = replace(folding[last], closes=folding[last].closes + 1)

    for number, line in enumerate(shown):
        if line.kind == "bracket" and line.value in _OPENING:
            openings.append(number)
        elif line.kind == "bracket" and line.value in _CLOSING:
            close(openings.pop(), number)
    for opening in reversed(openings):
        close(opening, len(shown) - 1)
    return folding


def _lines(value: Any, rules: Rules, path: Path, indent: str, key: str, end: str) -> Iterator[BodyLine]:
    note = rules.note("body", path, value)
    if isinstance(value, (dict, list)) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield BodyLine(start=indent + key, value=opening, end="", kind="bracket", note=note)
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for index, (step, each) in enumerate(entries):
            name = f"{json.dumps(step, ensure_ascii=False)}: " if isinstance(value, dict) else ""
            comma = "," if index < len(value) - 1 else ""
            yield from _lines(each, rules, (*path, step), indent + _INDENT, name, comma)
        yield BodyLine(start=indent, value=closing, end=end, kind="bracket")
    else:
        text = json.dumps(value, ensure_ascii=False)
        yield BodyLine(start=indent + key, value=text, end=end, kind=_kind(value), note=note)


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, (dict, list)):
        return "bracket"
    return "word" if value is None or isinstance(value, bool) else "number"
