"""What fake-ci prints: the running steps, one line for each finished step, and each failure once."""

from __future__ import annotations

import textwrap
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contracts.ci.results import short
from contracts.fake_ci.played import PlayedStep
from contracts.fake_ci.workflows import Job, Workflow
from contracts.model.plain_text import plain


REPEAT_SECONDS = 5.0
LAST_LINES = 12
_SIGNS = {"success": ("✓", "green"), "failure": ("✗", "red"), "skipped": ("-", "dim")}
_NAME_WIDTH = 28  # enough for most tasks
_LONGEST_SUMMARY = 80  # of a line that a step happened to print last
_SUMMARY_COLUMN = _NAME_WIDTH + 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Prints every step to *console* when it ends, and shows the running ones: live at a terminal, else at times.

    Steps of a workflow that a webhook started have *level* 1, and are indented. Paragraphs are wrapped to *columns*,
    unless it is None.
    """

    console: Console
    columns: int | None = None
    verbose: bool = False
    repeat_seconds: float = REPEAT_SECONDS
    _running: dict[tuple[int, str], float] = field(default_factory=dict)

    def started(self, _workflow: Workflow, _job: Job, line: str, *, level: int = 0) -> None:
        """Note that a step begins."""
        self._running[level, _name(line)] = time.monotonic()

    def ended(self, step: PlayedStep, *, level: int = 0) -> None:
        """Print a step that ended or was skipped; for the first failure of a workflow, the reason and the log."""
        name = _name(step.label or step.line)
        self._running.pop((level, name), None)
        sign, style = _SIGNS[step.result]
        duration = "skipped" if step.result == "skipped" else f"{step.seconds:.1f} s"
        line = f"{sign} {name:<{_NAME_WIDTH - 2 * level}} {duration:>8}"
        indent = "  " * (level + 1)
        summary = short(step.summary or step.reason)
        if not step.explained and step.result == "success" and len(summary) > _LONGEST_SUMMARY:
            summary = f"{summary[: _LONGEST_SUMMARY - 1]}…"
        if step.result != "failure" or step.follows_failure:
            self.say(f"{indent}{line}  {summary}".rstrip(), style, " " * _SUMMARY_COLUMN)
            return
        self.say(f"{indent}{line}", style)
        indent += "    "
        self.say(f"{indent}{summary}", style, indent)
        if step.log is not None:
            if not step.explained:
                self.quote(step.log, indent)
            place = step.log.relative_to(Path.cwd()) if step.log.is_relative_to(Path.cwd()) else step.log
            self.say(f"{indent}Log: {place}", "dim", indent)

    def quote(self, log: Path, indent: str) -> None:
        """Print the last lines of *log*, without commands for GitHub's runner."""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in [line for line in lines if line.strip() and not line.startswith("::")][-LAST_LINES:]:
            self.say(f"{indent}│ {line}", "dim", f"{indent}│ ")

    def say(self, text: str, style: str = "", indent: str = "    ") -> None:
        """Print one paragraph; where it is wrapped, the following lines are indented by *indent*."""
        lines = plain(text).splitlines() or [""]
        if self.columns is not None:
            lines = [part for line in lines for part in _wrapped(line, self.columns, indent) or [""]]
        self.console.print(Text("\n".join(lines), style=style), soft_wrap=True)

    def head(self, text: str) -> None:
        """Print a heading."""
        self.say("")
        self.say(short(text), "bold")

    @contextmanager
    def repeating(self) -> Iterator[None]:
        """Show the running steps until the block ends: live at a terminal, else every few seconds."""
        if self.console.is_terminal:
            with Live(console=self.console, get_renderable=self._now, refresh_per_second=8, transient=True):
                yield
            return
        done = threading.Event()
        thread = threading.Thread(target=self._repeat, args=(done,), name="display", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _now(self) -> Text:
        """Return the running steps, one in each line."""
        now = time.monotonic()
        lines = [_running(level, name, now - since) for (level, name), since in list(self._running.items())]
        return Text("\n".join(lines), style="cyan")

    def _repeat(self, done: threading.Event) -> None:
        while not done.wait(self.repeat_seconds):
            for (level, name), since in list(self._running.items()):
                if (seconds := time.monotonic() - since) >= self.repeat_seconds:
                    self.say(f"{_running(level, name, seconds)} so far", "dim")

    def table(self, steps: Iterable[PlayedStep]) -> None:
        """Print every step with its job, its result and its duration."""
        table = Table("Workflow", "Job", "Step", "Result", "Seconds", title="Steps")
        table.columns[2].overflow = "fold"
        table.columns[-1].justify = "right"
        for step in steps:
            sign, style = _SIGNS[step.result]
            seconds = "" if step.result == "skipped" else f"{step.seconds:.1f}"
            cells = (step.workflow, step.job, step.line, f"{sign} {step.result}", seconds)
            table.add_row(*(Text(plain(cell)) for cell in cells), style=style)
        self.console.print(table)


def _wrapped(line: str, columns: int, indent: str) -> list[str]:
    return textwrap.wrap(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _running(level: int, name: str, seconds: float) -> str:
    return f"{'  ' * (level + 1)}… {name:<{_NAME_WIDTH - 2 * level}} {seconds:>6.0f} s"


def _name(line: str) -> str:
    """Return the task that a line runs, without its options; of another line, its beginning."""
    words = line.splitlines()[0] if line else ""
    if words.startswith("invoke "):
        return words.split()[1]
    return words if len(words) <= _NAME_WIDTH else f"{words[: _NAME_WIDTH - 1]}…"
