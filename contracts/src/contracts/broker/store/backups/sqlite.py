"""Backups of a SQLite file: a consistent copy while others write, and a new file in place of the old one.

Source: SQLite, "Using the SQLite Online Backup API" and "Isolation in SQLite".
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.broker.store.backups import facts, files
from contracts.broker.store.backups.errors import BackupError
from contracts.broker.store.backups.facts import Facts, Progress
from contracts.broker.store.database import Database, first_line
from contracts.broker.store.sqlite_files import is_damage
from contracts.model.errors import Unavailable


_PAGES = 1_000  # copied at once: 4 MB
_SIDE_FILES = ("-wal", "-shm", "-journal")


def write(database: Database, path: Path, on_progress: Progress) -> Facts:
    """Copy a snapshot of *database* to the empty file at *path*; return the contents of the same snapshot.

    The open transaction keeps the snapshot: the copy does not begin again when others write.

    Raises:
        BackupError: if the copy cannot be written.
    """
    with database.reading() as connection:
        snapshot = facts.read(connection, "tables counted", on_progress)
        source: Any = connection.connection.driver_connection
        _copy(source, path, "pages copied", on_progress)
    return snapshot


def verified(path: Path, on_progress: Progress) -> Facts:
    """Restore the backup at *path* into a temporary file, check that, and return its contents.

    Raises:
        BackupError: if the backup is damaged, or is not one of a broker.
    """
    with tempfile.TemporaryDirectory(prefix=f"{path.name}.restored-", dir=path.absolute().parent) as folder:
        restored = Path(folder) / "restored.sqlite3"
        _unpack(path, restored, "pages restored into a temporary database", on_progress)
        return _checked(restored, on_progress)


def restore(path: Path, database: Database, on_progress: Progress, *, replace: bool) -> tuple[Facts, str]:
    """Make *database*'s file from the backup at *path*; return its contents and the new name of the old file.

    Raises:
        BackupError: if the backup cannot be used, the database has data, or is in use; then it is unchanged.
    """
    if database.file.path is None:
        raise BackupError("A database in memory cannot be restored: it ends with its process")
    target = database.file.path.resolve()
    if path.resolve() == target:
        raise BackupError(f"{path} is the database itself. Name the file of a backup")
    files.require_new(target, overwrite=True)
    has_data = _require_replaceable(target, replace=replace)
    predecessor = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    try:
        with files.written(target, overwrite=True) as partial:
            _unpack(path, partial, "pages restored", on_progress)
            restored = _checked(partial, on_progress)
            facts.require_known(restored.revision)
            _require_unused(target)
            _move(target, predecessor)
        facts.require_equal(restored, _checked(target, on_progress))
    except BaseException:
        _move(predecessor, target)
        raise
    if not has_data:
        _remove(predecessor)
    return restored, str(predecessor) if has_data else ""


def _copy(source: sqlite3.Connection, path: Path, what: str, on_progress: Progress) -> None:
    """Copy the database of *source* to the empty file at *path*, without files beside it."""

    def report(_status: int, remaining: int, total: int) -> None:
        on_progress(what, total - remaining, total)

    try:
        with closing(sqlite3.connect(path)) as target:
            target.execute("PRAGMA synchronous=OFF")  # the whole file gets to the disk once, before it has its name
            source.backup(target, pages=_PAGES, progress=report)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied to {path.parent}: {first_line(error)}") from error


def _unpack(path: Path, target: Path, what: str, on_progress: Progress) -> None:
    try:
        # nobody writes to a backup: SQLite makes no files beside it
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        with closing(source):
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _copy(source, target, what, on_progress)
    except sqlite3.Error as error:
        raise BackupError(_unusable(path, error)) from error


def _unusable(path: Path, error: sqlite3.Error) -> str:
    if not path.is_file():
        return f"There is no file {path}"
    damaged = f"it is damaged, or not a copy of a SQLite database ({first_line(error)})"
    reason = damaged if is_damage(error) else first_line(error)
    return f"{path} cannot be used: {reason}. Use another backup"


def _checked(path: Path, on_progress: Progress) -> Facts:
    """Return what the file at *path* contains, if SQLite finds no damage."""
    try:
        with _opened(path) as database, database.reading() as connection:
            on_progress("integrity check", 0, 1)
            findings = list(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalars())
            if findings != ["ok"]:
                finding = " ".join(str(findings[0]).split())
                raise BackupError(f"The restored database is damaged ({finding}). Use an older backup")
            return facts.read(connection, "tables of the restored database counted", on_progress)
    except (Unavailable, sqlite3.Error, UnicodeDecodeError) as error:
        raise BackupError(f"The restored database cannot be read: {getattr(error, 'reason', error)}") from error


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}", max_connections=1)
    try:
        yield database
    finally:
        database.dispose()


def _require_replaceable(target: Path, *, replace: bool) -> bool:
    """Refuse a file with data unless *replace* is true, and one that a broker uses; return whether it has data."""
    if not target.exists() or target.stat().st_size == 0:
        return False
    _require_unused(target)
    try:
        with _opened(target) as database, database.reading() as connection:
            has_data = facts.read(connection, "tables of the present database counted", lambda *_: None).has_data
    except (BackupError, Unavailable):  # not a broker's, or damaged: there is something in it
        has_data = True
    if has_data and not replace:
        raise BackupError(f"{target} has data. Restore into a new file, or use --replace: it then stays beside the new")
    return has_data


def _require_unused(target: Path) -> None:
    """Refuse a file that another connection has open: only the last one may leave the mode with a separate log.

    All that is in the log gets into the file.
    """
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return  # nobody can tell who uses it, and this is the reason to restore a backup
        if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            reason = f"{target} is in use. Stop the broker, and every other program that uses it"
        else:
            reason = f"{target} cannot be replaced: {first_line(error)}"
        raise BackupError(reason) from error


def _move(path: Path, target: Path) -> None:
    """Rename the file at *path*, and the files beside it, which SQLite would take for those of its successor."""
    for suffix in ("", *_SIDE_FILES):
        each = path.with_name(path.name + suffix)
        if each.exists():
            each.replace(target.with_name(target.name + suffix))


def _remove(path: Path) -> None:
    for suffix in ("", *_SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
