"""The scheduled backups and their outcomes; a moment of the schedule belongs to the process that claims it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from contracts.broker.schedules import Schedule
from contracts.broker.store.tables import backups
from contracts.broker.store.upserts import insert


_MOST_ROWS = 100
_LONGEST_DURATION = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the backup of the moment *due_at* ended; *error* is the reason of a failure."""

    due_at: datetime
    finished_at: datetime
    error: str | None

    def problem(self, schedule: Schedule, now: datetime) -> str | None:
        """What is wrong, if this is the last outcome: it failed, or the next moment of *schedule* has no outcome."""
        if self.error is not None:
            return f"The backup of {self.due_at:%Y-%m-%d %H:%M} UTC failed: {self.error}"
        missing = schedule.after(self.due_at)
        if missing + _LONGEST_DURATION < now:
            return f"The backup of {missing:%Y-%m-%d %H:%M} UTC is missing: the broker did not run then, or was killed"
        return None


def claim(connection: Connection, due_at: datetime, host: str, now: datetime) -> int | None:
    """Claim the moment *due_at* for this process; return the id of its backup, or None if another claimed it."""
    statement = insert(connection, backups).values(due_at=due_at, host=host, created_at=now)
    row = connection.execute(statement.on_conflict_do_nothing().returning(backups.c.id)).one_or_none()
    if row is None:
        return None
    connection.execute(delete(backups).where(backups.c.id <= row.id - _MOST_ROWS))
    return int(row.id)


def finish(
    connection: Connection, number: int, now: datetime, *, file: str, size_bytes: int, error: str | None
) -> None:
    """Record how the backup with the id *number* ended."""
    values = {"finished_at": now, "file": file, "size_bytes": size_bytes, "error": error}
    connection.execute(update(backups).where(backups.c.id == number).values(values))


def last(connection: Connection, *, successful: bool = False) -> Outcome | None:
    """The outcome of the last backup that ended; or of the last one that is verified, if *successful*."""
    query = select(backups).where(backups.c.finished_at.is_not(None))
    if successful:
        query = query.where(backups.c.error.is_(None))
    row = connection.execute(query.order_by(backups.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Outcome(due_at=row.due_at, finished_at=row.finished_at, error=row.error)
