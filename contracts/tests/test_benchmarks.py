"""The tables of the benchmarks, and their places in the page."""

from __future__ import annotations

from pathlib import Path

import benchmark_report as report
import pytest
from benchmark_databases import KINDS
from benchmark_goals import goals
from benchmark_measuring import Cost, percentile, serial
from benchmark_questions import reads

from contracts.model import seeds


TABLES = ("growth", "figures", "deliveries", "waiting", "tokens", "ratios")
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def test_the_page_has_a_place_for_every_table(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    for kind in KINDS:
        for name in TABLES:
            report.put(page, f"{kind}: {name}", f"table of {kind} {name}")
            report.put(page, f"{kind}: {name}", f"another of {kind} {name}")
    text = page.read_text(encoding="utf-8")
    assert "table of" not in text
    assert all(f"another of {kind} {name}" in text for kind in KINDS for name in TABLES)


def test_a_page_without_the_place_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Nothing here\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no place for 'sqlite: growth'"):
        report.put(page, "sqlite: growth", "a table")


def test_growth_is_that_of_processor_time():
    (question, *_) = reads(seeds.plan(100))
    costs = {
        size: {question.name: Cost(p50_ms=2 * cpu, p95_ms=3 * cpu, cpu_ms=cpu, size_bytes=1)}
        for size, cpu in ((100, 1.0), (10_000, 1.5))
    }
    assert report.growth([question], costs).splitlines()[2] == (
        f"| {question.name} | {question.statements} | 2.0 / 3.0 (1.0) | 3.0 / 4.5 (1.5) | 1.5 |"
    )


def test_times_are_better_when_smaller_and_rates_when_greater_and_machines_are_compared():
    reference = {"a": (10.0, "ms"), report.LOADING: (10.0, "1/s"), "c": (1.0, "ms"), "m": (3.0, "MiB")}
    ours = {"a": (2.0, "ms"), report.LOADING: (50.0, "1/s"), "m": (2.0, "MiB")}
    speeds = {report.YARDSTICK: (20.0, "ms"), report.YARDSTICK_OF_LOADING: (10.0, "ms")}
    ours_faster = {report.YARDSTICK: (10.0, "ms"), report.YARDSTICK_OF_LOADING: (8.0, "ms")}
    assert report.ratios(reference | speeds, ours | ours_faster, {"a": "4 times"}).splitlines()[2:] == [
        "| a | ms | 10.0 | 2.0 | 5.0 | 2.5 | 4 times |",
        f"| {report.LOADING} | 1/s | 10.0 | 50.0 | 5.0 | 4.0 |  |",
        "| m | MiB | 3.0 | 2.0 | 1.5 |  |  |",
        f"| {report.YARDSTICK} | ms | 20.0 | 10.0 | 2.0 |  |  |",
        f"| {report.YARDSTICK_OF_LOADING} | ms | 10.0 | 8.0 | 1.2 |  |  |",
    ]
    assert report.ratios(reference, ours, {}).splitlines()[2] == "| a | ms | 10.0 | 2.0 | 5.0 |  |  |"


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_every_goal_beside_its_measurement(kind):
    table = PAGE.read_text(encoding="utf-8").split(f"<!-- {kind}: ratios -->")[1].split("<!-- end -->")[0]
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in table.splitlines()}
    assert [name for name, goal in goals(kind).items() if not rows[name].endswith(f"| {goal} |")] == []


def test_a_percentile_is_one_of_the_values():
    assert percentile(list(range(100)), 0.95) == 95


def test_serials_are_different():
    assert len({serial() for _ in range(1000)}) == 1000
