"""Differences between two contracts, for people."""

from __future__ import annotations

import json
from difflib import unified_diff
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_RELEVANT = ("interactions", "messages")


def diff(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool = False) -> str:
    """What changed from *old* to *new*, line by line, `-` before what went and `+` before what came.

    Only what decides over a verification's result is compared, unless the *whole* documents are asked for. Empty when
    nothing differs.
    """
    lines = unified_diff(_lines(old, whole=whole), _lines(new, whole=whole), lineterm="", n=3)
    return "\n".join(_readable(lines))


def _readable(lines: Iterator[str]) -> Iterator[str]:
    """Unified diff without its two lines of file names, and with plain marks where lines are left out."""
    for number, line in enumerate(lines):
        if number > 1:
            yield "…" if line.startswith("@@") else line


def _lines(document: Mapping[str, Any], *, whole: bool) -> list[str]:
    relevant = document if whole else _relevant(document)
    return json.dumps(relevant, indent=2, ensure_ascii=False, sort_keys=not whole).splitlines()


def _relevant(document: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = {name: document[name] for name in _RELEVANT if isinstance(document.get(name), list)}
    return {name: sorted(map(_without_id, listed), key=_key) for name, listed in parts.items()} or document


def _without_id(interaction: Any) -> Any:  # noqa: ANN401, a contract may hold anything
    if not isinstance(interaction, dict):
        return interaction
    return {key: value for key, value in interaction.items() if key != "_id"}


def _key(interaction: Any) -> str:  # noqa: ANN401, a contract may hold anything
    return json.dumps(interaction, sort_keys=True, ensure_ascii=False)
