"""Interrupts: from whom, and when they are taken."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


_ENDS = [signal.SIGTERM] if sys.platform == "win32" else [signal.SIGTERM, signal.SIGHUP]
_HANDLED = [signal.SIGINT, *_ENDS]


class Interrupted(Exception):
    """Somebody interrupted a run; the message says what became of it."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block it is an interrupt (KeyboardInterrupt) to be told to end, or to lose the terminal.

    So a cancelled CI job and a window that is closed leave nothing running, as Ctrl-C does.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: what follows is cleaning up
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shielded() -> Iterator[None]:
    """What interrupts the block is told at its end: for cleaning up, which is of use only as a whole.

    An interrupt is raised in the main thread alone, so that on another one there is nothing to do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: told.append(number)) for number in _HANDLED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if told:
            signal.raise_signal(told[0])
