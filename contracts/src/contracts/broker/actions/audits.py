"""The audit log: record refusals, remove old entries, verify the chain."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from contracts.broker.runtime import Runtime
from contracts.broker.store import audit, audit_trail
from contracts.broker.store.database import Database
from contracts.model import audit as model
from contracts.model.audit import Act, Kind, Mark, Verified
from contracts.model.errors import Unavailable


log = logging.getLogger(__name__)

BATCH = 1_000  # entries; some ten milliseconds


def of_system(task: str, now: datetime, names: Mapping[str, str]) -> Act:
    """Return the act of a *task* of the broker itself."""
    return Act(kind=Kind.SYSTEM, at=now, subject=f"system:{task}", actor="the broker", resource=task, names=names)


def of_command(command: str, names: Mapping[str, str]) -> Act:
    """Return the act of a *command* that opens the database, with the name of its user on this machine."""
    user = _user()
    return Act(
        kind=Kind.COMMAND,
        at=datetime.now(UTC),
        subject=f"command:{user}",
        actor=user,
        resource=f"contracts {command}",
        names=names,
    )


@contextmanager
def recording(runtime: Runtime, task: str, names: Mapping[str, str]) -> Iterator[None]:
    """Record the *task* with the first transaction of the block: as the command that carries it out, if one does.

    *names* say what it is about, for example how much it will remove.
    """
    if audit_trail.current() is not None:
        audit_trail.note(**names)
        yield
        return
    with audit_trail.recording(of_system(task, runtime.now(), names)):
        yield


def record_refusals(runtime: Runtime, refusals: Sequence[Act]) -> None:
    """Add these *refusals*; while the database is unavailable, the log of the process has them instead."""
    try:
        with runtime.database.writing() as connection:
            for each in refusals:
                audit_trail.add(connection, each)
    except Unavailable as error:
        for each in refusals:
            log.warning("The audit log lacks a refusal, %s: %s", error.reason, each.content())


def record_due(runtime: Runtime) -> None:
    """Record the counts of refusals whose window has ended."""
    if due := runtime.refusals.due(runtime.now()):
        record_refusals(runtime, due)


def record_all(runtime: Runtime) -> None:
    """Record the counts of refusals before the process ends."""
    if rest := runtime.refusals.take():
        record_refusals(runtime, rest)


def remove_old(runtime: Runtime) -> int:
    """Remove the entries that are older than the setting permits, and return their number.

    The removal is an entry itself.
    """
    days = runtime.settings.audit_max_age
    if not days:
        return 0
    removed, count = 0, BATCH
    now = runtime.now()
    while count == BATCH:
        with runtime.database.writing() as connection:
            count = audit.remove_before(connection, now - timedelta(days=days), BATCH)
            if count:
                anchor = audit.anchor(connection)
                names = {"entries": str(count), "anchor": str(anchor)}
                audit_trail.add(connection, of_system("audit-retention", now, names))
        removed += count
    return removed


def verify(database: Database, expected: Mark | None = None) -> Verified:
    """Check the whole chain; see `contracts.model.audit.verify`."""
    with database.reading() as connection:
        verified = model.verify(audit.every(connection), audit.anchor(connection), expected)
        newest = audit.last_number(connection)
    if not verified.problem and newest > verified.last.number:
        problem = f"entry {verified.last.number + 1} is missing: the last one that was added was {newest}"
        return Verified(count=verified.count, last=verified.last, problem=problem)
    return verified


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"
