"""Files that exist completely or not at all, for their owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts.broker.store.backups.errors import BackupError
from contracts.private_files import open_private


def require_new(path: Path, *, overwrite: bool = False) -> None:
    """Refuse an existing file at *path* unless *overwrite* is true, and a folder always.

    Raises:
        BackupError: with the reason.
    """
    if path.is_dir():
        raise BackupError(f"{path} is a folder. Name a file")
    if not overwrite and (path.exists() or path.is_symlink()):
        raise BackupError(f"{path} exists. Choose another name, or use --overwrite")
    if not path.absolute().parent.is_dir():
        raise BackupError(f"The folder {path.absolute().parent} does not exist. Make it, or choose another")


@contextmanager
def written(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Provide the name of a new, empty file beside *path*, which becomes *path* when the block ends without an error.

    Raises:
        BackupError: if it cannot be written.
    """
    partial = partial_of(path)
    try:
        os.close(open_private(partial, os.O_EXCL))
        yield partial
        _flush(partial)
        require_new(path, overwrite=overwrite)
        partial.replace(path)
        _flush(path.absolute().parent)
    except OSError as error:
        raise BackupError(f"{error.filename or path} cannot be written: {error.strerror}") from error
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)


def partial_of(path: Path) -> Path:
    """Return a new name beside *path* for the time before the file is complete."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")


def remove_partial(folder: Path, pattern: str) -> None:
    """Remove what killed processes left of backups in *folder* whose names match *pattern*."""
    for left in folder.glob(f".{pattern}.*.partial*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Write what the system holds of the file or folder at *path* to the disk; Windows cannot do this for a folder."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        # a file system without this for folders writes the name a little later
        with contextlib.suppress(OSError) if path.is_dir() else contextlib.nullcontext():
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
