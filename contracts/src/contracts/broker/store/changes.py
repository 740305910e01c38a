"""Changes that can concern a verdict, also those of other processes: one statement for each look.

Rows are generated in the order of their ids, but PostgreSQL may commit them in another order. So each look also reads
the last ids before the newest one, and skips those that it has seen.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, Table, bindparam, func, literal_column, select, union_all

from contracts.broker.store import expected_results
from contracts.broker.store.database import Database
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    deployed_versions,
    pact_publications,
    released_versions,
    verification_jobs,
    verifications,
)
from contracts.model.waiting import Changes, Subject


_PAIRS = (verifications, pact_publications, verification_jobs)
_SINGLE = (deployed_versions, released_versions)
_TABLES: tuple[Table, ...] = (*_PAIRS, *_SINGLE)
_MOST_ROWS = 1_000  # of each table; the next look continues
_OVERTAKEN = 64  # ids before the newest one, of which a row may be committed later
_NOTHING = frozenset[int]()


class ChangeReader:
    """Looks for changes in *database* since the last look; one look at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._overtaken = 0 if database.sqlite else _OVERTAKEN  # SQLite has one writer
        self._newest: dict[str, int] = {}
        self._seen: dict[str, frozenset[int]] = {}

    def begin(self) -> None:
        """Start from the current state of the data.

        Raises:
            Unavailable: if the database cannot be read.
        """
        with self._database.reading() as connection:
            newest = connection.execute(select(*(select(func.max(each.c.id)).scalar_subquery() for each in _TABLES)))
            row = newest.one()
        self._newest = {table.name: row[index] or 0 for index, table in enumerate(_TABLES)}
        self._seen = {}
        self.read(())

    def read(self, job_ids: Collection[int]) -> Changes:
        """Return what changed since the last look, and which of *job_ids* still promise a result.

        Raises:
            Unavailable: if the database cannot be read.
        """
        with self._database.reading() as connection:
            floors = {name: newest - self._overtaken for name, newest in self._newest.items()}
            rows = connection.execute(_changes(), {**floors, "job_ids": list(job_ids)}).all()
        subjects: set[Subject] = set()
        ids: dict[str, set[int]] = {each.name: set() for each in _TABLES}
        for row in rows:
            if row.source and row.id not in self._seen.get(row.source, _NOTHING):
                subjects.add(frozenset({row.one, row.other}))
            if row.source:
                ids[row.source].add(row.id)
        self._advance(ids)
        expected = frozenset(row.id for row in rows if not row.source)
        return Changes(subjects=frozenset(subjects), expected_job_ids=expected)

    def _advance(self, ids: dict[str, set[int]]) -> None:
        for name, read in ids.items():
            newest = self._newest[name] = max(read, default=self._newest[name])
            self._seen[name] = frozenset(each for each in read if each > newest - self._overtaken)


@cache
def _changes() -> CompoundSelect[*tuple[Any, ...]]:
    """The rows after an id of each table, whose parameter is called like the table; then the jobs, without a source."""
    queries = [_rows_after(each) for each in _TABLES]
    job = verification_jobs.c
    expected = select(literal_column("''").label("source"), job.id, job.consumer_id, job.provider_id)
    queries.append(expected.where(among(job.id, "job_ids"), expected_results.is_expected()))
    return union_all(*queries)


def _rows_after(table: Table) -> Select[*tuple[Any, ...]]:
    names = ("consumer_id", "provider_id") if table in _PAIRS else ("pacticipant_id", "pacticipant_id")
    one, other = (table.c[name].label(label) for name, label in zip(names, ("one", "other"), strict=True))
    newer = table.c.id > bindparam(table.name, type_=table.c.id.type)
    query = select(literal_column(f"'{table.name}'").label("source"), table.c.id, one, other).where(newer)
    return select(query.order_by(table.c.id).limit(_MOST_ROWS).subquery(f"new_{table.name}"))
