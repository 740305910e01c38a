"""Backups on a schedule, by one process of all that share the database; the newest copies stay."""

from __future__ import annotations

import logging
import os
import re
import socket
from datetime import datetime
from pathlib import Path

from contracts.broker.runtime import Runtime
from contracts.broker.serving.scheduled import Scheduled
from contracts.broker.store import backups
from contracts.broker.store.backups import BackupBusy, BackupError, Options, files, history
from contracts.broker.store.database import DatabaseError
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

_STAMP = "%Y%m%dT%H%MZ"
_UNUSUAL = re.compile(r"[^\w.-]+")


class Backups(Scheduled):
    """The backups of *runtime*'s database, if the settings name a folder for them."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        super().__init__(
            runtime,
            settings.database_backup_cron_schedule,
            self._back_up,
            name="backups",
            failure="The backup was not made",
        )
        self._folder = Path(settings.database_backup_folder)
        self._options = Options.of(settings)
        sqlite, name = runtime.database.sqlite, runtime.database.url.database or ""
        self._name = _UNUSUAL.sub("_", Path(name).stem if sqlite else name)
        self._suffix = "sqlite3" if sqlite else "dump"

    def start(self) -> None:
        """Wait for the first moment of the schedule; log at once if the folder cannot be used."""
        if not self._broker.settings.database_backup_folder:
            return
        if not (self._folder.is_dir() and os.access(self._folder, os.W_OK)):
            log.error(
                "The folder %s for backups does not exist, or cannot be written: backups will fail. Correct "
                "PACT_BROKER_DATABASE_BACKUP_FOLDER, or the folder",
                self._folder,
            )
        super().start()

    def _back_up(self, due: datetime) -> None:
        """Make the backup of the moment *due*, unless another process does, and record the outcome."""
        broker = self._broker
        try:
            with broker.database.writing() as connection:
                number = history.claim(connection, due, socket.gethostname(), broker.now())
            if number is None:
                return
            path = self._folder / f"{self._name}-{due.strftime(_STAMP)}.{self._suffix}"
            error = self._attempt(path)
            size_bytes = 0 if error else path.stat().st_size
            with broker.database.writing() as connection:
                history.finish(connection, number, broker.now(), file=str(path), size_bytes=size_bytes, error=error)
        except Unavailable as unavailable:
            error = str(unavailable)
        if error:
            log.error("The backup of %s failed: %s. The older backups are unchanged", broker.database.shown, error)
            return
        log.info("Backed up %s to %s (%d bytes, verified)", broker.database.shown, path, size_bytes)
        self._remove_old()

    def _attempt(self, path: Path) -> str | None:
        """Make the backup *path*; return why that failed, or None."""
        try:
            files.remove_partial(self._folder, f"{self._name}-*.{self._suffix}")
            backups.make(self._broker.database, path, self._go_on, overwrite=True, options=self._options)
        except (BackupError, BackupBusy, DatabaseError, Unavailable, OSError) as error:
            return str(error)
        except Exception as error:  # the outcome of a bug is a failed backup
            log.exception("An unexpected error ended the backup")
            return f"unexpected error: {error!r}"
        return None

    def _go_on(self, *_: object) -> None:
        """Report nothing; end the backup if the broker stops.

        Raises:
            BackupError: if it stops.
        """
        if self.stopping.is_set():
            raise BackupError("The broker was stopped before the backup was complete")

    def _remove_old(self) -> None:
        """Remove the oldest scheduled backups of this database, except the newest copies."""
        form = re.compile(rf"{re.escape(self._name)}-\d{{8}}T\d{{4}}Z\.{self._suffix}")
        copies = sorted(each for each in self._folder.iterdir() if form.fullmatch(each.name))
        for old in copies[: -self._broker.settings.database_backup_copies]:
            old.unlink(missing_ok=True)
            log.info("Removed the old backup %s", old)
