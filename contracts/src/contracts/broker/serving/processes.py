"""Several processes at one port: started together, replaced when they die, stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess


log = logging.getLogger(__name__)

STOP_SECONDS = 12.0  # longer than a process needs to finish its work, and shorter than service managers wait
PAUSES_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # before each replacement in a row; the last one repeats
HEALTHY_SECONDS = 60.0  # a process that served for this long resets the pauses
_CHECK_SECONDS = 0.5  # between two checks of signals and due replacements


class FailedStart(Exception):
    """The first processes ended before any of them was ready; their log says why."""


def run(count: int, work: Callable[..., None], *arguments: object, passes_hang_ups: bool = False) -> None:
    """Keep *count* processes at *work* until a signal ends this one.

    *work* is importable, takes *arguments* and a function, which it calls as soon as it is ready.
    A process that dies is replaced each time, after a pause that grows. If *work* handles SIGHUP, each process that is
    ready gets the signals of this one.

    Raises:
        FailedStart: if a process ends by itself before any of them was ready.
    """
    spawned = multiprocessing.get_context("spawn")  # a fork would share connections, and lack the threads
    stopping = threading.Event()
    places = [_Place(spawned, work, arguments) for _ in range(count)]
    with _stopped_by_signals(stopping), _passed_hang_ups(places if passes_hang_ups else []):
        try:
            for place in places:
                place.start()
            any_ready = False
            while not stopping.is_set():
                wait([each for place in places for each in place.events], timeout=_CHECK_SECONDS)
                if stopping.is_set():
                    break
                for place in places:
                    place.check()
                any_ready = any_ready or any(place.is_ready for place in places)
                if not any_ready:
                    _require_no_failed_start(places)
                for place in places:
                    place.start_if_due()
        finally:
            _stop(places)


class _Place:
    """The place of a process and its successors."""

    def __init__(self, spawned: SpawnContext, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
        self._spawned = spawned
        self._work = work
        self._arguments = arguments
        self._due = 0.0
        self._started = 0.0
        self._deaths = 0
        self._ready: Connection | None = None
        self.process: SpawnProcess | None = None
        self.is_ready = False
        self.exit_status: int | None = None

    @property
    def events(self) -> list[int | Connection]:
        """The handles that become readable when the process is ready or dies."""
        ready = [self._ready] if self._ready is not None and not self.is_ready else []
        return [*ready, self.process.sentinel] if self.process is not None else []

    def start(self) -> None:
        """Start a process."""
        receiver, sender = self._spawned.Pipe(duplex=False)
        process = self._spawned.Process(target=_work, args=(sender, self._work, *self._arguments), name="broker")
        with sender:
            process.start()
        self._ready, self.process, self.is_ready = receiver, process, False
        self._started = time.monotonic()

    def start_if_due(self) -> None:
        """Start the replacement of a process that died, once its pause is over."""
        if self.process is not None or time.monotonic() < self._due:
            return
        try:
            self.start()
        except OSError as error:  # too little memory, or too many processes: both can end
            log.warning("A worker process cannot be started (%s); the broker tries again", error)
            self._plan_replacement()

    def check(self) -> None:
        """Notice that the process is ready, or that it died."""
        if self.process is None:
            return
        if self._ready is not None and not self.is_ready and self._ready.poll():
            self.is_ready = self._reports_ready(self._ready)
        if self.process.is_alive():
            return
        self.exit_status = self.process.exitcode
        if self.is_ready and time.monotonic() - self._started >= HEALTHY_SECONDS:
            self._deaths = 0
        pid, self.process = self.process.pid, None
        if self._ready is not None:
            self._ready.close()
            self._ready = None
        pause_seconds = self._plan_replacement()
        when = f"in {pause_seconds:g} s" if pause_seconds else "now"
        log.warning("Worker process %s died (exit status %s); its replacement starts %s", pid, self.exit_status, when)

    def _reports_ready(self, ready: Connection) -> bool:
        try:
            return bool(ready.recv_bytes())
        except (EOFError, OSError):  # it died first
            return False

    def _plan_replacement(self) -> float:
        pause_seconds = PAUSES_SECONDS[min(self._deaths, len(PAUSES_SECONDS) - 1)]
        self._deaths += 1
        self._due = time.monotonic() + pause_seconds
        return pause_seconds


def _require_no_failed_start(places: list[_Place]) -> None:
    """Fail if a process ended by itself; an end by a signal says nothing about its successors."""
    for place in places:
        if place.exit_status is not None and place.exit_status > 0:
            raise FailedStart(
                f"A worker process ended during its start (exit status {place.exit_status}). Its log above says why"
            )


def _stop(places: list[_Place]) -> None:
    processes = [place.process for place in places if place.process is not None]
    for process in processes:
        process.terminate()
    latest = time.monotonic() + STOP_SECONDS
    for process in processes:
        process.join(max(0.0, latest - time.monotonic()))
        process.kill()


@contextmanager
def _stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Set *stopping* at SIGINT and SIGTERM."""

    def stop(*_: object) -> None:
        stopping.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _passed_hang_ups(places: list[_Place]) -> Iterator[None]:
    """Send SIGHUP on to the processes in *places*, if there are any; those that start later need none."""
    if not places or sys.platform == "win32":
        yield
        return

    def send(*_: object) -> None:
        for each in places:
            if each.is_ready and each.process is not None and each.process.pid is not None:
                with suppress(ProcessLookupError):  # it died just now
                    os.kill(each.process.pid, signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, send)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _work(ready: Connection, work: Callable[..., None], *arguments: object) -> None:
    """Do *work*, report on *ready*, and end together with the parent process."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=follow, name="parent", daemon=True).start()
    work(*arguments, lambda: ready.send_bytes(b"ready"))
