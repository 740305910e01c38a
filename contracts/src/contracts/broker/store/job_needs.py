"""The needs of verification jobs in SQL: what a provider version lacks, and which jobs are still needed.

A provider version is in use if it is the head of the main branch, deployed or released. A content is current if a
version that published it has no later pact with the provider on a branch, is the head of a tag or of the pair, or is
deployed or released.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, exists, func, or_, select, union

from contracts.broker.store.job_lists import in_states, is_idle
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    integrations,
    pact_publications,
    pacticipants,
    released_versions,
    tag_heads,
    verification_jobs,
    verifications,
)
from contracts.model.jobs import JobState


class Lacking(NamedTuple):
    """A content without a result, and the latest of its consumer versions that is current."""

    consumer_id: int
    pact_version_id: int
    consumer_version_id: int


def lacking(connection: Connection, provider_id: int, version_id: int) -> list[Lacking]:
    """The contents that a provider's version has not verified: of heads of main branches, and of what is in use."""
    rows = connection.execute(_lacking(), {"provider_id": provider_id, "version_id": version_id})
    return [Lacking(*row) for row in rows]


def needed(connection: Connection, job_ids: Collection[int]) -> frozenset[int]:
    """Those of these jobs whose provider version is in use, and whose content is current and has no result."""
    job = verification_jobs.c
    query = select(job.id).where(among(job.id, job_ids), *_needed(), ~_verified(job.provider_version_id))
    return frozenset(connection.scalars(query))


def idle(connection: Connection, state: JobState, after: int, limit: int) -> list[tuple[int, bool]]:
    """The next *limit* jobs in *state* that wait for nothing, after the id *after*, and whether each is needed."""
    job = verification_jobs.c
    page = select(job.id).where(in_states(state), is_idle(), job.id > after).order_by(job.id).limit(limit).cte("page")
    is_needed = case((and_(*_needed()), 1), else_=0)
    query = select(page.c.id, is_needed).join(verification_jobs, job.id == page.c.id).order_by(page.c.id)
    return [(job_id, bool(flag)) for job_id, flag in connection.execute(query)]


@cache
def _lacking() -> Select[*tuple[Any, ...]]:
    integrated = select(integrations.c.consumer_id).where(integrations.c.provider_id == bindparam("provider_id"))
    current = union(
        select(func.coalesce(branches.c.head_version_id, tag_heads.c.version_id).label("version_id"))
        .select_from(pacticipants)
        .outerjoin(branches, _is_main(branches))
        .outerjoin(tag_heads, _is_main(tag_heads))
        .where(pacticipants.c.id.in_(integrated)),
        *(
            select(table.c.version_id).where(table.c.pacticipant_id.in_(integrated), condition)
            for table, condition in _places()
        ),
    ).cte("current")
    pact = pact_publications.c
    result = select(verifications.c.id).where(
        verifications.c.pact_version_id == pact.pact_version_id,
        verifications.c.provider_version_id == bindparam("version_id"),
        verifications.c.latest,
    )
    return (
        select(pact.consumer_id, pact.pact_version_id, func.max(pact.consumer_version_id))
        .join(current, current.c.version_id == pact.consumer_version_id)
        .where(pact.provider_id == bindparam("provider_id"), pact.latest, ~result.exists())
        .group_by(pact.consumer_id, pact.pact_version_id)
        .order_by(pact.pact_version_id)
    )


def _needed() -> list[ColumnElement[bool]]:
    """The conditions that a job's provider version is in use, and its content current."""
    job = verification_jobs.c
    content = exists().where(
        pact_publications.c.pact_version_id == job.pact_version_id,
        pact_publications.c.latest,
        _is_current(pact_publications.c.consumer_version_id),
    )
    return [or_(_is_main_head(job.provider_version_id), *_is_placed(job.provider_version_id)), content]


def _verified(version_id: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        verifications.c.pact_version_id == verification_jobs.c.pact_version_id,
        verifications.c.provider_version_id == version_id,
        verifications.c.latest,
    )


def _is_main_head(version_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the version is the head of its main branch; without such a branch, of the tag of that name."""
    on_branch = exists().where(
        branches.c.head_version_id == version_id,
        pacticipants.c.id == branches.c.pacticipant_id,
        pacticipants.c.main_branch == branches.c.name,
    )
    main = branches.alias("main")
    other = exists().where(main.c.pacticipant_id == pacticipants.c.id, main.c.name == pacticipants.c.main_branch)
    by_tag = exists().where(
        tag_heads.c.version_id == version_id,
        pacticipants.c.id == tag_heads.c.pacticipant_id,
        pacticipants.c.main_branch == tag_heads.c.name,
        ~other.where(main.c.head_version_id.is_not(None)),
    )
    return or_(on_branch, by_tag)


def _is_current(version_id: ColumnElement[int]) -> ColumnElement[bool]:
    later = pact_publications.alias("later")
    later_version = branch_versions.alias("later_version")
    superseded = exists().where(
        later_version.c.branch_id == branch_versions.c.branch_id,
        later_version.c.version_id > branch_versions.c.version_id,
        later.c.consumer_version_id == later_version.c.version_id,
        later.c.provider_id == pact_publications.c.provider_id,
        later.c.latest,
    )
    return or_(
        exists().where(branch_versions.c.version_id == version_id, ~superseded),
        exists().where(
            integrations.c.head_version_id == version_id, integrations.c.provider_id == pact_publications.c.provider_id
        ),
        exists().where(tag_heads.c.version_id == version_id),
        *_is_placed(version_id),
    )


def _is_placed(version_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    return [exists().where(table.c.version_id == version_id, condition) for table, condition in _places()]


def _places() -> list[tuple[Any, ColumnElement[bool]]]:
    return [(deployed_versions, currently_deployed()), (released_versions, currently_supported())]


def _is_main(table: Any) -> ColumnElement[bool]:
    """The condition that a row of `branches` or `tag_heads` is the main branch of the application."""
    return and_(table.c.pacticipant_id == pacticipants.c.id, table.c.name == pacticipants.c.main_branch)
