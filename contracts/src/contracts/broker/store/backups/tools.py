"""PostgreSQL's own programs, pg_dump and pg_restore: where they are, which fit a server, and how they run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contracts.broker.backup_settings import BackupSettings
from contracts.broker.store.backups.errors import BackupError


_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_USUAL_FOLDERS = {
    "linux": ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"),
    "darwin": (
        "/opt/homebrew/opt/postgresql@*/bin",
        "/opt/homebrew/opt/libpq/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
    ),
    "win32": ("C:/Program Files/PostgreSQL/*/bin",),
}
_SETTING = "--postgresql-tools, or PACT_BROKER_DATABASE_BACKUP_TOOLS"
_MOST_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The *folder* of the programs, None to find them; the server that verifies a backup, empty for the same."""

    folder: Path | None = None
    verification_url: str = ""

    @classmethod
    def of(cls, settings: BackupSettings) -> Options:
        """Return the options that the *settings* name."""
        folder = Path(settings.database_backup_tools) if settings.database_backup_tools else None
        return cls(folder=folder, verification_url=settings.database_backup_verification_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """A pg_dump and a pg_restore of one folder, and their major version."""

    dump: str
    restore: str
    version: int


def fitting(server_version: int, folder: Path | None, server_folder: str | None) -> Tools:
    """Return the programs for a server with the major version *server_version*.

    They are those of *folder*, if it is set; otherwise the oldest sufficient ones in PATH, in *server_folder*, where
    the server's programs are, or in the folders of the usual packages.

    Raises:
        BackupError: if there are none, or all are older than the server.
    """
    if folder is not None:
        places: list[str | None] = [str(folder)]
    else:
        usual = [str(each) for pattern in _USUAL_FOLDERS.get(sys.platform, ()) for each in _matching(pattern)]
        places = [None, server_folder, *usual] if server_folder else [None, *usual]
    candidates = [tools for place in places if (tools := _in(place)) is not None]
    sufficient = [each for each in candidates if each.version >= server_version]
    if sufficient:
        return min(sufficient, key=lambda each: each.version)
    where = f"in {folder}" if folder is not None else "in PATH, or where packages of PostgreSQL put them"
    if not candidates:
        raise BackupError(
            f"pg_dump and pg_restore are not {where}. Install the client programs of PostgreSQL {server_version}, or "
            f"name their folder: {_SETTING}"
        )
    newest = max(candidates, key=lambda each: each.version)
    raise BackupError(
        f"The server is PostgreSQL {server_version}, and {newest.dump} has version {newest.version}: it cannot read a "
        f"newer server. Install the client programs of PostgreSQL {server_version} or newer, or name their folder: "
        f"{_SETTING}"
    )


def run(command: Iterable[str], environ: Mapping[str, str], on_line: Callable[[str], None] = lambda _: None) -> None:
    """Run *command* with *environ* added to the environment; call *on_line* with each line of its messages.

    Raises:
        BackupError: if it fails, with its last messages.
    """
    words = list(command)
    last: list[str] = []
    with _started(words, environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        for raw in process.stderr or ():
            line = raw.rstrip()
            on_line(line)
            if "error:" in line or "detail:" in line.lower() or "hint:" in line.lower():
                last = [*last, line][-_MOST_LINES:]
    if process.returncode:
        raise _failed(words, process.returncode, last)


@contextmanager
def output(command: Iterable[str], environ: Mapping[str, str]) -> Iterator[Iterable[str]]:
    """Provide the lines of the output of *command*, as it comes.

    Raises:
        BackupError: if it fails, when the block ends.
    """
    words = list(command)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as messages:
        with _started(words, environ, stdout=subprocess.PIPE, stderr=messages) as process:
            yield process.stdout or ()
        if process.returncode:
            messages.seek(0)
            raise _failed(words, process.returncode, messages.read().splitlines()[-_MOST_LINES:])


@contextmanager
def _started(
    words: list[str], environ: Mapping[str, str], *, stdout: int, stderr: int | IO[str]
) -> Iterator[subprocess.Popen[str]]:
    """Run the program while the block runs; it ends with the block."""
    variables = {**os.environ, "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10", **environ}
    try:
        process = subprocess.Popen(  # noqa: S603, the operator's programs
            words,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise BackupError(f"{words[0]} cannot be started: {error.strerror}") from error
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _failed(words: list[str], status: int, lines: Iterable[str]) -> BackupError:
    reason = " ".join(" ".join(lines).split()) or f"it ended with status {status}"
    return BackupError(f"{Path(words[0]).stem} failed: {reason}")


def _in(place: str | None) -> Tools | None:
    """The programs in the folder *place*, or in PATH; None if they are missing, or do not run."""
    dump, restore = shutil.which("pg_dump", path=place), shutil.which("pg_restore", path=place)
    if dump is None or restore is None:
        return None
    try:
        done = subprocess.run([dump, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    version = _VERSION.search(done.stdout)
    return None if version is None else Tools(dump=dump, restore=restore, version=int(version[1]))


def _matching(pattern: str) -> Iterable[Path]:
    anchor = Path(pattern).anchor
    return sorted(Path(anchor).glob(pattern.removeprefix(anchor)))
