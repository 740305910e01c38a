"""What fake-ci shows while it plays: each line as it begins and ends, what takes long, and a table in the end."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from contracts.pipeline.report import plain


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rich.console import Console

    from contracts.pipeline.runner import PlayedStep
    from contracts.pipeline.workflows import Job, Workflow


REPEAT_SECONDS = 5.0
LAST_LINES = 40
_SIGNS = {"success": ("✓", "green"), "failure": ("✗", "red"), "skipped": ("-", "dim")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Tells *console* of every line; of one that takes long again, every few seconds."""

    console: Console
    repeat_seconds: float = REPEAT_SECONDS
    _running: dict[str, float] = field(default_factory=dict)

    def started(self, workflow: Workflow, job: Job, line: str) -> None:
        """A line of a workflow begins."""
        what = _what(workflow.file, job.identifier, line)
        self._running[what] = time.monotonic()
        self.say(f"  … {what}", "dim")

    def ended(self, step: PlayedStep) -> None:
        """A line ended, or was skipped; where it failed, the end of what it said is shown."""
        what = _what(step.workflow, step.job, step.line)
        self._running.pop(what, None)
        sign, style = _SIGNS[step.result]
        took = "skipped" if step.result == "skipped" else f"{step.seconds:.1f} s"
        self.say(f"  {sign} {what} ({took}){': ' if step.reason else ''}{step.reason}", style)
        if step.result == "failure" and step.log is not None:
            self.quote(step.log)

    def quote(self, log: Path) -> None:
        """Show the last lines of *log*, without those that are meant for GitHub's runner."""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        for line in [line for line in lines if not line.startswith("::")][-LAST_LINES:]:
            self.say(f"    │ {line}")

    def say(self, text: str, style: str = "") -> None:
        """One line."""
        self.console.print(Text(plain(text), style=style), soft_wrap=True)

    def head(self, text: str) -> None:
        """A line that something new begins with."""
        self.say("")
        self.say(text, "bold")

    @contextmanager
    def repeating(self) -> Iterator[None]:
        """Until the block ends, tell every few seconds what still runs."""
        done = threading.Event()
        thread = threading.Thread(target=self._repeat, args=(done,), name="display", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _repeat(self, done: threading.Event) -> None:
        while not done.wait(self.repeat_seconds):
            for what, since in list(self._running.items()):
                if (seconds := time.monotonic() - since) >= self.repeat_seconds:
                    self.say(f"  … {what}: {seconds:.0f} s so far", "dim")

    def table(self, steps: Iterable[PlayedStep]) -> None:
        """Every step with its verdict and duration."""
        table = Table("Workflow", "Job", "Step", "Verdict", "Seconds", title="What was played")
        table.columns[-1].justify = "right"
        for step in steps:
            sign, style = _SIGNS[step.result]
            seconds = "" if step.result == "skipped" else f"{step.seconds:.1f}"
            cells = (step.workflow, step.job, step.line, f"{sign} {step.result}", seconds)
            table.add_row(*(Text(plain(cell)) for cell in cells), style=style)
        self.console.print(table)


def _what(file: str, job: str, line: str) -> str:
    return f"{file.removesuffix('.yml')} / {job}: {line}"
