"""Several processes that answer at one address: started together, replaced when they die, stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
import time
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import SpawnProcess


log = logging.getLogger(__name__)

SHORTEST_LIFE_SECONDS = 5.0  # one that dies sooner has an error that the next one will have too
STOP_SECONDS = 12.0  # more than one needs to finish what it does, and less than anybody who stops them waits


class Short(Exception):
    """A process died as soon as it was started; its log says why."""


def run(count: int, work: Callable[..., None], *arguments: object) -> None:
    """Have *count* processes do *work*, which is importable, with *arguments*, until this one is told to stop.

    Raises:
        Short: if one dies at once.
    """
    spawned = multiprocessing.get_context("spawn")  # a fork would share connections, and threads would be missing

    def start() -> SpawnProcess:
        process = spawned.Process(target=_work, args=(work, *arguments), name="broker")
        process.start()
        started[process] = time.monotonic()
        return process

    started: dict[SpawnProcess, float] = {}
    stopping = threading.Event()
    with _told_to_stop(stopping):
        try:
            processes = [start() for _ in range(count)]
            while not stopping.is_set():
                wait([each.sentinel for each in processes], timeout=0.5)
                for place, process in enumerate(processes):
                    if process.is_alive() or stopping.is_set():
                        continue
                    if time.monotonic() - started.pop(process) < SHORTEST_LIFE_SECONDS:
                        msg = (
                            f"A process of the broker ended at once (exit status {process.exitcode}); its log says why"
                        )
                        raise Short(msg)
                    log.warning(
                        "Process %s died (exit status %s); another one takes over", process.pid, process.exitcode
                    )
                    processes[place] = start()
        finally:
            for process in started:
                process.terminate()
            latest = time.monotonic() + STOP_SECONDS
            for process in started:
                process.join(max(0.0, latest - time.monotonic()))
                process.kill()


@contextmanager
def _told_to_stop(stopping: threading.Event) -> Iterator[None]:
    """Take the signals that end a program as the wish to stop."""

    def stop(*_: object) -> None:
        stopping.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _work(work: Callable[..., None], *arguments: object) -> None:
    """Do *work*; end with the process that started this one, however that ended."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=follow, name="parent", daemon=True).start()
    work(*arguments)
