"""Tables of what was measured, and their place in the page of results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmark_measuring import Cost
from benchmark_questions import Question


LOADING = "loading: publications a second"
YARDSTICK = "yardstick: a fixed piece of work, between the questions"
YARDSTICK_OF_LOADING = "yardstick: the same, while loading"


def growth(questions: Sequence[Question], costs: Mapping[int, Mapping[str, Cost]]) -> str:
    """What each question cost at each size of the estate, by pacts, and how it grew from the first to the last."""
    sizes = sorted(costs)
    heads = [f"{size:,} pacts: p50 / p95 ms (CPU)" for size in sizes]
    lines = [
        _row(["question", "statements", *heads, "growth of CPU"]),
        _row(["---", "---:", *["---:"] * (len(sizes) + 1)]),
    ]
    for question in questions:
        figures_of_sizes = [costs[size][question.name] for size in sizes]
        cells = [f"{each.p50_ms:.1f} / {each.p95_ms:.1f} ({each.cpu_ms:.1f})" for each in figures_of_sizes]
        grown = f"{figures_of_sizes[-1].cpu_ms / figures_of_sizes[0].cpu_ms:.1f}"
        lines.append(_row([question.name, str(question.statements), *cells, grown]))
    return "\n".join(lines)


def figures(rows: Sequence[tuple[str, str]]) -> str:
    """Single figures with what they are."""
    return "\n".join([_row(["", ""]), _row(["---", "---:"]), *(_row(each) for each in rows)])


def ratios(
    reference: Mapping[str, tuple[float, str]], ours: Mapping[str, tuple[float, str]], goals: Mapping[str, str]
) -> str:
    """What took the reference how long, us, how many times better that is, and the goal; greater rates are better.

    Two machines are compared by what `YARDSTICK`, a fixed piece of work, took on each, where both were measured by it;
    while they loaded, by `YARDSTICK_OF_LOADING`.
    """
    speed = _speed(reference, ours, YARDSTICK)
    speeds = {LOADING: _speed(reference, ours, YARDSTICK_OF_LOADING), YARDSTICK: None, YARDSTICK_OF_LOADING: None}
    heads = ["", "", "reference", "ours", "times better", "at equal speed", "goal"]
    lines = [_row(heads), _row(["---", "---", "---:", "---:", "---:", "---:", "---:"])]
    for name, (theirs, unit) in reference.items():
        if name in ours and theirs and ours[name][0]:
            value = ours[name][0]
            better = value / theirs if unit == "1/s" else theirs / value
            faster = None if unit == "MiB" else speeds.get(name, speed)
            at_equal_speed = "" if faster is None else f"{better * faster:.1f}"
            figures = [f"{theirs:,.1f}", f"{value:,.1f}", f"{better:.1f}", at_equal_speed, goals.get(name, "")]
            lines.append(_row([name, unit, *figures]))
    return "\n".join(lines)


def _speed(
    reference: Mapping[str, tuple[float, str]], ours: Mapping[str, tuple[float, str]], yardstick: str
) -> float | None:
    """What the reference's machine did while ours did one, by that *yardstick*; None where one was not measured."""
    return ours[yardstick][0] / reference[yardstick][0] if yardstick in reference and yardstick in ours else None


def put(page: Path, name: str, table: str) -> None:
    """Put *table* where *page* has the place called *name*.

    Raises:
        ValueError: if it has no such place.
    """
    text = page.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(\n<!-- end -->)", re.DOTALL)
    if place.search(text) is None:
        raise ValueError(f"{page} has no place for '{name}'")
    page.write_text(place.sub(lambda match: f"{match[1]}{table}{match[2]}", text), encoding="utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
