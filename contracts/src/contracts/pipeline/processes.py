"""A server in a process of its own, for as long as it is needed."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


_POLL_SECONDS = 0.02
_ASK_SECONDS = 5.0
_STOP_SECONDS = 10.0
_LAST_LINES = 20
_SERVER_ERROR = 500


class ServerError(Exception):
    """A server did not start; the message holds the last lines that it wrote."""


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
    with (
        log.open("wb") as output,
        # Its own session: an interrupt at the terminal reaches us, and we stop it in order.
        subprocess.Popen(  # noqa: S603, commands of this repository
            command, env=dict(environ), stdout=output, stderr=output, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process,
    ):
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
        msg = f"The server for {url} {problem}. Its last words (all of them: {log}):\n{last}"
        raise ServerError(msg)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
