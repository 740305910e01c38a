"""The plan of a cleaning, as sets of ids, and the removal of each set in batches.

Source: Pact Broker protocol, data retention.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, null, or_, select, text, union_all

from contracts.broker.store import integrations, publications, removals
from contracts.broker.store.cleaning import kept_results, kept_versions
from contracts.broker.store.cleaning.kept_versions import GONE_BRANCHES, GONE_VERSIONS, RESULTS, VERSIONS
from contracts.broker.store.job_lists import in_states
from contracts.broker.store.membership import among
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    pact_publications,
    pacticipants,
    released_versions,
    triggered_webhooks,
    verification_jobs,
    verifications,
    versions,
    webhook_decisions,
)
from contracts.broker.store.tables import tags as tags_table
from contracts.model.cleaning import CleaningPlan, Edge, Share
from contracts.model.jobs import JobState


if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from contracts.model.cleaning import Rules
    from contracts.model.kept_selectors import KeptBranches

    Ids = Select[int]


_FINISHED = (JobState.DONE, JobState.UNWANTED)


def plan(connection: Connection, rules: Rules, now: datetime) -> CleaningPlan:
    """The plan of a cleaning by these *rules*; nothing changes."""
    if connection.dialect.name != "sqlite":
        # reading blocks no other writer, and takes longer the older the data is
        connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL plan_cache_mode = auto"))
    kept_versions.prepare(connection)
    connection.execute(GONE_BRANCHES.insert().from_select(["id"], _stale_branches(rules, now)))
    kept_versions.add_selected(connection, rules.versions, now)
    kept_results.add(connection, now - timedelta(days=rules.lookback_days))
    unkept = select(versions.c.id).where(kept_versions.none_of(versions.c.id, VERSIONS), versions.c.created_at <= now)
    connection.execute(GONE_VERSIONS.insert().from_select(["id"], unkept.order_by(versions.c.id).limit(rules.limit)))
    waiting = unkept.where(kept_versions.none_of(versions.c.id, GONE_VERSIONS)).subquery()
    before = now - timedelta(days=rules.overwritten_days)

    def ids(query: Ids) -> tuple[int, ...]:
        return tuple(connection.scalars(query.limit(rules.limit)))

    return CleaningPlan(
        made_at=now,
        shares=_shares(connection),
        waiting=connection.execute(select(func.count()).select_from(waiting)).scalar_one(),
        version_ids=tuple(connection.scalars(select(GONE_VERSIONS.c.id).order_by(GONE_VERSIONS.c.id))),
        branch_ids=tuple(connection.scalars(select(GONE_BRANCHES.c.id).order_by(GONE_BRANCHES.c.id))),
        publication_ids=ids(_overwritten_publications(before)),
        verification_ids=ids(_overwritten_verifications(before)),
        triggered_webhook_ids=ids(_finished_webhooks(before)),
        verification_job_ids=ids(_finished_jobs(before)),
        webhook_decision_ids=tuple(connection.scalars(_decisions(now - timedelta(days=rules.decision_days)))),
    )


def remove_versions(connection: Connection, ids: Collection[int], since: datetime) -> int:
    """Remove those of these versions that were not used *since*, with everything of theirs; return their number."""
    removals.lock(connection, ids)
    free = set(ids) - set(connection.scalars(_used(ids, since)))
    if free:
        removals.remove(connection, free)
    return len(free)


def remove_branches(connection: Connection, ids: Collection[int], since: datetime) -> int:
    """Remove those of these branches that were not used *since*; their versions stay."""
    unused = delete(branches).where(among(branches.c.id, ids), branches.c.updated_at <= since)
    return len(connection.scalars(unused.returning(branches.c.id)).all())


def remove_publications(connection: Connection, ids: Collection[int]) -> int:
    """Remove these overwritten publications, with contents that have no other publication."""
    overwritten = (among(pact_publications.c.id, ids), ~pact_publications.c.latest)
    replaced = connection.scalars(select(pact_publications.c.pact_version_id).where(*overwritten)).all()
    integrations.lock_of_contents(connection, set(replaced))
    statement = delete(pact_publications).where(*overwritten)
    contents = connection.scalars(statement.returning(pact_publications.c.pact_version_id)).all()
    publications.remove_unused(connection, set(contents))
    return len(contents)


def remove_verifications(connection: Connection, ids: Collection[int]) -> int:
    """Remove these overwritten results."""
    statement = delete(verifications).where(among(verifications.c.id, ids), ~verifications.c.latest)
    return len(connection.scalars(statement.returning(verifications.c.id)).all())


def remove_triggered_webhooks(connection: Connection, ids: Collection[int]) -> int:
    """Remove these finished deliveries of webhooks."""
    finished = delete(triggered_webhooks).where(
        among(triggered_webhooks.c.id, ids), triggered_webhooks.c.next_attempt_at.is_(None)
    )
    return len(connection.scalars(finished.returning(triggered_webhooks.c.id)).all())


def remove_webhook_decisions(connection: Connection, ids: Collection[int]) -> int:
    """Remove these records of decisions about webhooks."""
    statement = delete(webhook_decisions).where(among(webhook_decisions.c.id, ids))
    return len(connection.scalars(statement.returning(webhook_decisions.c.id)).all())


def remove_verification_jobs(connection: Connection, ids: Collection[int]) -> int:
    """Remove those of these verification jobs that are still finished."""
    job = verification_jobs.c
    statement = delete(verification_jobs).where(among(job.id, ids), in_states(*_FINISHED))
    return len(connection.scalars(statement.returning(job.id)).all())


def _stale_branches(rules: Rules, now: datetime) -> Ids:
    """The branches that are not kept: never a main branch, nor a possible one of an application without one."""
    main = func.coalesce(pacticipants.c.main_branch, "")
    candidates = and_(pacticipants.c.main_branch.is_(None), among(branches.c.name, rules.main_branches))
    selected = [_branches(each, now) for each in rules.branches]
    query = select(branches.c.id).join(pacticipants, pacticipants.c.id == branches.c.pacticipant_id)
    if not selected:  # no branch would be kept: this switches the removal of branches off
        return query.where(branches.c.id.is_(None))
    return query.where(~or_(branches.c.name == main, candidates, *selected)).order_by(branches.c.id).limit(rules.limit)


def _branches(selector: KeptBranches, now: datetime) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [branches.c.id.is_not(None)]
    if selector.names:
        conditions.append(among(branches.c.name, selector.names))
    if selector.max_age is not None:
        conditions.append(branches.c.updated_at >= now - timedelta(days=selector.max_age))
    return and_(*conditions)


def _shares(connection: Connection) -> tuple[Share, ...]:
    """The numbers of versions of each application, by name: kept for each reason, and removed."""
    fates = union_all(
        select(VERSIONS.c.id, VERSIONS.c.reason),
        select(GONE_VERSIONS.c.id, null()),
    ).subquery()
    shares = (
        select(
            versions.c.pacticipant_id,
            fates.c.reason,
            func.count().label("size"),
            func.min(versions.c.id).label("oldest_id"),
            func.max(versions.c.id).label("newest_id"),
        )
        .join(fates, fates.c.id == versions.c.id)
        .group_by(versions.c.pacticipant_id, fates.c.reason)
        .subquery()
    )
    oldest, newest = versions.alias("oldest"), versions.alias("newest")
    query = (
        select(
            pacticipants.c.name,
            shares.c.reason,
            shares.c.size,
            oldest.c.number.label("oldest_number"),
            oldest.c.created_at.label("oldest_created_at"),
            newest.c.number.label("newest_number"),
            newest.c.created_at.label("newest_created_at"),
        )
        .select_from(shares)
        .join(pacticipants, pacticipants.c.id == shares.c.pacticipant_id)
        .join(oldest, oldest.c.id == shares.c.oldest_id)
        .join(newest, newest.c.id == shares.c.newest_id)
        .order_by(pacticipants.c.name, shares.c.reason.is_(None), shares.c.oldest_id)
    )
    return tuple(
        Share(
            pacticipant=row.name,
            reason=row.reason,
            count=row.size,
            oldest=Edge(number=row.oldest_number, created_at=row.oldest_created_at),
            newest=Edge(number=row.newest_number, created_at=row.newest_created_at),
        )
        for row in connection.execute(query)
    )


def _overwritten_publications(before: datetime) -> Ids:
    table = pact_publications
    return (
        select(table.c.id)
        .where(
            ~table.c.latest,
            table.c.created_at < before,
            kept_versions.none_of(table.c.consumer_version_id, GONE_VERSIONS),
        )
        .order_by(table.c.id)
    )


def _overwritten_verifications(before: datetime) -> Ids:
    table = verifications
    return (
        select(table.c.id)
        .where(
            ~table.c.latest,
            table.c.created_at < before,
            kept_versions.none_of(table.c.provider_version_id, GONE_VERSIONS),
            kept_versions.none_of(table.c.id, RESULTS),
        )
        .order_by(table.c.id)
    )


def _finished_webhooks(before: datetime) -> Ids:
    """Finished deliveries, except the last of each webhook, event and pair, and those that a job may repeat."""
    table = triggered_webhooks
    job = verification_jobs.c
    repeated = select(job.id).where(job.delivery_uuid == table.c.uuid, ~in_states(*_FINISHED))
    last = select(func.max(table.c.id)).group_by(
        table.c.webhook_uuid, table.c.event_name, table.c.consumer_id, table.c.provider_id
    )
    return (
        select(table.c.id)
        .where(
            table.c.next_attempt_at.is_(None), table.c.created_at < before, table.c.id.not_in(last), ~repeated.exists()
        )
        .order_by(table.c.id)
    )


def _finished_jobs(before: datetime) -> Ids:
    """Jobs that have a result, or whose result nobody needs."""
    job = verification_jobs.c
    return select(job.id).where(in_states(*_FINISHED), job.updated_at < before).order_by(job.id)


def _decisions(before: datetime) -> Ids:
    """Every old record: there is one for each event, and its removal changes no other data."""
    table = webhook_decisions
    return select(table.c.id).where(table.c.created_at < before).order_by(table.c.created_at)


def _used(ids: Collection[int], since: datetime) -> Select[int]:
    """Those of these versions that have got a reason to be kept *since*."""
    deployed, released = deployed_versions, released_versions
    new = [
        select(column.label("id")).where(among(column, ids), table.c.created_at > since)
        for table, column in (
            (pact_publications, pact_publications.c.consumer_version_id),
            (verifications, verifications.c.provider_version_id),
            (tags_table, tags_table.c.version_id),
            (branch_versions, branch_versions.c.version_id),
        )
    ]
    in_use = union_all(
        *new,
        # their results decide about a content that was published again
        select(verifications.c.provider_version_id)
        .join(pact_publications, pact_publications.c.pact_version_id == verifications.c.pact_version_id)
        .where(among(verifications.c.provider_version_id, ids), pact_publications.c.created_at > since),
        select(deployed.c.version_id).where(among(deployed.c.version_id, ids), currently_deployed(deployed)),
        select(released.c.version_id).where(among(released.c.version_id, ids), currently_supported(released)),
        select(branches.c.head_version_id).where(among(branches.c.head_version_id, ids)),
    ).subquery()
    return select(in_use.c.id).distinct()
