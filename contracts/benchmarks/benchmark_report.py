"""Tables of what was measured, and their place in the page of results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmark_measuring import Cost
    from benchmark_questions import Question


YARDSTICK = "yardstick: a fixed piece of work"


def growth(questions: Sequence[Question], costs: Mapping[int, Mapping[str, Cost]]) -> str:
    """What each question cost at each size of the estate, by pacts, and how it grew from the first to the last."""
    sizes = sorted(costs)
    heads = [f"{size:,} pacts: p50 / p95 ms (CPU)" for size in sizes]
    lines = [
        _row(["question", "statements", *heads, "growth of CPU"]),
        _row(["---", "---:", *["---:"] * (len(sizes) + 1)]),
    ]
    for question in questions:
        found = [costs[size][question.name] for size in sizes]
        cells = [f"{each.p50_ms:.1f} / {each.p95_ms:.1f} ({each.cpu_ms:.1f})" for each in found]
        grown = f"{found[-1].cpu_ms / found[0].cpu_ms:.1f}"
        lines.append(_row([question.name, str(question.statements), *cells, grown]))
    return "\n".join(lines)


def figures(found: Sequence[tuple[str, str]]) -> str:
    """Single figures with what they are."""
    return "\n".join([_row(["", ""]), _row(["---", "---:"]), *(_row(each) for each in found)])


def ratios(reference: Mapping[str, tuple[float, str]], ours: Mapping[str, tuple[float, str]]) -> str:
    """What took the reference how long, us, and how many times better that is; greater rates are better.

    Two machines are compared by what `YARDSTICK`, a fixed piece of work, took on each, where both were measured by it.
    """
    both = YARDSTICK in reference and YARDSTICK in ours
    speed = ours[YARDSTICK][0] / reference[YARDSTICK][0] if both else 0.0
    heads = ["", "", "reference", "ours", "times better", "at equal speed"]
    lines = [_row(heads), _row(["---", "---", "---:", "---:", "---:", "---:"])]
    for name, (theirs, unit) in reference.items():
        if name in ours and theirs and ours[name][0]:
            value = ours[name][0]
            better = value / theirs if unit == "1/s" else theirs / value
            comparable = speed and unit != "MiB" and name != YARDSTICK
            at_equal_speed = f"{better * speed:.1f}" if comparable else ""
            lines.append(_row([name, unit, f"{theirs:,.1f}", f"{value:,.1f}", f"{better:.1f}", at_equal_speed]))
    return "\n".join(lines)


def put(page: Path, name: str, table: str) -> None:
    """Put *table* where *page* has the place called *name*.

    Raises:
        ValueError: if it has no such place.
    """
    text = page.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(\n<!-- end -->)", re.DOTALL)
    if place.search(text) is None:
        msg = f"{page} has no place for '{name}'"
        raise ValueError(msg)
    page.write_text(place.sub(lambda found: f"{found[1]}{table}{found[2]}", text), encoding="utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
