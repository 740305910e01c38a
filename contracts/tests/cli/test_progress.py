"""Progress of a long command."""

from __future__ import annotations

from contracts.cli.progress import Progress


def test_each_part_is_reported_at_once_and_then_every_few_seconds():
    now, lines = [0.0], []
    progress = Progress(lines.append, every_seconds=5, clock=lambda: now[0])
    for second in range(13):
        now[0] = float(second)
        progress("versions", second * 100, 12_720)
    progress("results", 0, 7)
    assert lines == [
        "  … versions: 0 of 12,720",
        "  … versions: 500 of 12,720, 5 s so far",
        "  … versions: 1,000 of 12,720, 10 s so far",
        "  … results: 0 of 7, 12 s so far",
    ]
