"""Who uses a folder just now: a file for each, locked while it lasts, so that whoever died does not count."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def using(folder: Path, who: str) -> Iterator[None]:
    """Until the block ends, *who* uses *folder*."""
    folder.mkdir(exist_ok=True)
    path = folder / str(os.getpid())
    with path.open("w", encoding="utf-8") as file:
        _lock(file.fileno())
        file.write(who)
        file.flush()
        yield
    path.unlink()


def users(folder: Path) -> dict[int, str]:
    """By process id, who uses *folder* now."""
    return {int(path.name): path.read_text(encoding="utf-8") for path in folder.glob("*") if not _is_left_over(path)}


if sys.platform == "win32":

    def _lock(_descriptor: int) -> None:
        """Nothing to do: an open file cannot be removed."""

    def _is_left_over(path: Path) -> bool:
        try:
            path.unlink()
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _is_left_over(path: Path) -> bool:
        try:
            with path.open(encoding="utf-8") as file:
                _lock(file.fileno())
        except BlockingIOError:
            return False
        except FileNotFoundError:
            pass  # it ended just now
        return True
