"""Commands and servers in their own processes, which end with the block or the run that started them."""

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

from contracts.ci.errors import PipelineError


_POLL_SECONDS = 0.02
_ASK_SECONDS = 5.0
_STOP_SECONDS = 10.0
_LAST_LINES = 20
_SERVER_ERROR = 500


class ServerError(PipelineError):
    """A server did not start; the message contains the last lines of its log."""

    status = 4


class Ended(Exception):
    """No more commands run, because the run has ended."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Runs commands until `end`, which stops all of them with their child processes."""

    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        environ: Mapping[str, str],
        log: Path,
        background: list[int] | None = None,
    ) -> int:
        """Run *command* in *directory*, with its output in *log*; return its exit status.

        If it leaves child processes in the background, *background* gets their process group.

        Raises:
            Ended: if `end` was called before or while it ran.
        """
        with log.open("wb") as output:
            process = self._start(command, directory, environ, output)
            try:
                status = process.wait()
            except BaseException:
                _stop(process)
                raise
            finally:
                self._running.discard(process)
            if self._ended.is_set():
                _stop(process)
                raise Ended
        if background is not None and _has_group(process.pid):
            background.append(process.pid)
        return status

    def end(self) -> None:
        """Stop all commands, and start no more."""
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
    """Run *command* within the block, which begins when *url* answers; its output goes to *log*.

    The answer may come from another server, which took the port a moment earlier. So the log must also contain *says*,
    which only the owner of the port prints.

    Raises:
        ServerError: if the process ends, or does not answer within *timeout_seconds*.
    """
    with log.open("wb") as output, _start(command, environ, output) as process:
        try:
            _wait(process, url, log, says, time.monotonic() + timeout_seconds)
            yield
        finally:
            _stop(process)


def stop_groups(groups: Sequence[int]) -> None:
    """Ask the processes in *groups* to end."""
    if sys.platform != "win32":
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)


def free_port(preferred: int = 0) -> int:
    """Return *preferred* if no process listens on it, else another free port."""
    with socket.socket() as probe:
        # as the server does: a connection that remains from an earlier run does not listen
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Return whether a server answers at *url*, except with a server error."""
    import requests  # noqa: PLC0415, a fifth of a second, and most commands of a pipeline wait for no server

    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy for servers on this machine
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
        raise ServerError(f"The server for {url} {problem}. The end of its log ({log}):\n{last}")


def _start(
    command: Sequence[str], environ: Mapping[str, str], output: IO[bytes], directory: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start *command* in its own session: an interrupt at the terminal reaches only this process, which stops it."""
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
    """End the process and its child processes, which may write files until they have ended."""
    deadline = time.monotonic() + _STOP_SECONDS
    _terminate(process)
    while (process.poll() is None or _has_group(process.pid)) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    if process.poll() is None or _has_group(process.pid):
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and its child processes at once."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _has_group(process: int) -> bool:
    """Return whether a process of the group that *process* led still runs."""
    if sys.platform == "win32":
        return False
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """Ask the process and its child processes to end."""
    if sys.platform == "win32":
        if process.poll() is None:
            process.terminate()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
