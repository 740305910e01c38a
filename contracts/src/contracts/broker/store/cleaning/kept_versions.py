"""The versions that a cleaning keeps, each with its first reason, in tables that end with the transaction.

A kept version keeps others in turn: those whose results decide about its pacts, and those that began the branches and
tags by which these results are judged. So the responses of `for-verification` and can-i-deploy about kept versions do
not change. This goes on, round by round, until no version is added; each step is one statement for any number of
versions.
Source: Pact Broker protocol, data retention, pending and WIP pacts.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, func, literal, select

from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    integrations,
    pact_publications,
    pacticipants,
    released_versions,
    tag_heads,
    tags,
    versions,
)
from contracts.model import kept_selectors
from contracts.model.cleaning import Always
from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Tagged


if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Column as AnyColumn
    from sqlalchemy import ColumnElement, Connection, Select

    from contracts.model.kept_selectors import KeptVersions

    Ids = Select[int]


_scratch = MetaData()


def _ids(name: str, *columns: Column[Any]) -> Table:
    key = Column("id", BigInteger, primary_key=True, autoincrement=False)
    return Table(name, _scratch, key, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


VERSIONS = _ids("kept_versions", Column("reason", Text, nullable=False), Column("round", Integer, nullable=False))
CONTENTS = _ids("kept_contents", Column("round", Integer, nullable=False))  # of the pacts of kept versions
RESULTS = _ids("kept_results")
GONE_BRANCHES = _ids("gone_branches")
GONE_VERSIONS = _ids("gone_versions")


def prepare(connection: Connection) -> None:
    """Create the empty tables; they disappear at the end of the transaction."""
    _scratch.create_all(connection, checkfirst=False)


def add_selected(connection: Connection, selectors: tuple[KeptVersions, ...], now: datetime) -> None:
    """Keep the versions that are always kept, and those that *selectors* select; removed branches do not count."""
    for reason, query in _always():
        add(connection, query, reason, 0)
    for each in selectors:
        add(connection, _selected(each, now), kept_selectors.text([each])[1:-1], 0)


def add_beginnings(connection: Connection, number: int) -> None:
    """Keep the first versions of providers' branches, and those with the first use of a tag whose head is kept.

    A result from before a branch, or before a tag's first use, counts for it.
    """
    first = (
        select(branch_versions.c.version_id)
        .where(branch_versions.c.branch_id == branches.c.id)
        .order_by(branch_versions.c.id)
        .limit(1)
    )
    of_providers = select(first.correlate(branches).scalar_subquery().label("id")).where(
        branches.c.head_version_id.is_not(None),
        none_of(branches.c.id, GONE_BRANCHES),
        branches.c.pacticipant_id.in_(select(integrations.c.provider_id)),
    )
    add(connection, of_providers, Always.BEGAN_BRANCH, number)
    earliest = (
        select(tags.c.version_id)
        .where(tags.c.pacticipant_id == tag_heads.c.pacticipant_id, tags.c.name == tag_heads.c.name)
        .order_by(tags.c.created_at, tags.c.id)
        .limit(1)
    )
    with_tags = select(earliest.correlate(tag_heads).scalar_subquery().label("id")).where(
        tag_heads.c.version_id.in_(select(VERSIONS.c.id)),
        tag_heads.c.pacticipant_id.in_(select(integrations.c.provider_id)),
    )
    add(connection, with_tags, Always.BEGAN_TAG, number)


def add(connection: Connection, versions_to_keep: Ids, reason: str, number: int) -> int:
    """Keep those *versions_to_keep*, a query of `id`, that are not kept yet; return their number."""
    ids = versions_to_keep.subquery()
    new = (
        select(ids.c.id, literal(reason), literal(number))
        .distinct()
        .where(ids.c.id.is_not(None), none_of(ids.c.id, VERSIONS))
    )
    statement = VERSIONS.insert().from_select(["id", "reason", "round"], new)
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def none_of(column: ColumnElement[int], table: Table) -> ColumnElement[bool]:
    """The condition that *column* is not an id in *table*; for NOT IN, PostgreSQL would read all of it for each row."""
    return ~select(table.c.id).where(table.c.id == column).exists()


def _always() -> Iterator[tuple[str, Ids]]:
    deployed, released = deployed_versions, released_versions
    yield Always.DEPLOYED, select(deployed.c.version_id.label("id")).where(currently_deployed(deployed))
    yield Always.RELEASED, select(released.c.version_id.label("id")).where(currently_supported(released))
    yield (
        Always.HEAD,
        select(branches.c.head_version_id.label("id")).where(none_of(branches.c.id, GONE_BRANCHES)),
    )
    latest = select(func.max(versions.c.id)).where(versions.c.pacticipant_id == pacticipants.c.id)
    yield Always.LATEST, select(latest.correlate(pacticipants).scalar_subquery().label("id")).select_from(pacticipants)
    published = select(func.max(pact_publications.c.consumer_version_id)).where(
        pact_publications.c.provider_id == integrations.c.provider_id,
        pact_publications.c.consumer_id == integrations.c.consumer_id,
        pact_publications.c.latest,
    )
    yield (
        Always.LATEST_PACT,
        select(published.correlate(integrations).scalar_subquery().label("id")).select_from(integrations),
    )


def _selected(selector: KeptVersions, now: datetime) -> Ids:
    match selector.criterion:
        case None if selector.latest:
            latest = select(func.max(versions.c.id)).where(versions.c.pacticipant_id == pacticipants.c.id)
            query = select(latest.correlate(pacticipants).scalar_subquery().label("id")).select_from(pacticipants)
            owner = pacticipants.c.id
        case None:
            query = select(versions.c.id.label("id"))
            owner = versions.c.pacticipant_id
        case Tagged(tag=tag):
            table = tag_heads if selector.latest else tags
            query, owner = select(table.c.version_id.label("id")), table.c.pacticipant_id
            if tag is not None:
                query = query.where(table.c.name == tag)
        case OnBranch() | OnMainBranch() as criterion:
            query, owner = _on_branches(criterion, heads=selector.latest), branches.c.pacticipant_id
        case InEnvironment() as criterion:
            return _in_environments(criterion, selector.pacticipant)
        case _:
            assert_never(selector.criterion)
    query = query.where(_of(owner, selector.pacticipant))
    if selector.max_age is None:
        return query
    young = select(versions.c.id).where(versions.c.created_at >= now - timedelta(days=selector.max_age))
    ids = query.subquery()
    return select(ids.c.id).where(ids.c.id.in_(young))


def _on_branches(criterion: OnBranch | OnMainBranch, *, heads: bool) -> Ids:
    if heads:
        query = select(branches.c.head_version_id.label("id"))
    else:
        query = select(branch_versions.c.version_id.label("id")).join(
            branches, branches.c.id == branch_versions.c.branch_id
        )
    query = query.where(none_of(branches.c.id, GONE_BRANCHES))
    if isinstance(criterion, OnMainBranch):
        main = select(pacticipants.c.main_branch).where(pacticipants.c.id == branches.c.pacticipant_id)
        return query.where(branches.c.name == main.correlate(branches).scalar_subquery())
    return query if criterion.branch is None else query.where(branches.c.name == criterion.branch)


def _in_environments(criterion: InEnvironment, pacticipant: str | None) -> Ids:
    current = {
        "deployed": (deployed_versions, currently_deployed()),
        "released": (released_versions, currently_supported()),
    }
    queries = [
        select(table.c.version_id.label("id")).where(
            now, _of(table.c.pacticipant_id, pacticipant), _in(table, criterion.environment)
        )
        for presence, (table, now) in current.items()
        if criterion.presence in {None, presence}
    ]
    present = queries[0].union_all(*queries[1:]).subquery()
    return select(present.c.id)


def _of(owner: AnyColumn[int], pacticipant: str | None) -> ColumnElement[bool]:
    """The condition that *owner* is the application called *pacticipant*, or any if that is None."""
    if pacticipant is None:
        return owner.is_not(None)
    return owner.in_(select(pacticipants.c.id).where(pacticipants.c.name == pacticipant))


def _in(table: Table, environment: str | None) -> ColumnElement[bool]:
    if environment is None:
        return table.c.environment_id.is_not(None)
    return table.c.environment_id.in_(select(environments.c.id).where(environments.c.name == environment))
