"""Send an archive to a broker, with progress and a report of missing data."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from contracts.ci.report import Reporter
from contracts.client import Broker
from contracts.model.archive.records import Gap, Integration, Record


__all__ = ["Record", "send"]

_MOST_SHOWN = 100


def send(
    broker: Broker,
    records: Callable[[], Iterable[Record]],
    totals: Mapping[str, int],
    reporter: Reporter,
    *,
    fire_webhooks: bool,
) -> bool:
    """Replay *records*, with *totals* by kind; return whether the broker accepted all."""
    progress = _Progress(reporter, totals)
    gaps: dict[str, Gap] = {}
    reporter.say(f"Replaying {sum(totals.values()):,} records into {broker.base_url}.", "dim")
    try:
        for step in broker.replay(records, fire_webhooks=fire_webhooks):
            if isinstance(step, Gap):
                gaps[step.what] = step
            else:
                progress(step.kind, added=step.added)
    except BaseException:
        reporter.say("Run the same command again to continue.", "yellow")
        raise
    _tell(reporter, broker, progress, gaps.values())
    return all(each.inherent for each in gaps.values())


class _Progress:
    """Counts records, and reports progress every few seconds."""

    every_seconds = 5.0

    def __init__(self, reporter: Reporter, totals: Mapping[str, int]) -> None:
        self.totals = totals
        self.existing: Counter[str] = Counter()
        self.added: Counter[str] = Counter()
        self._reporter = reporter
        self._began = self._said = time.monotonic()

    def __call__(self, kind: str, *, added: bool) -> None:
        (self.added if added else self.existing)[kind] += 1
        if (now := time.monotonic()) - self._said >= self.every_seconds:
            self._said = now
            done = self.existing[kind] + self.added[kind]
            of = f" of {self.totals[kind]:,}" if kind in self.totals else ""
            self._reporter.say(f"  … {now - self._began:.0f} s: {kind} {done:,}{of}", "dim")


def _tell(reporter: Reporter, broker: Broker, progress: _Progress, gaps: Iterable[Gap]) -> None:
    kinds = [*progress.totals, *({*progress.added, *progress.existing} - set(progress.totals))]
    rows = [
        (kind, f"{progress.totals.get(kind, ''):}", str(progress.added[kind]), str(progress.existing[kind]))
        for kind in kinds
        if kind not in {Gap.kind, Integration.kind}  # a pair is created by its contracts
    ]
    missing = [each for each in gaps if not each.inherent]
    remarks = [f"not carried over: {each.what}: {each.reason}" for each in gaps if each.inherent]
    remarks += [f"MISSING: {each.what}: {each.reason}" for each in missing[:_MOST_SHOWN]]
    if len(missing) > _MOST_SHOWN:
        remarks.append(f"MISSING: {len(missing) - _MOST_SHOWN:,} more")
    title = f"Replayed the archive into {broker.base_url}"
    reporter.moved(title, ("Kind", "Here", "Added there", "There before"), rows, remarks)
