"""What people read: tables in the terminal, and in GitHub Actions a step summary and annotations.

Names, versions and notices come from brokers and pull requests, so that nothing of them is taken as
a command: not by the terminal (control characters), not by GitHub's runner, which executes lines that
begin with "::" or hold "##[", and not by Markdown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.ci import notice_summaries, results
from contracts.ci.gate import Verdict, Waiting
from contracts.ci.publish import Published
from contracts.client.documents import Row
from contracts.model.notices import Notice
from contracts.model.plain_text import plain
from contracts.verification.interactions import Interaction
from contracts.verification.verify import Report


Kind = Literal["error", "warning", "notice"]

_WIDTH = 140
_MOST_ROWS = 200
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:@])")
_STYLES = {
    "success": "green",
    "warning": "yellow",
    "error": "red",
    "danger": "red",
    "prompt": "cyan",
}
_HIDDEN = frozenset({"debug"})


def markdown(text: str) -> str:
    """*text* as it reads, in one line of Markdown: inside a table cell as well."""
    text = " ".join(plain(text).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(r"\\\1", text)


def annotation(kind: Kind, message: str, *, title: str) -> str:
    """The line that makes GitHub show *message* with the build.

    Source: GitHub's documentation, workflow commands; percent signs and line ends are encoded, in
    properties also colons and commas.
    """
    data = plain(message).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    name = plain(title).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    name = name.replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={name}::{data}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes for the reader at hand: *console* always, *summary*, annotations and *output* on GitHub."""

    console: Console
    summary: Path | None = None
    annotate: bool = False
    output: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Reporter:
        """The reporter for where this runs: GITHUB_ACTIONS, GITHUB_STEP_SUMMARY, GITHUB_OUTPUT."""
        on_github = environ.get("GITHUB_ACTIONS") == "true"
        summary, output = (
            Path(path) if on_github and (path := environ.get(name)) else None
            for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")
        )
        return cls(console=terminal(), summary=summary, annotate=on_github, output=output)

    def say(self, text: str, style: str = "") -> None:
        """One paragraph."""
        # Not wrapped: a line that begins anew might begin with what a runner takes as a command.
        self.console.print(Text(plain(text), style=style), soft_wrap=True)

    def failed(self, title: str, reasons: Iterable[str]) -> None:
        """Why something failed: in the terminal, and as one annotation."""
        told = list(reasons)
        for reason in told:
            self.say(f"  ✗ {reason}", "red")
        self._annotate("error", title, told)

    def published(self, published: Published, *, verbose: bool = False) -> None:
        """What was published, and what the broker says to it: of many pacts in a few lines, unless *verbose*."""
        pairs = notice_summaries.pairs(published.contracts)
        on = f" on branch {published.branch}" if published.branch else ""
        self.say(f"Published version {published.version}{on}: {pairs}", "bold")
        notices = published.notices if verbose else notice_summaries.shortened(published.notices, published.contracts)
        self.notices(notices)
        rows = [(each.consumer, each.provider) for each in published.contracts]
        self._summarise(f"Published version {published.version}{on}", ("Consumer", "Provider"), rows)
        self._result(results.of_publishing(published))

    def notices(self, notices: Iterable[Notice]) -> None:
        """The broker's own words; those meant for debugging are left out."""
        for notice in notices:
            if notice.type not in _HIDDEN:
                self.say(f"  {notice.text}", _STYLES.get(notice.type, ""))

    def waiting(self, waiting: Waiting) -> None:
        """That the answer is awaited, of whom, and for how long at most."""
        of = ", ".join(dict.fromkeys(f"{row.consumer} → {row.provider}" for row in waiting.missing))
        self.say(
            f"Waiting for results ({of or 'unknown'}): {waiting.waited_seconds:.0f} s so far, "
            f"{waiting.remaining_seconds:.0f} s at most.",
            "dim",
        )

    def verdict(self, verdict: Verdict) -> None:
        """The gate's answer with its rows and reasons."""
        word = {True: "yes", False: "no", None: "unknown"}[verdict.deployable]
        style = {True: "bold green", False: "bold red", None: "bold yellow"}[verdict.deployable]
        title = (
            f"May version {verdict.version} of {verdict.pacticipant} be deployed to "
            f"{verdict.environment}? {word.capitalize()}"
        )
        headings = ("Consumer", "Version", "Provider", "Version", "Result")
        if verdict.rows:
            self._table(headings, [_row(row) for row in verdict.rows])
        self.say(title, style)
        for reason in verdict.reasons:
            self.say(f"  {reason}")
        self._summarise(title, headings, [_row(row) for row in verdict.rows], verdict.reasons)
        self._result(results.of_asking(verdict), passed=verdict.deployable is True)
        if verdict.deployable is not True:
            self._annotate("error", title, verdict.reasons)

    def verification(self, report: Report, reasons: Sequence[str] = ()) -> None:
        """What was verified, what failed without counting (pending), and why the run failed."""
        title = results.verified(report, failed=bool(reasons))
        headings = ("Consumer", "Interaction", "Provider state", "Result")
        rows = [_interaction(each) for each in report.interactions]
        if rows:
            self._table(headings, rows)
        self.say(title, "bold red" if reasons else "bold green" if report.kept else "bold yellow")
        for note in report.notes:
            self.say(f"  {note}")
        pending = [each for each in report.interactions if each.pending and not each.success]
        for each in pending:
            self.say(f"  pending: {each.failure}", "yellow")
        self._summarise(title, headings, rows, (*report.notes, *(each.failure for each in pending), *reasons))
        self._result(results.of_verifying(report, reasons), passed=not reasons)
        if pending:
            self._annotate("warning", "Pending pacts fail", [each.failure for each in pending])
        if reasons:
            self.failed(title, reasons)

    def moved(
        self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], remarks: Sequence[str] = ()
    ) -> None:
        """How much of an estate was moved, by kind, and what is to be known about it."""
        self._table(headings, rows)
        self.say(title, "bold")
        for remark in remarks:
            self.say(f"  {remark}")
        self._summarise(title, headings, rows, remarks)

    def _table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(*headings)
        for column in table.columns:
            column.overflow = "fold"
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in row))
        self.console.print(table)

    def _annotate(self, kind: Kind, title: str, lines: Iterable[str]) -> None:
        if self.annotate:
            line = annotation(kind, "\n".join(lines) or title, title=title)
            self.console.out(line, highlight=False)

    def _result(self, words: str, *, passed: bool = True) -> None:
        if self.output is not None:
            results.write(self.output, plain(words), passed=passed)

    def _summarise(
        self,
        title: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        reasons: Iterable[str] = (),
    ) -> None:
        if self.summary is None:
            return
        lines = [f"### {markdown(title)}", ""]
        lines += [f"- {markdown(reason)}" for reason in reasons]
        if rows:
            lines += ["", _cells(headings), _cells("---" for _ in headings)]
            lines += [_cells(map(markdown, row)) for row in rows[:_MOST_ROWS]]
        if len(rows) > _MOST_ROWS:
            lines += ["", f"… and {len(rows) - _MOST_ROWS} more rows."]
        with self.summary.open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, "", ""]))


@dataclass(slots=True, kw_only=True)
class Progress:
    """Tells of waiting at first, and then every *every_seconds*, however often it is called."""

    reporter: Reporter
    every_seconds: float = 10.0
    _due_seconds: float = 0.0

    def __call__(self, waiting: Waiting) -> None:
        """Tell of it, where it is time."""
        if waiting.waited_seconds >= self._due_seconds:
            self._due_seconds = waiting.waited_seconds + self.every_seconds
            self.reporter.waiting(waiting)


def terminal() -> Console:
    """Standard output; wide enough for tables where its width is not known, as in CI."""
    width = None if sys.stdout.isatty() else _WIDTH
    return Console(markup=False, emoji=False, highlight=False, width=width)


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(row: Row) -> tuple[str, ...]:
    result = {True: "✓ passed", False: "✗ failed", None: "? no result"}[row.success]
    return (
        row.consumer,
        results.short(row.consumer_version),
        row.provider,
        results.short(row.provider_version or "—"),
        f"{result} (ignored)" if row.ignored else result,
    )


def _interaction(each: Interaction) -> tuple[str, ...]:
    result = "✓ passed" if each.success else "✗ failed"
    states = ", ".join(each.states) or "—"
    return (each.consumer, each.description, states, f"{result} (pending)" if each.pending else result)
