"""The file of a SQLite database: its name in a URL, whether it is still the same file, whether it is damaged."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from pathlib import Path

from sqlalchemy import URL

from contracts.model.errors import Unavailable
from contracts.private_files import open_private


RESTORE = "stop the broker, restore the last backup, and start it again"

_ADDRESS = re.compile(r"(sqlite(?:\+\w+)?):///(.+)", re.DOTALL)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY_CODE = 0xFF  # the rest of an extended code says where the error occurred
_STEPS_BETWEEN_LOOKS = 10_000  # instructions of SQLite's virtual machine: a millisecond
_REST = 20  # a check is repeated after this many times its own duration


def address(url: str) -> URL | None:
    """The parts of *url* if it names a SQLite file, with every character of the name as written; or None."""
    parts = _ADDRESS.fullmatch(url)
    return None if parts is None else URL.create(parts[1], database=parts[2])


def is_damage(error: object) -> bool:
    """Whether SQLite's *error* means that the file is damaged, or not a database."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY_CODE in _DAMAGED


class SqliteFile:
    """The file *name*, as the first connection opened it; None or ":memory:" for a database in memory."""

    def __init__(self, name: str | None) -> None:
        self.path = None if name in {None, "", ":memory:"} else Path(str(name))
        self._opened: tuple[int, int] | None = None
        self._checking = threading.Lock()
        self._damage: str | None = None
        self._next_check = 0.0

    def create(self) -> None:
        """Create the file if it is missing, readable only by its owner; SQLite gives the files beside it the same mode.

        Raises:
            Unavailable: if the name is a dangling link: it would create a file in another place.
        """
        if self.path is None or self._opened is not None:
            return
        try:
            os.close(open_private(self.path, os.O_EXCL))
        except FileExistsError:
            if not self.path.exists():
                reason = f"{self.path} is a link to a file that does not exist; remove it, or make the file yourself"
                raise Unavailable(reason) from None
        except OSError:
            return  # SQLite reports why it cannot open the file

    def opened(self) -> None:
        """Remember which file this is, when the first connection is open."""
        if self._opened is None:
            self._opened = self._identity()

    def require_same(self) -> None:
        """Refuse a file that is missing or was replaced: writes to it would be lost.

        Raises:
            Unavailable: if the name does not lead to the file that was opened.
        """
        if self._opened is None or (now := self._identity()) == self._opened:
            return
        happened = "was deleted or moved away" if now is None else "was replaced by another file"
        reason = f"{self.path} {happened} while the broker was running; {RESTORE}"
        raise Unavailable(reason)

    def damage(self, most_seconds: float = 0.5) -> str | None:
        """The damage that SQLite's quick check finds, in one line; None without damage.

        A check takes 2 ms for each MB. After *most_seconds* it ends without a result.
        """
        if self.path is None or not self._checking.acquire(blocking=False):
            return self._damage
        try:
            started = time.monotonic()
            if started >= self._next_check:
                self._damage = _quick_check(self.path, started + most_seconds)
                now = time.monotonic()
                self._next_check = now + _REST * (now - started)
            return self._damage
        finally:
            self._checking.release()

    def _identity(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            status = os.stat(self.path)  # noqa: PTH116, half the time of Path.stat, for each transaction
        except OSError:
            return None
        return status.st_dev, status.st_ino


def _quick_check(path: Path, until: float) -> str | None:
    """Check *path* with a separate connection: others have old pages in memory."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
    except sqlite3.Error:
        return None  # it cannot be opened, which every request reports too
    try:
        connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
        (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return _damaged(path, error) if is_damage(error) or isinstance(error, UnicodeDecodeError) else None
    finally:
        connection.close()
    return None if finding == "ok" else _damaged(path, finding)


def _damaged(path: Path, finding: object) -> str:
    return f"{path} is damaged ({' '.join(str(finding).split())}); {RESTORE}"
