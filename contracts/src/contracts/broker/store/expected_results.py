"""The results that verification jobs promise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from contracts.broker.store.database import Connection
from contracts.broker.store.membership import among
from contracts.broker.store.tables import pact_publications, verification_jobs
from contracts.model.jobs import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedResult:
    """The result of a provider version for a published pact that a job promises."""

    job_id: int
    pact_id: int
    provider_version_id: int


def is_expected() -> ColumnElement[bool]:
    """The condition that a result of a job is expected: `jobs.is_result_expected` in SQL."""
    job = verification_jobs.c
    requested = or_(*(job.state == each for each in (JobState.DISPATCHED, JobState.STARTED, JobState.LOST)))
    startable = or_(job.delivery_uuid.is_not(None), job.deadline.is_not(None))
    return or_(requested, and_(job.state == JobState.NEEDED, startable))


def of_pacts(connection: Connection, pact_ids: Collection[int]) -> list[ExpectedResult]:
    """The results that are expected for these published pacts."""
    job, pact = verification_jobs.c, pact_publications.c
    query = select(job.id, pact.id.label("pact_id"), job.provider_version_id)
    query = query.join(pact_publications, pact.pact_version_id == job.pact_version_id)
    rows = connection.execute(query.where(among(pact.id, pact_ids), is_expected()))
    return [
        ExpectedResult(job_id=row.id, pact_id=row.pact_id, provider_version_id=row.provider_version_id) for row in rows
    ]
