"""What fake-ci shows while it plays: what runs, a line for each step with what came of it, and a table in the end."""

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
from contracts.fake_ci.runner import PlayedStep
from contracts.fake_ci.workflows import Job, Workflow
from contracts.model.plain_text import plain


REPEAT_SECONDS = 5.0
LAST_LINES = 24
_SIGNS = {"success": ("✓", "green"), "failure": ("✗", "red"), "skipped": ("-", "dim")}
_NAME_WIDTH = 26  # most of the tasks
_INDENT = " " * (_NAME_WIDTH + 15)  # where the words of a step begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Tells *console* of every step when it ends; meanwhile what runs, at a terminal; else what takes long."""

    console: Console
    repeat_seconds: float = REPEAT_SECONDS
    _running: dict[str, float] = field(default_factory=dict)

    def started(self, _workflow: Workflow, _job: Job, line: str) -> None:
        """A line of a workflow begins."""
        self._running[_name(line)] = time.monotonic()

    def ended(self, step: PlayedStep) -> None:
        """A line ended, or was skipped; where it failed, the end of what it said is shown."""
        self._running.pop(_name(step.line), None)
        sign, style = _SIGNS[step.result]
        took = "skipped" if step.result == "skipped" else f"{step.seconds:.1f} s"
        words = short(step.said or step.reason)
        self.say(f"  {sign} {_name(step.line):<{_NAME_WIDTH}} {took:>8}  {words}".rstrip(), style, _INDENT)
        if step.result == "failure" and step.log is not None:
            self.quote(step.log)

    def quote(self, log: Path) -> None:
        """Show the last lines of *log*, without those that are meant for GitHub's runner."""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in [line for line in lines if not line.startswith("::")][-LAST_LINES:]:
            self.say(f"    │ {line}", "dim", "    │ ")

    def say(self, text: str, style: str = "", indent: str = "    ") -> None:
        """One paragraph; at a terminal what does not fit in a line goes on below, after *indent*."""
        lines = plain(text).splitlines() or [""]
        if self.console.is_terminal:  # elsewhere a line that begins anew might begin with a runner's command
            lines = [
                part
                for line in lines
                for part in textwrap.wrap(line, self.console.width, subsequent_indent=indent) or [""]
            ]
        self.console.print(Text("\n".join(lines), style=style), soft_wrap=True)

    def head(self, text: str) -> None:
        """A line that something new begins with."""
        self.say("")
        self.say(short(text), "bold")

    @contextmanager
    def repeating(self) -> Iterator[None]:
        """Until the block ends, show what runs: always at a terminal, elsewhere every few seconds."""
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
        """What runs, a line each."""
        now = time.monotonic()
        lines = [f"  … {name:<{_NAME_WIDTH}} {now - since:>6.0f} s" for name, since in list(self._running.items())]
        return Text("\n".join(lines), style="cyan")

    def _repeat(self, done: threading.Event) -> None:
        while not done.wait(self.repeat_seconds):
            for name, since in list(self._running.items()):
                if (seconds := time.monotonic() - since) >= self.repeat_seconds:
                    self.say(f"  … {name:<{_NAME_WIDTH}} {seconds:>6.0f} s so far", "dim")

    def table(self, steps: Iterable[PlayedStep]) -> None:
        """Every step with its verdict and duration."""
        table = Table("Workflow", "Job", "Step", "Verdict", "Seconds", title="What was played")
        table.columns[2].overflow = "fold"
        table.columns[-1].justify = "right"
        for step in steps:
            sign, style = _SIGNS[step.result]
            seconds = "" if step.result == "skipped" else f"{step.seconds:.1f}"
            cells = (step.workflow, step.job, step.line, f"{sign} {step.result}", seconds)
            table.add_row(*(Text(plain(cell)) for cell in cells), style=style)
        self.console.print(table)


def _name(line: str) -> str:
    """The task that a line runs, without its options."""
    return line.removeprefix("invoke ").split()[0]
