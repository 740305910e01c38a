"""Reports for people: tables in the terminal; in GitHub Actions also a step summary and annotations.

Names, versions and notices come from brokers and pull requests, so they are escaped for the terminal (control
characters), for GitHub's runner (which executes lines that begin with "::" or contain "##[") and for Markdown.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.ci import notice_summaries, results
from contracts.ci.gate import Decision
from contracts.ci.gate_waits import Waiting
from contracts.ci.publish import PublishedPacts
from contracts.ci.wrapping import columns_for, columns_of, wrapped
from contracts.client.documents import Row
from contracts.model.cause_classes import Cause
from contracts.model.notices import Notice
from contracts.model.plain_text import plain
from contracts.verification.interactions import Interaction
from contracts.verification.reports import Report


Severity = Literal["error", "warning", "notice"]

_WIDTH = 140
_MAX_ROWS = 200
_MAX_CAUSES = 20
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
    """Escape *text* for one line of Markdown, also inside a table cell."""
    text = " ".join(plain(text).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(r"\\\1", text)


def annotation(severity: Severity, message: str, *, title: str) -> str:
    """Return the line that makes GitHub show *message* with the build.

    Source: GitHub's documentation, workflow commands; percent signs and line ends are encoded, in properties
    also colons and commas.
    """
    data = plain(message).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    name = plain(title).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    name = name.replace(":", "%3A").replace(",", "%2C")
    return f"::{severity} title={name}::{data}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Writes to the *console*, if *quiet* failures only; on GitHub also a *summary*, annotations and step *output*.

    Paragraphs are wrapped to *columns*, unless it is None.
    """

    console: Console
    summary: Path | None = None
    annotate: bool = False
    output: Path | None = None
    quiet: bool = False
    columns: int | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, quiet: bool = False, to_errors: bool = False) -> Reporter:
        """Return the reporter for GITHUB_ACTIONS, GITHUB_STEP_SUMMARY and GITHUB_OUTPUT; *to_errors* uses stderr."""
        on_github = environ.get("GITHUB_ACTIONS") == "true"
        summary, output = (
            Path(path) if on_github and (path := environ.get(name)) else None
            for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")
        )
        console = terminal(to_errors=to_errors)
        columns = columns_for(console, environ)
        return cls(console=console, summary=summary, annotate=on_github, output=output, quiet=quiet, columns=columns)

    def say(self, text: str, style: str = "") -> None:
        """Print a paragraph, unless quiet."""
        if not self.quiet:
            self._print(text, style)

    def _print(self, text: str, style: str) -> None:
        self.console.print(Text(wrapped(plain(text), self.columns), style=style), soft_wrap=True)

    def failed(self, title: str, reasons: Iterable[str]) -> None:
        """Report why something failed, in the terminal and as one annotation."""
        lines = list(reasons)
        for reason in lines:
            self._print(f"  ✗ {reason}", "red")
        self._annotate("error", title, lines)

    def published(self, published: PublishedPacts, *, verbose: bool = False) -> None:
        """Report a publication and the broker's notices; for many pacts abridged, unless *verbose*."""
        pairs = notice_summaries.pairs(published.contracts)
        on = f" on branch {published.branch}" if published.branch else ""
        self.say(f"Published version {published.version}{on}: {pairs}", "bold")
        notices = published.notices if verbose else notice_summaries.shortened(published.notices, published.contracts)
        self.notices(notices)
        rows = [(each.consumer, each.provider) for each in published.contracts]
        self._summarise(f"Published version {published.version}{on}", ("Consumer", "Provider"), rows)
        self._result(results.of_publishing(published))

    def notices(self, notices: Iterable[Notice]) -> None:
        """Print the broker's notices, except for debugging."""
        for notice in notices:
            if notice.type not in _HIDDEN:
                self.say(f"  {notice.text}", _STYLES.get(notice.type, ""))

    def waiting(self, waiting: Waiting) -> None:
        """Report which results are missing, and how long the gate has waited."""
        pairs = ", ".join(dict.fromkeys(f"{row.consumer} → {row.provider}" for row in waiting.missing))
        self.say(
            f"Waiting for results ({pairs or 'unknown'}): {waiting.waited_seconds:.0f} of "
            f"{waiting.waited_seconds + waiting.remaining_seconds:.0f} s.",
            "dim",
        )

    def verdict(self, verdict: Decision) -> None:
        """Report the gate's answer with its rows and reasons."""
        word = {True: "yes", False: "no", None: "unknown"}[verdict.deployable]
        style = {True: "bold green", False: "bold red", None: "bold yellow"}[verdict.deployable]
        title = f"{verdict.question} {word.capitalize()}"
        headings = ("Consumer", "Version", "Provider", "Version", "Result")
        if verdict.rows:
            self.table(headings, [_row(row) for row in verdict.rows])
        self.say(title, style)
        for reason in verdict.remarks:
            self.say(f"  {reason}")
        causes = verdict.causes[:_MAX_CAUSES]
        self.causes(causes)
        if causes:
            self.say("")  # parts the last cause from what follows
        more = len(verdict.causes) - len(causes)
        ends = [f"… and {more} more causes, which `contracts why` lists." if more else "", verdict.end]
        ends = [each for each in ends if each]
        for end in ends:
            self.say(f"  {end}")
        reasons = [*verdict.remarks, *(each.text for each in causes), *ends]
        self._summarise(title, headings, [_row(row) for row in verdict.rows], reasons, causes)
        self._result(results.of_asking(verdict), passed=verdict.deployable is True)
        if verdict.deployable is not True:
            next_steps = {each.text: f"{each.text} Next: {each.command}" for each in causes}
            self._annotate("error", title, [next_steps.get(each, each) for each in reasons])

    def causes(self, causes: Iterable[Cause]) -> None:
        """Print each cause with its class, its evidence and the next command to run."""
        for each in causes:
            self.say(f"\n{each.kind}", "bold")
            self.say(f"  {each.text}")
            for line in each.evidence_lines():
                self.say(f"    {plain(line)}", "dim")
            self.say(f"  → {each.command}")

    def verification(self, report: Report, reasons: Sequence[str] = ()) -> None:
        """Report the verified interactions, failures of pending pacts, and the *reasons* if the run failed."""
        title = results.verified(report, failed=bool(reasons))
        headings = ("Consumer", "Interaction", "Provider state", "Result")
        rows = [_interaction(each) for each in report.interactions]
        if rows:
            self.table(headings, rows)
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
        """Report the numbers of moved objects by kind, and *remarks* on them."""
        self.table(headings, rows)
        self.say(title, "bold")
        for remark in remarks:
            self.say(f"  {remark}")
        self._summarise(title, headings, rows, remarks)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table, unless quiet; as paragraphs if the terminal is too narrow for its longest words."""
        if self.quiet:
            return
        cells = [[" ".join(plain(cell).split()) for cell in row] for row in rows]
        columns = list(zip(headings, *cells, strict=True))
        for frame, margin in ((box.HEAVY_HEAD, 3 * len(columns) + 1), (None, 2 * (len(columns) - 1))):
            if widths := _widths(columns, self.console.width - margin):
                table = Table(box=frame, pad_edge=frame is not None, padding=(0, 1) if frame else (0, 2, 0, 0))
                for name, width in zip(headings, widths, strict=True):
                    # every word fits; but after a wide character rich counts the space at the end of a line, and an
                    # ellipsis would replace the character
                    table.add_column(name, width=width, overflow="fold")
                for row in cells:
                    table.add_row(*map(Text, row))
                self.console.print(table)
                return
        for row in cells:
            lines = (f"{name}: {cell or '-'}" for name, cell in zip(headings, row, strict=True))
            self.console.print(Text(wrapped("\n".join((*lines, "")), self.columns)), soft_wrap=True)

    def _annotate(self, severity: Severity, title: str, lines: Iterable[str]) -> None:
        if self.annotate:
            line = annotation(severity, "\n".join(lines) or title, title=title)
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
        causes: Iterable[Cause] = (),
    ) -> None:
        if self.summary is None:
            return
        causes_of = {each.text: each for each in causes}
        lines = [f"### {markdown(title)}", ""]
        for reason in reasons:
            lines += _item(reason, causes_of.get(reason))
        if rows:
            lines += ["", _cells(headings), _cells("---" for _ in headings)]
            lines += [_cells(map(markdown, row)) for row in rows[:_MAX_ROWS]]
        if len(rows) > _MAX_ROWS:
            lines += ["", f"… and {len(rows) - _MAX_ROWS} more rows."]
        with self.summary.open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, "", ""]))


@dataclass(slots=True, kw_only=True)
class WaitReport:
    """Reports the wait at its start, and then every *every_seconds*."""

    reporter: Reporter
    every_seconds: float = 10.0
    _due_seconds: float = 0.0

    def __call__(self, waiting: Waiting) -> None:
        """Report the wait if it is due."""
        if waiting.waited_seconds >= self._due_seconds:
            self._due_seconds = waiting.waited_seconds + self.every_seconds
            self.reporter.waiting(waiting)


def terminal(*, to_errors: bool = False) -> Console:
    """Return a console for standard output or error; off a terminal, as in CI, wide enough for tables.

    COLUMNS overrides its width.
    """
    width = None if (sys.stderr if to_errors else sys.stdout).isatty() else columns_of(os.environ) or _WIDTH
    return Console(stderr=to_errors, markup=False, emoji=False, highlight=False, width=width)


def _item(reason: str, cause: Cause | None) -> list[str]:
    """Return the lines of a reason in Markdown, with the class of its cause and the next command."""
    if cause is None:
        return [f"- {markdown(reason)}"]
    command = " ".join(plain(cause.command).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", command)), default=0))
    lines = [f"- **{markdown(cause.kind)}** {markdown(reason)}"]
    lines += [f"  - {markdown(line)}" for line in cause.evidence_lines()]
    return [*lines, f"  - Next: {fence} {command} {fence}"]


def _widths(columns: Sequence[Sequence[str]], available: int) -> list[int] | None:
    """Return the widths of *columns* in which no word is broken; None if they exceed the *available* width."""
    widths = [max(map(_longest_word, column)) for column in columns]
    spare = available - sum(widths)
    while spare > 0:
        lacking = [max(map(cell_len, column)) - width for column, width in zip(columns, widths, strict=True)]
        if max(lacking) <= 0:
            break
        widths[lacking.index(max(lacking))] += 1
        spare -= 1
    return widths if spare >= 0 else None


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(row: Row) -> tuple[str, ...]:
    unknown = "? no result" if row.verification_url is None else "? not attested"
    result = {True: "✓ passed", False: "✗ failed", None: unknown}[row.success]
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
