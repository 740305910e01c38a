"""Progress of a verification: live on a terminal, lines elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from contracts.model.plain_text import plain
from contracts.verification.verify import Running


_EVERY_SECONDS = 10.0


class VerifyProgress:
    """Shows each pact with its name, counts and seconds.

    A terminal shows the current pact; elsewhere a long pact prints a line every ten seconds. Each finished pact is a
    line in both.
    """

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console = console
        self._verbose = verbose
        self._status: Status | None = None
        self._due_seconds = _EVERY_SECONDS

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status = self._console.status("")
            self._status.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, running: Running) -> None:
        """Show the progress of the run."""
        done = len(running.interactions)
        if self._verbose and running.output.strip():
            self._print(running.output.rstrip())
        if done == 0:
            self._due_seconds = _EVERY_SECONDS
        if done >= running.total:
            self._print(_line("verified", running))
        elif self._status is not None:
            self._status.update(Text(plain(_line("verifying", running)), no_wrap=True, overflow="ellipsis"))
        elif done == 0 or running.seconds >= self._due_seconds:
            self._due_seconds = running.seconds + _EVERY_SECONDS
            self._print(_line("verifying", running))

    def _print(self, text: str) -> None:
        self._console.print(Text(plain(text), style="dim"), soft_wrap=True)


def _line(verb: str, running: Running) -> str:
    failed = sum(not each.success for each in running.interactions)
    more = f", {failed} failed" if failed else ""
    count = f"{len(running.interactions)} of {max(running.total, len(running.interactions))} interactions{more}"
    return f"({running.number} of {running.of}) {verb} {running.what}: {count}, {running.seconds:.1f} s"
