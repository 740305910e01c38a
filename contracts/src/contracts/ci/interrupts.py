"""Handling of interrupts: Ctrl-C, SIGTERM and a closed terminal."""

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
    """A run was interrupted; the message says what was done before."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block for SIGTERM and SIGHUP too.

    A cancelled CI job and a closed window then leave nothing running, like Ctrl-C.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one would interrupt the clean-up
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shielded() -> Iterator[None]:
    """Delay interrupts until the block ends, so that a clean-up always completes.

    Only the main thread receives interrupts; on any other thread this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: pending.append(number)) for number in _HANDLED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if pending:
            signal.raise_signal(pending[0])
