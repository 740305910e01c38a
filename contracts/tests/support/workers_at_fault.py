"""Faulty worker processes: each start adds a line to a file, and the number of lines decides what happens."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path


LATEST_SECONDS = 30


def die_three_times(starts: str, how: str, ready: Callable[[], None]) -> None:
    """Answer and die, three times; then end the broker."""
    if _number(starts) > 3:
        _end_broker()
    ready()
    _die(how)


def answer_once_then_fail_to_start_twice(starts: str, ready: Callable[[], None]) -> None:
    """Answer and die at the first start, end before answering at the next two; then end the broker."""
    number = _number(starts)
    if number == 1:
        ready()
        _die("SIGKILL")
    if number > 3:
        _end_broker()
    sys.exit(1)


def fail_to_start(starts: str, ready: Callable[[], None]) -> None:  # noqa: ARG001, it never answers
    """End before answering."""
    _number(starts)
    sys.exit(3)


def be_killed_before_answering(starts: str, ready: Callable[[], None]) -> None:  # noqa: ARG001, as above
    """Die of a signal at the first start; then end the broker."""
    if _number(starts) == 1:
        _die("SIGKILL")
    _end_broker()


def _number(starts: str) -> int:
    with Path(starts).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return len(Path(starts).read_text().splitlines())


def _die(how: str) -> None:
    if how == "exit":
        sys.exit(1)
    os.kill(os.getpid(), signal.Signals[how])
    time.sleep(LATEST_SECONDS)


def _end_broker() -> None:
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(LATEST_SECONDS)
