"""Verification jobs in SQL: finding and listing them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from contracts.broker.store.membership import among
from contracts.broker.store.pact_rows import consumers, providers
from contracts.broker.store.tables import pact_publications, pact_versions, pacticipants, verification_jobs, versions
from contracts.model.errors import NotFound
from contracts.model.jobs import Job, JobState


_consumer_versions = versions.alias("consumer_versions")
_provider_versions = versions.alias("provider_versions")


def in_states(*states: JobState) -> ColumnElement[bool]:
    """The condition that a job is in one of *states*."""
    # not a list: SQLAlchemy cannot expand one when it inserts several rows
    return or_(*(verification_jobs.c.state == each for each in states))


def next_deadline(connection: Connection) -> datetime | None:
    """The earliest deadline of all jobs; None without any."""
    query = select(verification_jobs.c.deadline).where(verification_jobs.c.deadline.is_not(None))
    deadline: datetime | None = connection.scalar(query.order_by(verification_jobs.c.deadline).limit(1))
    return deadline


def expired(connection: Connection, now: datetime, limit: int) -> list[Job]:
    """Up to *limit* jobs whose deadline has passed, locked until the transaction ends; not those of other processes."""
    ids = connection.scalars(
        select(verification_jobs.c.id)
        .where(verification_jobs.c.deadline <= now)
        .order_by(verification_jobs.c.deadline, verification_jobs.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    rows = connection.execute(_jobs().where(among(verification_jobs.c.id, ids)).order_by(verification_jobs.c.id))
    return [_job(row) for row in rows] if ids else []


def lock(connection: Connection, uuid: str) -> Job:
    """The job with this *uuid*, locked until the transaction ends.

    Raises:
        NotFound: if it does not exist.
    """
    connection.execute(select(verification_jobs.c.id).where(verification_jobs.c.uuid == uuid).with_for_update())
    return find(connection, uuid)


def is_idle() -> ColumnElement[bool]:
    """The condition that nothing is done about a job unless someone acts."""
    job = verification_jobs.c
    unrequested = and_(in_states(JobState.NEEDED), job.delivery_uuid.is_(None), job.deadline.is_(None))
    return or_(unrequested, in_states(JobState.DEAD))


def startable(connection: Connection, pairs: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of *pairs*, each a content and a provider version, whose job waits for a build."""
    job = verification_jobs.c
    query = select(job.pact_version_id, job.provider_version_id).where(
        among(job.pact_version_id, {content for content, _ in pairs}),
        in_states(JobState.NEEDED, JobState.DISPATCHED, JobState.LOST),
    )
    return [(content, version) for content, version in connection.execute(query) if (content, version) in pairs]


def find(connection: Connection, uuid: str) -> Job:
    """The job with this *uuid*.

    Raises:
        NotFound: if it does not exist.
    """
    if (row := connection.execute(_jobs().where(verification_jobs.c.uuid == uuid)).one_or_none()) is None:
        raise NotFound(f"There is no verification job with the uuid '{uuid}'")
    return _job(row)


def search(
    connection: Connection,
    *,
    pacticipant: str | None = None,
    version: str | None = None,
    state: JobState | None = None,
    limit: int,
    offset: int,
) -> list[Job]:
    """Jobs of a *pacticipant*, or of its *version*, as consumer or provider, in a *state*; the newest first."""
    query = _jobs().where(*_conditions(pacticipant, version, state)).order_by(verification_jobs.c.id.desc())
    return [_job(row) for row in connection.execute(query.limit(limit).offset(offset))]


def of_pacts(connection: Connection, pact_ids: Collection[int]) -> list[tuple[int, Job]]:
    """The jobs without a result of these published pacts, each with the pact's id; in order of the jobs."""
    query = (
        _jobs()
        .add_columns(pact_publications.c.id.label("pact_id"))
        .join(pact_publications, pact_publications.c.pact_version_id == verification_jobs.c.pact_version_id)
        .where(among(pact_publications.c.id, pact_ids), ~in_states(JobState.DONE))
        .order_by(verification_jobs.c.id)
    )
    return [(row.pact_id, _job(row)) for row in connection.execute(query)]


def count(
    connection: Connection,
    *,
    pacticipant: str | None = None,
    version: str | None = None,
    state: JobState | None = None,
) -> int:
    """The number of jobs that `search` returns without a limit."""
    query = select(func.count()).select_from(verification_jobs).where(*_conditions(pacticipant, version, state))
    return connection.execute(query).scalar_one()


def count_by_state(
    connection: Connection, *, pacticipant: str | None = None, version: str | None = None
) -> dict[JobState, int]:
    """The number of jobs that `search` returns for each state that has any."""
    query = select(verification_jobs.c.state, func.count()).where(*_conditions(pacticipant, version, None))
    rows = connection.execute(query.group_by(verification_jobs.c.state))
    return {JobState(state): number for state, number in rows}


def _conditions(pacticipant: str | None, version: str | None, state: JobState | None) -> list[ColumnElement[bool]]:
    job = verification_jobs.c
    conditions = []
    if pacticipant is not None:
        owner = select(pacticipants.c.id).where(pacticipants.c.name == pacticipant).scalar_subquery()
        conditions.append(or_(job.consumer_id == owner, job.provider_id == owner))
        if version is not None:
            numbered = select(versions.c.id).where(versions.c.pacticipant_id == owner, versions.c.number == version)
            version_id = numbered.scalar_subquery()
            conditions.append(or_(job.consumer_version_id == version_id, job.provider_version_id == version_id))
    if state is not None:
        conditions.append(in_states(state))
    return conditions


def _jobs() -> Select[*tuple[Any, ...]]:
    job = verification_jobs.c
    return (
        select(
            verification_jobs,
            consumers.c.name.label("consumer"),
            providers.c.name.label("provider"),
            _consumer_versions.c.number.label("consumer_version"),
            _provider_versions.c.number.label("provider_version"),
            pact_versions.c.sha,
        )
        .join(consumers, consumers.c.id == job.consumer_id)
        .join(providers, providers.c.id == job.provider_id)
        .join(pact_versions, pact_versions.c.id == job.pact_version_id)
        .join(_provider_versions, _provider_versions.c.id == job.provider_version_id)
        .outerjoin(_consumer_versions, _consumer_versions.c.id == job.consumer_version_id)
    )


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=row.id,
        uuid=row.uuid,
        consumer=row.consumer,
        consumer_id=row.consumer_id,
        provider=row.provider,
        provider_id=row.provider_id,
        consumer_version=row.consumer_version,
        provider_version=row.provider_version,
        provider_version_id=row.provider_version_id,
        pact_version_id=row.pact_version_id,
        sha=row.sha,
        reasons=tuple(row.reasons),
        state=JobState(row.state),
        attempts=row.attempts,
        deadline=row.deadline,
        base_url=row.base_url,
        delivery_uuid=row.delivery_uuid,
        attempted_at=row.attempted_at,
        started_at=row.started_at,
        build_url=row.build_url,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
