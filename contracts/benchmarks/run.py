"""Measure the broker over one kind of database, and write the tables of docs/benchmarks.md.

    python contracts/benchmarks/run.py sqlite --page docs/benchmarks.md
    python contracts/benchmarks/run.py postgresql --page docs/benchmarks.md
    python contracts/benchmarks/run.py sqlite --ratios reference.json ours.json --page docs/benchmarks.md

The first two make estates of 10,000, 100,000 and 1,000,000 pacts in --folder, where they stay for the next time (4 GB
of each kind), and ask every question of each. The third compares two results of a loader that puts brokers through
the same work over HTTP; `docs/benchmarks.md` says what that is.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import benchmark_databases as databases
import benchmark_deliveries
import benchmark_report as report
import benchmark_tokens
from benchmark_goals import goals
from benchmark_loads import large_contract, mixed
from benchmark_measuring import Cost, measure, served
from benchmark_questions import reads, writes
from benchmark_waiting import Extent, waiting

from contracts.model import seeds


SIZES = (10_000, 100_000, 1_000_000)
SMALL_SIZES = (10_000, 40_000)
REPETITIONS = 40
PACTS_BESIDE_WAITING = 10_000
FEW_WAITING = Extent(clients=200, rounds=1, seconds=4.0, results=10)


def main() -> None:
    """Measure, print the tables, and put them into the page where one is named."""
    options = _arguments().parse_args()
    if options.ratios:
        theirs, ours = (_metrics(json.loads(Path(name).read_text(encoding="utf-8"))) for name in options.ratios)
        tables = {"ratios": report.ratios(theirs, ours, goals(options.kind))}
    elif options.deliveries:
        with databases.databases(options.kind, options.folder) as address:
            tables = {"deliveries": report.figures(benchmark_deliveries.table(address("deliveries")))}
    elif options.tokens:
        with databases.databases(options.kind, options.folder) as address:
            tables = {"tokens": report.figures(benchmark_tokens.table(address("tokens")))}
    else:
        sizes = SMALL_SIZES if options.small else SIZES
        tables = {} if options.waiting else _measured(options.kind, options.folder, sizes, options.repetitions)
        tables["waiting"] = _waiting(options.kind, options.folder, FEW_WAITING if options.small else Extent())
    for name, table in tables.items():
        print(f"\n{options.kind}: {name}\n\n{table}", flush=True)
        if options.page:
            report.put(options.page, f"{options.kind}: {name}", table)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=databases.KINDS)
    parser.add_argument("--page", type=Path, help="the page whose tables are to be replaced")
    parser.add_argument("--folder", type=Path, default=Path(".benchmarks"), help="where databases are kept")
    parser.add_argument("--waiting", action="store_true", help="only clients that wait for a verdict")
    parser.add_argument("--small", action="store_true", help="estates that are made in seconds")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="of each question")
    parser.add_argument("--deliveries", action="store_true", help="only how long webhooks take beside silent hosts")
    parser.add_argument("--tokens", action="store_true", help="only what a token adds to a request")
    parser.add_argument("--ratios", nargs=2, metavar=("REFERENCE", "OURS"), help="results of the loader")
    return parser


def _measured(kind: str, folder: Path, sizes: tuple[int, ...], repetitions: int) -> dict[str, str]:
    costs: dict[int, dict[str, Cost]] = {}
    single: list[tuple[str, str]] = []
    with databases.databases(kind, folder) as address:
        for size in sizes:
            plan, url = seeds.plan(size), address(f"pacts_{size}")
            databases.filled(url, plan, _say)
            with served(url, "--log-level", "error") as server:
                _say(f"asking, at {size:,} pacts")
                questions = [*reads(plan), *writes(plan)]
                idle = server.memory_mib()
                costs[size] = {each.name: measure(server, each, repetitions) for each in questions}
                if size == sizes[-1]:
                    single = [
                        ("first answer, existing database: s", f"{server.first_answer_seconds:.2f}"),
                        ("memory at first (PSS): MiB", f"{idle:.0f}"),
                        *mixed(server, plan, clients=8, seconds=10),
                        ("memory after all of it (PSS): MiB", f"{server.memory_mib():.0f}"),
                        *large_contract(server),
                    ]
        fair = benchmark_deliveries.table(address("deliveries"))
        credentials = benchmark_tokens.table(address("tokens"))
    return {
        "growth": report.growth(questions, costs),
        "figures": report.figures(single),
        "deliveries": report.figures(fair),
        "tokens": report.figures(credentials),
    }


def _waiting(kind: str, folder: Path, extent: Extent) -> str:
    """Measure clients that wait, at two processes."""
    plan = seeds.plan(PACTS_BESIDE_WAITING)
    with databases.databases(kind, folder) as address:
        url = address("waiting")
        databases.filled(url, plan, _say)
        with served(url, "--log-level", "error", "--workers", "2") as server:
            _say(f"measuring, while {extent.clients:,} clients wait")
            return report.figures(waiting(server, url, plan, extent))


def _metrics(result: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """What two results of the loader have in common: the value and unit of each figure, by its name."""
    results: dict[str, tuple[float, str]] = {
        report.LOADING: (result["load"]["publish_per_s"], "1/s"),
        "first answer, empty database": (result["first_200_fresh_s"], "s"),
        "first answer, existing database": (result["first_200_existing_s"], "s"),
        "memory, loaded (PSS)": (result["memory"]["after_load"]["server"]["pss_kb"] / 1024, "MiB"),
        "memory, after every question (PSS)": (result["memory"]["after_ask"]["server"]["pss_kb"] / 1024, "MiB"),
        "mixed load: answers a second": (result["ask"]["mixed"]["requests_per_s"], "1/s"),
        "mixed load, p95": (result["ask"]["mixed"]["p95_ms"], "ms"),
    }
    for section in ("questions", "writes"):
        for name, value in result["ask"][section].items():
            if isinstance(value, dict) and "p50_ms" in value:
                results[f"{name}, p50"] = (value["p50_ms"], "ms")
    for section, name in (("ask", report.YARDSTICK), ("load", report.YARDSTICK_OF_LOADING)):
        if yardsticks := [each["cpu_ms"] for each in result[section].get("yardsticks", ())]:
            results[name] = (sum(yardsticks) / len(yardsticks), "ms")
    return results


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
