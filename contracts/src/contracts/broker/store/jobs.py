"""The transitions of verification jobs in SQL: one job for each content and provider version.

A job is deleted with its content and its provider version. Every transition is one statement that names the states it
starts from, so that a repeated one, or one of another process, changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    update,
)

from contracts.broker.store import upserts
from contracts.broker.store.job_lists import in_states, is_idle
from contracts.broker.store.membership import among
from contracts.broker.store.tables import UtcDateTime, verification_jobs, versions
from contracts.model.jobs import JobState, Need


_SETTLED = (JobState.DONE, JobState.UNWANTED, JobState.DEAD)


def require(connection: Connection, needs: Sequence[tuple[str, Need]], now: datetime) -> None:
    """Record *needs*, each with the uuid of a new job; a job that exists is reopened if it is settled.

    A provider version that was removed at the same time gets no job.
    """
    rows = [
        {
            "uuid": uuid,
            "consumer_id": need.consumer_id,
            "provider_id": need.provider_id,
            "pact_version_id": need.pact_version_id,
            "consumer_version_id": need.consumer_version_id,
            "reasons": list(need.reasons),
            "base_url": need.base_url,
            "delivery_uuid": need.delivery_uuid,
            "deadline": need.deadline,
            "now": now,
            "version": need.provider_version_id,
        }
        # in the same order by every writer, to prevent deadlocks
        for uuid, need in sorted(needs, key=lambda each: (each[1].pact_version_id, each[1].provider_version_id))
    ]
    connection.execute(_required(connection.dialect.name), rows)


def dispatched(connection: Connection, delivery_uuid: str, now: datetime, deadline: datetime) -> None:
    """Record that the request of the job with this delivery was sent; a result is expected before *deadline*.

    A build that is faster than this record has started the job already.
    """
    _attempted(connection, delivery_uuid, now, JobState.DISPATCHED, deadline)


def not_dispatched(connection: Connection, delivery_uuid: str, now: datetime) -> None:
    """Record that the request of the job with this delivery could not be sent; the job is looked at at once."""
    _attempted(connection, delivery_uuid, now, JobState.LOST, now)


def started(
    connection: Connection,
    pact_version_ids: Collection[int],
    provider_version_id: int,
    build_url: str | None,
    now: datetime,
    deadline: datetime,
) -> None:
    """Record that a build of this provider version requested these contents; results are expected before *deadline*.

    The first report of a request extends its lease; later ones only add the missing URL of the build.
    """
    open_jobs = and_(
        among(verification_jobs.c.pact_version_id, pact_version_ids),
        verification_jobs.c.provider_version_id == provider_version_id,
    )
    _lock(connection, open_jobs)
    extended = {"state": JobState.STARTED, "deadline": deadline, "started_at": now, "build_url": build_url}
    _change(
        connection, and_(open_jobs, in_states(JobState.NEEDED, JobState.DISPATCHED, JobState.LOST)), now, **extended
    )
    if build_url is not None:
        unnamed = and_(open_jobs, in_states(JobState.STARTED), verification_jobs.c.build_url.is_(None))
        _change(connection, unnamed, now, build_url=build_url)


def done(connection: Connection, pact_version_id: int, provider_version_id: int, now: datetime) -> None:
    """Record that a result of this content and provider version arrived."""
    job = and_(
        verification_jobs.c.pact_version_id == pact_version_id,
        verification_jobs.c.provider_version_id == provider_version_id,
        ~in_states(JobState.DONE),
    )
    _change(connection, job, now, state=JobState.DONE, deadline=None)


def settle(connection: Connection, job_ids: Collection[int], state: JobState, now: datetime) -> None:
    """Give these jobs a *state* without a deadline."""
    _change(connection, among(verification_jobs.c.id, job_ids), now, state=state, deadline=None)


def settle_idle(connection: Connection, job_ids: Collection[int], state: JobState, now: datetime) -> None:
    """Give those of these jobs a *state* that still wait for nothing."""
    idle = and_(among(verification_jobs.c.id, job_ids), is_idle())
    _lock(connection, idle)
    _change(connection, idle, now, state=state, deadline=None)


def unstartable(connection: Connection, job_id: int, now: datetime) -> None:
    """Record that no webhook can request the verification of a job any more."""
    _change(
        connection,
        verification_jobs.c.id == job_id,
        now,
        state=JobState.NEEDED,
        deadline=None,
        delivery_uuid=None,
    )


def dispatch_again(connection: Connection, job_id: int, delivery_uuid: str, now: datetime) -> None:
    """Record that the job's request is in the outbox again, as this delivery."""
    _change(
        connection,
        verification_jobs.c.id == job_id,
        now,
        state=JobState.LOST,
        deadline=None,
        delivery_uuid=delivery_uuid,
        attempted_at=None,
        started_at=None,
        build_url=None,
    )


def restart(connection: Connection, job_id: int, delivery_uuid: str, now: datetime) -> None:
    """Record that the job starts again, with this delivery and without attempts."""
    _change(
        connection,
        verification_jobs.c.id == job_id,
        now,
        state=JobState.NEEDED,
        attempts=0,
        deadline=None,
        delivery_uuid=delivery_uuid,
        attempted_at=None,
        started_at=None,
        build_url=None,
    )


@cache
def _required(dialect: str) -> Insert:
    """Insert a job, or reopen a settled one; the provider version, if it still exists, is locked against removal."""
    job = verification_jobs.c
    names = (
        "uuid",
        "consumer_id",
        "provider_id",
        "pact_version_id",
        "consumer_version_id",
        "reasons",
        "base_url",
        "delivery_uuid",
        "deadline",
    )
    now: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime)
    values: dict[str, ColumnElement[Any]] = {
        **{name: bindparam(name, type_=job[name].type) for name in names},
        "provider_version_id": versions.c.id,
        "state": literal(JobState.NEEDED.value),
        "attempts": literal(0),
        "created_at": now,
        "updated_at": now,
    }
    existing = select(*values.values()).where(versions.c.id == bindparam("version", type_=versions.c.id.type))
    statement = upserts.insert(dialect, verification_jobs).from_select(
        list(values), existing.with_for_update(read=True, key_share=True)
    )
    replaced = (
        "consumer_version_id",
        "reasons",
        "state",
        "attempts",
        "deadline",
        "base_url",
        "delivery_uuid",
        "attempted_at",
        "started_at",
        "build_url",
        "updated_at",
    )
    return statement.on_conflict_do_update(
        index_elements=[job.pact_version_id, job.provider_version_id],
        set_={name: statement.excluded[name] for name in replaced},
        where=or_(
            in_states(*_SETTLED),
            and_(
                in_states(JobState.NEEDED),
                job.delivery_uuid.is_(None),
                or_(job.deadline.is_(None), statement.excluded.delivery_uuid.is_not(None)),
            ),
        ),
    )


def _lock(connection: Connection, which: ColumnElement[bool]) -> None:
    """Lock jobs until the transaction ends, in the order of `require`, so that writers of several cannot deadlock."""
    job = verification_jobs.c
    query = select(job.id).where(which).order_by(job.pact_version_id, job.provider_version_id)
    connection.execute(query.with_for_update())


def _attempted(connection: Connection, delivery_uuid: str, now: datetime, state: JobState, deadline: datetime) -> None:
    """Record the first end of a delivery: its job gets *state* and *deadline*, unless a build has started."""
    job = verification_jobs.c
    requested = and_(
        job.delivery_uuid == delivery_uuid,
        job.attempted_at.is_(None),
        in_states(JobState.NEEDED, JobState.LOST, JobState.STARTED),
    )
    running = in_states(JobState.STARTED)
    _change(
        connection,
        requested,
        now,
        state=case((running, job.state), else_=literal(state.value)),
        deadline=case((running, job.deadline), else_=literal(deadline, UtcDateTime)),
        attempts=job.attempts + 1,
        attempted_at=now,
    )


def _change(connection: Connection, which: ColumnElement[bool], now: datetime, **values: Any) -> None:
    connection.execute(update(verification_jobs).where(which).values(updated_at=now, **values))
