"""Differences between two contracts, for people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Any

from contracts.model import contents


MOST_LINES = 10_000
MOST_STEPS = 10_000_000  # about a second; a line makes one with each of its like

_CONTEXT = 10  # lines that show which interaction it is
_LISTS = ("interactions", "messages")


def diff(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool = False) -> str:
    """Return the differences from *old* to *new*, line by line: `-` before a removed line, `+` before an added one.

    Only the interactions that differ and the version of the specification are compared, because they decide about a
    verification's result; with *whole*, the whole documents. The text is empty if nothing differs.
    """
    compared = (old, new) if whole else _differing(old, new)
    removed, added = (json.dumps(each, indent=2, ensure_ascii=False).splitlines() for each in compared)
    try:
        if max(len(removed), len(added)) <= MOST_LINES:
            return "\n".join(_lines(removed, added))
    except _TooManySteps:
        pass
    return f"The differences are too large to show: {len(removed)} and {len(added)} lines."


class _TooManySteps(Exception):
    """The comparison would take too long."""


class _Matcher(SequenceMatcher[str]):
    """A comparison line by line that gives up after `MOST_STEPS`."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new)
        alike = self.b2j  # type: ignore[attr-defined]  # documented with the class, and missing in the types
        self._steps_before = list(accumulate((1 + len(alike.get(each, ())) for each in old), initial=0))
        self._left = MOST_STEPS

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Return the longest match of a part; a line takes one step for each equal line of the other side."""
        self._left -= self._steps_before[-1 if ahi is None else ahi] - self._steps_before[alo]
        if self._left < 0:
            raise _TooManySteps
        return super().find_longest_match(alo, ahi, blo, bhi)


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The different lines, with the lines around them; `…` marks omitted lines."""
    for group in _Matcher(old, new).get_grouped_opcodes(_CONTEXT):
        yield "…"
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (f" {each}" for each in old[old_start:old_end])
            else:
                yield from (f"-{each}" for each in old[old_start:old_end])
                yield from (f"+{each}" for each in new[new_start:new_end])


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The interactions that only one of the contracts has, sorted so that similar ones are close to each other."""
    names = [name for name in _LISTS if any(isinstance(each.get(name), list) for each in (old, new))]
    if not names:
        return old, new
    left, right = ({name: _elements(each, name) for name in names} for each in (old, new))
    removed: dict[str, Any] = {name: _without(left[name], right[name]) for name in names}
    added: dict[str, Any] = {name: _without(right[name], left[name]) for name in names}
    before, after = (contents.specification_version(dict(each)) for each in (old, new))
    if before != after:
        return {"pactSpecification": before} | removed, {"pactSpecification": after} | added
    return removed, added


def _elements(document: Mapping[str, Any], name: str) -> list[str]:
    """The interactions as text, without `_id`, with the description first and the other keys sorted."""
    listed = document.get(name)
    return sorted(map(_text, listed)) if isinstance(listed, list) else []


def _text(interaction: Any) -> str:
    if not isinstance(interaction, dict):
        return json.dumps(interaction, ensure_ascii=False)
    keys = sorted(interaction.keys() - {"_id"}, key=lambda key: (key != "description", key))
    ordered = {key: json.loads(json.dumps(interaction[key], sort_keys=True)) for key in keys}
    return json.dumps(ordered, ensure_ascii=False)


def _without(elements: list[str], others: list[str]) -> list[Any]:
    left = Counter(elements) - Counter(others)
    return [json.loads(each) for each in sorted(left.elements())]
