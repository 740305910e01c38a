"""The numbers of everything in the broker, counted in three statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, func, select

from contracts.broker.store.tables import (
    backups,
    branch_versions,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    integrations,
    pact_publications,
    pact_versions,
    pacticipants,
    released_versions,
    tags,
    triggered_webhooks,
    verifications,
    versions,
    webhook_executions,
    webhooks,
)


def counts(connection: Connection) -> Mapping[str, Any]:
    """Every count, and the first and last moments, by name."""
    latest = _latest_contents()
    columns = {
        "interactions": select(func.coalesce(func.sum(latest.c.interactions_count), 0)),
        "messages": select(func.coalesce(func.sum(latest.c.messages_count), 0)),
        "pacticipants": _count(pacticipants),
        "pacticipants_with_main_branch": _count(pacticipants, pacticipants.c.main_branch.is_not(None)),
        "integrations": _count(integrations),
        "pacts": _count(pact_publications),
        "first_pact": select(func.min(pact_publications.c.created_at)),
        "last_pact": select(func.max(pact_publications.c.created_at)),
        "contents": _count(pact_versions),
        "results": _count(verifications),
        "successes": _count(verifications, verifications.c.success),
        "failures": _count(verifications, ~verifications.c.success),
        "distinct_results": _count_distinct(
            verifications.c.pact_version_id, verifications.c.provider_version_id, verifications.c.success
        ),
        "first_result": select(func.min(verifications.c.executed_at)),
        "last_result": select(func.max(verifications.c.executed_at)),
        "versions": _count(versions),
        "versions_with_branch": _count_distinct(branch_versions.c.version_id),
        "versions_with_user_created_branch": _count_distinct(
            branch_versions.c.version_id, where=~branch_versions.c.auto_created
        ),
        "tags": _count(tags),
        "tag_names": _count_distinct(tags.c.name),
        "tag_names_of_pacticipants": _count_distinct(tags.c.pacticipant_id, tags.c.name),
        "webhooks": _count(webhooks),
        "triggered_webhooks": _count(triggered_webhooks),
        "webhook_executions": _count(webhook_executions),
        "environments": _count(environments),
        "deployed_versions": _count(deployed_versions),
        "deployed_by_users": _count(deployed_versions, ~deployed_versions.c.auto_created),
        "currently_deployed": _count(deployed_versions, currently_deployed()),
        "released_versions": _count(released_versions),
        "currently_supported": _count(released_versions, currently_supported()),
        "last_backup": select(func.max(backups.c.finished_at)).where(backups.c.error.is_(None)),
        "last_failed_backup": select(func.max(backups.c.finished_at)).where(backups.c.error.is_not(None)),
    }
    query = select(*(each.scalar_subquery().label(name) for name, each in columns.items()))
    return dict(connection.execute(query).mappings().one())


def revisions_per_version(connection: Connection) -> dict[int, int]:
    """The number of pacts by their number of revisions."""
    version, provider = pact_publications.c.consumer_version_id, pact_publications.c.provider_id
    return _distribution(connection, _count(pact_publications).group_by(version, provider))


def results_per_content(connection: Connection) -> dict[int, int]:
    """The number of contents by their number of results, from one on."""
    return _distribution(connection, _count(verifications).group_by(verifications.c.pact_version_id))


def _latest_contents() -> FromClause:
    """The content of each pair's latest pact."""
    newest = (
        select(pact_publications.c.pact_version_id)
        .where(
            pact_publications.c.consumer_id == integrations.c.consumer_id,
            pact_publications.c.provider_id == integrations.c.provider_id,
            pact_publications.c.latest,
        )
        .order_by(pact_publications.c.consumer_version_id.desc())
        .limit(1)
        .correlate(integrations)
        .scalar_subquery()
    )
    query = select(pact_versions.c.interactions_count, pact_versions.c.messages_count).select_from(
        integrations.join(pact_versions, pact_versions.c.id == newest)
    )
    return query.subquery()


def _count(table: FromClause, *where: ColumnElement[bool]) -> Select[Any]:
    return select(func.count().label("number")).select_from(table).where(*where)


def _count_distinct(*columns: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> Select[Any]:
    distinct = select(*columns).distinct()
    if where is not None:
        distinct = distinct.where(where)
    return select(func.count()).select_from(distinct.subquery())


def _distribution(connection: Connection, numbers: Select[Any]) -> dict[int, int]:
    number = numbers.subquery().c.number
    query = select(number, func.count().label("times")).group_by(number).order_by(number)
    return {row.number: row.times for row in connection.execute(query)}
