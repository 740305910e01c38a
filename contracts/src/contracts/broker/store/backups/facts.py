"""What a database contains, so that a backup can be compared with it. It reads the tables of every release."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, select

from contracts.broker.store import migrations
from contracts.broker.store.backups.errors import BackupError
from contracts.broker.store.tables import pact_publications, pact_versions, pacticipants, versions


Progress = Callable[[str, int, int], None]
"""Called with a part of the work, how much of it is done, and its total."""

_MOST_DIFFERENCES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The revision of the tables, the number of rows of each, and the newest pact; None without pacts."""

    revision: str
    rows: Mapping[str, int]
    newest_pact: str | None

    @property
    def has_data(self) -> bool:
        """Whether any table has rows, other than the one with the revision."""
        return any(count for name, count in self.rows.items() if name != "alembic_version")


def read(connection: Connection, what: str, on_progress: Progress) -> Facts:
    """Return what the database of *connection* contains; *what* names the work to *on_progress*.

    Raises:
        BackupError: if it is not a broker's database, or its newest pact cannot be read.
    """
    names = sorted(inspect(connection).get_table_names())
    if "alembic_version" not in names or pact_publications.name not in names:
        raise BackupError("It is not a database of the broker: it has other tables")
    rows = {}
    for done, name in enumerate(names):
        on_progress(what, done, len(names))
        quoted = connection.dialect.identifier_preparer.quote(name)
        rows[name] = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted}").scalar_one()  # noqa: S608
    revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    return Facts(revision=", ".join(revisions), rows=rows, newest_pact=_newest_pact(connection))


def require_equal(expected: Facts, restored: Facts) -> None:
    """Refuse a restored database that differs from the *expected* contents.

    Raises:
        BackupError: with the first differences.
    """
    lines = [
        f"the table {name} has {restored.rows.get(name, 0):,} rows instead of {expected.rows.get(name, 0):,}"
        for name in sorted({*expected.rows, *restored.rows})
        if expected.rows.get(name) != restored.rows.get(name)
    ]
    if restored.revision != expected.revision:
        lines.append(f"its revision is {restored.revision} instead of {expected.revision}")
    if restored.newest_pact != expected.newest_pact:
        lines.append(f"its newest pact is {restored.newest_pact} instead of {expected.newest_pact}")
    if lines:
        raise BackupError(
            f"The restored database differs from the one that was backed up: {'; '.join(lines[:_MOST_DIFFERENCES])}. "
            "Do not use this backup, and report this as a bug"
        )


def require_known(revision: str) -> None:
    """Refuse a backup whose tables have a *revision* that this version cannot upgrade: no broker would start on it.

    Raises:
        BackupError: with what to install.
    """
    if revision not in {each.name.partition("_")[0] for each in (migrations.SCRIPTS / "versions").glob("*.py")}:
        raise BackupError(
            f"A newer version of contracts made this backup: its tables have revision {revision}, and this version "
            f"knows revisions up to {migrations.HEAD}. Install that version, or a newer one"
        )


def _newest_pact(connection: Connection) -> str | None:
    """The newest pact in words; its content must be a JSON document."""
    consumers, providers = pacticipants.alias(), pacticipants.alias()
    query = (
        select(consumers.c.name, versions.c.number, providers.c.name, pact_versions.c.sha, pact_versions.c.content)
        .select_from(pact_publications)
        .join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
        .join(versions, versions.c.id == pact_publications.c.consumer_version_id)
        .join(consumers, consumers.c.id == pact_publications.c.consumer_id)
        .join(providers, providers.c.id == pact_publications.c.provider_id)
        .order_by(pact_publications.c.id.desc())
        .limit(1)
    )
    newest = connection.execute(query).one_or_none()
    if newest is None:
        return None
    consumer, number, provider, sha, content = newest
    name = f"{consumer} {number} with {provider} ({sha[:8]})"
    try:
        json.loads(content)
    except ValueError as error:
        raise BackupError(f"The newest pact, {name}, cannot be read ({error}): the database is damaged") from error
    return name
