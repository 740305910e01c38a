"""Commands and servers in processes of their own: nothing that was started outlives what it was started for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import requests

from contracts.ci.errors import PipelineError


_POLL_SECONDS = 0.02
_ASK_SECONDS = 5.0
_STOP_SECONDS = 10.0
_LAST_LINES = 20
_SERVER_ERROR = 500


class ServerError(PipelineError):
    """A server did not start; the message holds the last lines that it wrote."""

    status = 4


class Ended(Exception):
    """Nothing more is run, because everything was told to end."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands that run for us, one or several at a time, each together with all that it starts, until `end`."""

    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self, command: Sequence[str], *, directory: Path, environ: Mapping[str, str], log: Path) -> int:
        """Run *command* in *directory*, with all it says in *log*; its exit status.

        Raises:
            Ended: if everything was told to end, before or meanwhile.
        """
        with log.open("wb") as output:
            process = self._start(command, directory, environ, output)
            try:
                status = process.wait()
            finally:
                self._running.discard(process)
                _stop(process)
        if self._ended.is_set():
            raise Ended
        return status

    def end(self) -> None:
        """End what runs; nothing more is started."""
        with self._lock:
            self._ended.set()
            for process in self._running.copy():
                _terminate(process)

    def _start(
        self, command: Sequence[str], directory: Path, environ: Mapping[str, str], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._ended.is_set():
                raise Ended
            process = _start(command, environ, output, directory)
            self._running.add(process)
        return process


@contextmanager
def running(
    command: Sequence[str],
    *,
    url: str,
    log: Path,
    environ: Mapping[str, str],
    says: str = "",
    timeout_seconds: float = 30.0,
) -> Iterator[None]:
    """Run *command* until the block ends; it begins once *url* answers. What the server writes goes to *log*.

    An answer may be another server's, which took the port a moment earlier; the process that *says* what only the owner
    of the port says is the one that is meant.

    Raises:
        ServerError: if the process ends, or does not answer within *timeout_seconds*.
    """
    with log.open("wb") as output, _start(command, environ, output) as process:
        try:
            _wait(process, url, log, says, time.monotonic() + timeout_seconds)
            yield
        finally:
            _stop(process)


def free_port(preferred: int = 0) -> int:
    """*preferred*, where nobody listens on it; else a port that is free now."""
    with socket.socket() as probe:
        # As the server will: a connection that lingers from an earlier run is nobody who listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a server answers at *url*, with anything but an error of its own."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy has nothing to do with this machine's own servers
            return session.get(url, timeout=_ASK_SECONDS).status_code < _SERVER_ERROR
    except requests.RequestException:
        return False


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, says: str, deadline: float) -> None:
    while not (says in log.read_text(encoding="utf-8", errors="replace") and answers(url)):
        if process.poll() is not None:
            problem = f"ended with status {process.returncode}"
        elif time.monotonic() > deadline:
            problem = "did not answer in time"
        else:
            time.sleep(_POLL_SECONDS)
            continue
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:])
        raise ServerError(f"The server for {url} {problem}. Its last words (all of them: {log}):\n{last}")


def _start(
    command: Sequence[str], environ: Mapping[str, str], output: IO[bytes], directory: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start *command* in a session of its own: an interrupt at the terminal reaches us, and we stop it in order."""
    return subprocess.Popen(  # noqa: S603, commands of this repository
        command,
        cwd=directory,
        env=dict(environ),
        stdout=output,
        stderr=output,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    _terminate(process)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """Tell the process to end, and all that it started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.terminate()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
