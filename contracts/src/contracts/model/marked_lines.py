"""A JSON value as indented lines, with marks at the places that a verifier complained about.

Places are written as in matching rules: `$.items[0].price`, `$['odd name'][1]`.
Source: Pact specification, matching rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any


Path = tuple[str | int, ...]

_INDENT = "  "
_INDEX = re.compile(r"[0-9]{1,9}")
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]{1,9})\]|\[(?P<quote>['\"])(?P<quoted>.*?)(?P=quote)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; *marked* if it is at one of the places."""

    text: str
    marked: bool


_GAP = Line(text="⋮", marked=False)


def path_of(place: str) -> Path | None:
    """Return the steps of *place*; None if it is not a path.

    >>> path_of("$.items[0]['unit price']")
    ('items', 0, 'unit price')
    >>> path_of("Content-Type") is None
    True
    """
    if not place.startswith("$"):
        return None
    steps: list[str | int] = []
    position = 1
    while position < len(place):
        if (step := _STEP.match(place, position)) is None:
            return None
        quoted = step["quoted"] if step["quote"] else step["name"]
        # pact-jvm writes indexes as names: $.0
        steps.append(int(step["index"]) if step["index"] else int(quoted) if _INDEX.fullmatch(quoted) else quoted)
        position = step.end()
    return tuple(steps)


def at(value: Any, path: Path) -> Any:
    """Return the part of *value* at *path*.

    Raises:
        LookupError: if it has no such part.
    """
    for step in path:
        if isinstance(value, list) and isinstance(step, int):
            value = value[step]
        elif isinstance(value, dict):
            value = value[str(step)]
        else:
            raise KeyError(step)
    return value


def lines(value: Any, places: Collection[Path]) -> tuple[Line, ...]:
    """Return *value* as indented JSON; the lines at *places*, or of their nearest part that exists, are marked.

    >>> [each.text for each in lines({"id": 1, "tags": ["a"]}, {("tags", 0)}) if each.marked]
    ['    "a"']
    """
    existing = {_existing(value, place) for place in places}
    return tuple(_lines(value, (), "", "", existing))


def around(all_lines: Sequence[Line], context: int) -> tuple[Line, ...]:
    """Return the marked lines with *context* lines before and after each; `⋮` replaces the lines between.

    >>> [each.text for each in around([Line(text=each, marked=each == "c") for each in "abcdef"], 1)]
    ['⋮', 'b', 'c', 'd', '⋮']
    """
    marked = [number for number, each in enumerate(all_lines) if each.marked]
    near = {number + offset for number in marked for offset in range(-context, context + 1)}
    shown: list[Line] = []
    for number, each in enumerate(all_lines):
        if number in near:
            shown.append(each)
        elif not shown or shown[-1] is not _GAP:
            shown.append(_GAP)
    return tuple(shown)


def _existing(value: Any, path: Path) -> Path:
    """Shorten *path* until *value* has a part there."""
    while path:
        try:
            at(value, path)
        except LookupError:
            path = path[:-1]
        else:
            break
    return tuple(str(step) for step in path)


def _lines(value: Any, path: Path, start: str, end: str, places: Collection[Path]) -> Iterator[Line]:
    indent = _INDENT * len(path)
    marked = path in places
    match value:
        case dict() if value:
            parts = [(str(name), f"{json.dumps(name, ensure_ascii=False)}: ", each) for name, each in value.items()]
            opening, closing = "{", "}"
        case list() if value:
            parts = [(str(index), "", each) for index, each in enumerate(value)]
            opening, closing = "[", "]"
        case _:
            yield Line(text=f"{indent}{start}{json.dumps(value, ensure_ascii=False)}{end}", marked=marked)
            return
    yield Line(text=f"{indent}{start}{opening}", marked=marked)
    for number, (step, name, each) in enumerate(parts, start=1):
        yield from _lines(each, (*path, step), name, "," if number < len(parts) else "", places)
    yield Line(text=f"{indent}{closing}{end}", marked=marked)
