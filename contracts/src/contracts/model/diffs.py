"""Differences between two contracts, for people."""

from __future__ import annotations

import json
from collections import Counter
from difflib import unified_diff
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


MOST_LINES = 10_000  # comparing takes time that grows with their square

_CONTEXT = 10  # lines that show which interaction it is
_LISTS = ("interactions", "messages")


def diff(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool = False) -> str:
    """What changed from *old* to *new*, line by line, `-` before what went and `+` before what came.

    Compared are the interactions that are not in both, unless the *whole* documents are asked for: they decide over a
    verification's result. Empty when nothing differs.
    """
    compared = (old, new) if whole else _differing(old, new)
    went, came = (json.dumps(each, indent=2, ensure_ascii=False).splitlines() for each in compared)
    if max(len(went), len(came)) > MOST_LINES:
        return f"The contracts differ in more than can be shown: {len(went)} and {len(came)} lines."
    return "\n".join(_readable(unified_diff(went, came, lineterm="", n=_CONTEXT)))


def _readable(lines: Iterator[str]) -> Iterator[str]:
    """Unified diff without its two lines of file names, and with plain marks where lines are left out."""
    for number, line in enumerate(lines):
        if number > 1:
            yield "…" if line.startswith("@@") else line


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Of both contracts the lists of what only one of them has, in an order that brings what is alike together."""
    names = [name for name in _LISTS if any(isinstance(each.get(name), list) for each in (old, new))]
    if not names:
        return old, new
    left, right = ({name: _elements(each, name) for name in names} for each in (old, new))
    return {name: _without(left[name], right[name]) for name in names}, {
        name: _without(right[name], left[name]) for name in names
    }


def _elements(document: Mapping[str, Any], name: str) -> list[str]:
    """The listed interactions as text, without `_id` and with sorted keys, the description first."""
    listed = document.get(name)
    return sorted(map(_text, listed)) if isinstance(listed, list) else []


def _text(interaction: Any) -> str:  # noqa: ANN401, a contract may hold anything
    if not isinstance(interaction, dict):
        return json.dumps(interaction, ensure_ascii=False)
    keys = sorted(interaction.keys() - {"_id"}, key=lambda key: (key != "description", key))
    ordered = {key: json.loads(json.dumps(interaction[key], sort_keys=True)) for key in keys}
    return json.dumps(ordered, ensure_ascii=False)


def _without(elements: list[str], others: list[str]) -> list[Any]:
    left = Counter(elements) - Counter(others)
    return [json.loads(each) for each in sorted(left.elements())]
