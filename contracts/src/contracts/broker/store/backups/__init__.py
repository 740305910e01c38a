"""Backups of a database that is in use, and their restoration; both are verified.

A backup is written under another name, restored into a temporary database and compared with the snapshot that it was
made from. Only then does it get its name.
"""

from __future__ import annotations

import glob
from pathlib import Path

from contracts.broker.store import locks, migrations
from contracts.broker.store.backups import facts, files, sqlite
from contracts.broker.store.backups.errors import BackupBusy, BackupError
from contracts.broker.store.backups.facts import Facts, Progress
from contracts.broker.store.backups.tools import Options
from contracts.broker.store.database import Database


__all__ = ["BackupBusy", "BackupError", "Facts", "Options", "Progress", "make", "restore"]

_DEFAULTS = Options()


def make(
    database: Database, path: Path, on_progress: Progress, *, overwrite: bool = False, options: Options = _DEFAULTS
) -> Facts:
    """Write a verified backup of *database* to *path*, with mode 600, and return what it contains.

    Raises:
        BackupBusy: if another process makes a backup of this database.
        BackupError: if the backup cannot be written, or differs from the database; then *path* is unchanged.
        DatabaseError: if the database does not exist.
        Unavailable: if the database does not answer.
    """
    migrations.require(database)
    files.require_new(path, overwrite=overwrite)
    if database.file.path is not None and path.resolve() == database.file.path.resolve():
        raise BackupError(f"{path} is the database itself. Choose another name")
    with locks.backing_up(database) as locked:
        if not locked:
            raise BackupBusy("Another process makes a backup of this database; try again when it has finished")
        files.remove_partial(path.absolute().parent, glob.escape(path.name))
        with files.written(path, overwrite=overwrite) as partial:
            if database.sqlite:
                snapshot = sqlite.write(database, partial, on_progress)
                restored = sqlite.verified(partial, on_progress)
            else:
                from contracts.broker.store.backups import postgresql  # noqa: PLC0415, needs psycopg

                snapshot = postgresql.write(database, partial, options, on_progress)
                restored = postgresql.verified(partial, database, options, on_progress)
            facts.require_equal(snapshot, restored)
    return snapshot


def restore(
    path: Path, database: Database, on_progress: Progress, *, replace: bool = False, options: Options = _DEFAULTS
) -> tuple[Facts, str]:
    """Restore the backup at *path* into *database*, and verify it; return its contents and the place of the old data.

    A database with data is replaced only if *replace* is true; its data stays under another name.

    Raises:
        BackupError: if the backup cannot be used, the database has data, or a broker uses it; then it is unchanged.
    """
    if not database.sqlite:
        from contracts.broker.store.backups import postgresql  # noqa: PLC0415, needs psycopg

        return postgresql.restore(path, database, options, on_progress, replaces=replace)
    return sqlite.restore(path, database, on_progress, replace=replace)
