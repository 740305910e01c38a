"""Find the verification jobs of rows without a result."""

from __future__ import annotations

from contracts.broker.actions import expect
from contracts.broker.actions.decide import Answer
from contracts.broker.store import job_lists
from contracts.broker.store.database import Connection
from contracts.model.jobs import Job
from contracts.model.matrix_rows import Row


MOST_ROWS = 1_000  # the rows after them show no job


def of_rows(connection: Connection, answer: Answer) -> dict[tuple[int, int | None], Job]:
    """The jobs of the rows of *answer* without a result, by `key`: of the latest provider version that counts.

    A job that may still bring a result comes before one that cannot. One statement if a result is missing.
    """
    rows = [row for row in (*answer.rows, *answer.ignored_rows) if row.success is None][:MOST_ROWS]
    if not rows:
        return {}
    counted = expect.counted_versions(answer)
    jobs_by_pact: dict[int, list[Job]] = {}
    for pact_id, job in job_lists.of_pacts(connection, {row.pact_id for row in rows}):
        jobs_by_pact.setdefault(pact_id, []).append(job)
    jobs: dict[tuple[int, int | None], Job] = {}
    for row in rows:
        of_row = [
            each for each in jobs_by_pact.get(row.pact_id, ()) if expect.counts(row, each.provider_version_id, counted)
        ]
        if of_row:
            jobs[key(row)] = max(of_row, key=lambda each: (each.result_expected, each.provider_version_id))
    return jobs


def key(row: Row) -> tuple[int, int | None]:
    """Return the key of a row without a result: its pact, and the provider version whose result is missing."""
    return row.pact_id, row.awaited.id if row.awaited is not None else None
