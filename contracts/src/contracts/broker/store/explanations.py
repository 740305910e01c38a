"""What explains the rows of a verdict, in SQL: other results, jobs, webhooks, and what failed.

Each function takes one statement, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, literal, select, union_all

from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    pact_publications,
    pact_versions,
    pacticipants,
    triggered_webhooks,
    verification_jobs,
    verifications,
    versions,
)
from contracts.model.jobs import JobState, is_result_expected


MOST_RESULTS = 50
"""The newest results of a content that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PactFacts:
    """The content of a publication: its id, and whether it has no interactions."""

    content_id: int
    is_empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherResult:
    """A result of a content, of any provider version, with its branches."""

    content_id: int
    number: str
    branches: tuple[str, ...]
    success: bool
    verified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentJob:
    """The job of a content and a provider version."""

    content_id: int
    number: str
    uuid: str
    state: str
    attempts: int
    result_expected: bool
    deadline: datetime | None
    requested_at: datetime
    started_at: datetime | None
    build_url: str | None
    delivery_uuid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook that a publication triggered."""

    publication_id: int
    uuid: str
    event: str
    status: str
    triggered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedResult:
    """The build of a result, and the test results that its verifier published."""

    build_url: str | None
    test_results: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesakes:
    """What resembles a version that does not exist: its application's newest numbers, and others with its number."""

    numbers: tuple[str, ...]
    owners: tuple[str, ...]


def pacts(connection: Connection, publication_ids: Collection[int]) -> dict[int, PactFacts]:
    """The contents of these publications, by publication."""
    content = pact_versions.c
    query = (
        select(
            pact_publications.c.id, content.id.label("content_id"), content.interactions_count, content.messages_count
        )
        .join(pact_versions, content.id == pact_publications.c.pact_version_id)
        .where(among(pact_publications.c.id, publication_ids))
    )
    return {
        row.id: PactFacts(content_id=row.content_id, is_empty=not row.interactions_count and not row.messages_count)
        for row in connection.execute(query)
    }


def other_results(connection: Connection, content_ids: Collection[int]) -> list[OtherResult]:
    """The newest results of these contents, of any provider version."""
    result = verifications.c
    newest = (
        select(
            result.pact_version_id,
            result.provider_version_id,
            result.success,
            result.executed_at,
            func.row_number().over(partition_by=result.pact_version_id, order_by=result.id.desc()).label("place"),
        )
        .where(among(result.pact_version_id, content_ids))
        .subquery()
    )
    query = (
        select(newest.c.pact_version_id, newest.c.success, newest.c.executed_at, versions.c.number, branches.c.name)
        .join(versions, versions.c.id == newest.c.provider_version_id)
        .outerjoin(branch_versions, branch_versions.c.version_id == versions.c.id)
        .outerjoin(branches, branches.c.id == branch_versions.c.branch_id)
        .where(newest.c.place <= MOST_RESULTS)
    )
    on_branches: dict[tuple[int, str, datetime, bool], list[str]] = {}
    for row in connection.execute(query):
        names = on_branches.setdefault((row.pact_version_id, row.number, row.executed_at, row.success), [])
        names += [row.name] if row.name is not None else []
    return [
        OtherResult(
            content_id=content_id,
            number=number,
            verified_at=verified_at,
            success=success,
            branches=tuple(sorted(set(names))),
        )
        for (content_id, number, verified_at, success), names in on_branches.items()
    ]


def jobs(connection: Connection, content_ids: Collection[int]) -> list[ContentJob]:
    """The jobs of these contents, of any provider version."""
    job = verification_jobs.c
    query = (
        select(verification_jobs, versions.c.number)
        .join(versions, versions.c.id == job.provider_version_id)
        .where(among(job.pact_version_id, content_ids))
        .order_by(job.id)
    )
    return [
        ContentJob(
            content_id=row.pact_version_id,
            number=row.number,
            uuid=row.uuid,
            state=row.state,
            attempts=row.attempts,
            result_expected=is_result_expected(JobState(row.state), row.delivery_uuid, row.deadline),
            deadline=row.deadline,
            requested_at=row.attempted_at or row.created_at,
            started_at=row.started_at,
            build_url=row.build_url,
            delivery_uuid=row.delivery_uuid,
        )
        for row in connection.execute(query)
    ]


def deliveries(connection: Connection, publication_ids: Collection[int]) -> list[Delivery]:
    """The webhooks that these publications triggered."""
    triggered = triggered_webhooks.c
    query = select(
        triggered.pact_publication_id, triggered.uuid, triggered.event_name, triggered.status, triggered.created_at
    ).where(among(triggered.pact_publication_id, publication_ids), triggered.verification_id.is_(None))
    return [
        Delivery(
            publication_id=row.pact_publication_id,
            uuid=row.uuid,
            event=row.event_name,
            status=row.status,
            triggered_at=row.created_at,
        )
        for row in connection.execute(query)
    ]


def failed_results(connection: Connection, result_ids: Collection[int]) -> dict[int, FailedResult]:
    """The builds and test results of these verification results."""
    result = verifications.c
    query = select(result.id, result.build_url, result.test_results).where(among(result.id, result_ids))
    return {
        row.id: FailedResult(build_url=row.build_url, test_results=row.test_results)
        for row in connection.execute(query)
    }


def namesakes(connection: Connection, pacticipant: str, number: str, limit: int) -> Namesakes:
    """What resembles this version, which does not exist: up to *limit* numbers, and as many applications."""
    owner = select(pacticipants.c.id).where(pacticipants.c.name == bindparam("name", type_=Text())).scalar_subquery()
    newest = (
        select(literal("number").label("kind"), versions.c.number.label("text"))
        .where(versions.c.pacticipant_id == owner)
        .order_by(versions.c.id.desc())
        .limit(limit)
        .subquery()
    )
    owners = (
        select(literal("owner").label("kind"), pacticipants.c.name.label("text"))
        .where(
            select(versions.c.id)
            .where(
                versions.c.pacticipant_id == pacticipants.c.id, versions.c.number == bindparam("number", type_=Text())
            )
            .correlate(pacticipants)
            .exists()
        )
        .limit(limit)
        .subquery()
    )
    query = union_all(select(newest), select(owners))
    texts: dict[str, list[str]] = {"number": [], "owner": []}
    for row in connection.execute(query, {"name": pacticipant, "number": number}):
        texts[row.kind].append(row.text)
    return Namesakes(
        numbers=tuple(texts["number"]), owners=tuple(each for each in texts["owner"] if each != pacticipant)
    )
