"""The results that a cleaning keeps: those that decide about the pacts of kept versions.

These are, for each content: the last result; the last result of the newest version; and the results that decide
pending and work in progress, which are the first and the last success on each branch, with each tag and overall,
separately for results from work in progress and for those too old to end it. Of contracts of an application with
itself, these are the last results of every version.
Source: Pact Broker protocol, pending and WIP pacts; matrix, self-integration.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, func, literal, or_, select, union, union_all

from contracts.broker.store.cleaning import kept_versions
from contracts.broker.store.cleaning.kept_versions import CONTENTS, GONE_BRANCHES, RESULTS, VERSIONS
from contracts.broker.store.tables import (
    branch_versions,
    pact_publications,
    pact_versions,
    tag_successes,
    tags,
    verifications,
)
from contracts.model.cleaning import Always


def add(connection: Connection, since: datetime) -> None:
    """Keep the versions that the kept versions need; results count in WIP from *since*."""
    number = 0
    while True:
        kept_versions.add_beginnings(connection, number)
        _add_contents(connection, number)
        for query in (_last(number), _of_itself(number), _decisive(number, since), _tag_successes(number)):
            ids = query.subquery()
            new = select(ids.c.id).distinct().where(kept_versions.none_of(ids.c.id, RESULTS))
            connection.execute(RESULTS.insert().from_select(["id"], new))
        number += 1
        by = select(verifications.c.provider_version_id.label("id")).join(RESULTS, RESULTS.c.id == verifications.c.id)
        if not kept_versions.add(connection, by, Always.RESULTS, number):
            return


def _add_contents(connection: Connection, number: int) -> None:
    """Collect the contents of the pacts of the versions that this round kept."""
    new = (
        select(pact_publications.c.pact_version_id, literal(number))
        .distinct()
        .join(VERSIONS, VERSIONS.c.id == pact_publications.c.consumer_version_id)
        .where(
            VERSIONS.c.round == number,
            pact_publications.c.latest,
            kept_versions.none_of(pact_publications.c.pact_version_id, CONTENTS),
        )
    )
    connection.execute(CONTENTS.insert().from_select(["id", "round"], new))


def _last(number: int) -> CompoundSelect[int]:
    """The last result of each content, and the last of the newest version."""
    inner = verifications.alias("inner_verifications")
    newest = (
        select(func.max(inner.c.provider_version_id))
        .where(inner.c.pact_version_id == CONTENTS.c.id, inner.c.latest)
        .correlate(CONTENTS)
    )
    last = (
        select(func.max(inner.c.id)).where(inner.c.pact_version_id == CONTENTS.c.id, inner.c.latest).correlate(CONTENTS)
    )
    return union(
        _results(number).where(verifications.c.latest, verifications.c.provider_version_id == newest.scalar_subquery()),
        _results(number).where(verifications.c.id == last.scalar_subquery()),
    )


def _of_itself(number: int) -> Select[int]:
    """The last result of every version for contracts of an application with itself: can-i-deploy may count each."""
    return (
        _results(number)
        .join(pact_versions, pact_versions.c.id == CONTENTS.c.id)
        .where(verifications.c.latest, pact_versions.c.consumer_id == pact_versions.c.provider_id)
    )


def _decisive(number: int, since: datetime) -> Select[int]:
    """The first and the last success of each content in each scope."""
    columns: tuple[Any, ...] = (
        verifications.c.pact_version_id,
        verifications.c.wip,
        (verifications.c.executed_at >= since).label("recent"),
        verifications.c.created_at,
        verifications.c.executed_at,
    )
    version = verifications.c.provider_version_id
    successes = union_all(
        _results(number, *columns, literal(0).label("branch_id"), literal("").label("tag")),
        _results(number, *columns, branch_versions.c.branch_id, literal(""))
        .join(branch_versions, branch_versions.c.version_id == version)
        .where(kept_versions.none_of(branch_versions.c.branch_id, GONE_BRANCHES)),
        _results(number, *columns, literal(0), tags.c.name).join(tags, tags.c.version_id == version),
    ).subquery()
    scope = (successes.c.pact_version_id, successes.c.branch_id, successes.c.tag, successes.c.wip, successes.c.recent)
    ranked = select(
        successes.c.id,
        func.row_number()
        .over(partition_by=scope, order_by=(successes.c.created_at, successes.c.id))
        .label("after_first"),
        func.row_number()
        .over(partition_by=scope, order_by=(successes.c.executed_at.desc(), successes.c.id.desc()))
        .label("before_last"),
    ).subquery()
    return select(ranked.c.id).where(or_(ranked.c.after_first == 1, ranked.c.before_last == 1))


def _tag_successes(number: int) -> Select[int]:
    """The results recorded as a content's first success with a tag, which the version may have lost since."""
    return (
        select(tag_successes.c.verification_id.label("id"))
        .join(CONTENTS, CONTENTS.c.id == tag_successes.c.pact_version_id)
        .where(CONTENTS.c.round == number)
    )


def _results(number: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The results of this round's contents: their `id`, and *columns* of successes if given."""
    query: Select[*tuple[Any, ...]] = (
        select(verifications.c.id.label("id"), *columns)
        .select_from(CONTENTS.join(verifications, verifications.c.pact_version_id == CONTENTS.c.id))
        .where(CONTENTS.c.round == number)
    )
    return query.where(verifications.c.success) if columns else query
