"""Work in progress: heads of branches and tags that the provider has not verified yet, whoever selects them.

A success that came of work in progress itself does not end it. Source: Pact Broker protocol, WIP pacts.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    bindparam,
    literal,
    or_,
    select,
    true,
    union_all,
)

from contracts.broker.store import pacts
from contracts.broker.store.pending import before
from contracts.broker.store.tables import (
    UtcDateTime,
    branch_versions,
    branches,
    integrations,
    pact_publications,
    tag_heads,
    tag_successes,
    verifications,
)
from contracts.model import selections
from contracts.model.pending import Beginnings, ProviderRef
from contracts.model.selections import Selected


def unverified(
    connection: Connection,
    provider_id: int,
    provider: ProviderRef,
    begun: Beginnings,
    *,
    since: datetime,
    executed_after: datetime,
) -> list[Selected]:
    """The pacts of heads, published after *since*, whose content *provider* has not verified, with what they head.

    A branch: by a version on it, or, before its first version came into being, by one on another; only results after
    *executed_after* are seen. Tags: for one of them, by a version that had it when the result came, or, before its
    first use, had another. One statement.
    """
    parameters: dict[str, Any] = {"provider_id": provider_id, "since": since}
    if provider.branch:
        parameters |= {"executed_after": executed_after, "branch_id": begun.branch_id}
        if (first := begun.first_version_created_at) is not None:
            parameters["before"] = first
        statement = _unverified_by_branch(first is not None)
    else:
        statement = _unverified(or_(*(~_verified_by_tag(begun, tag) for tag in provider.tags)))
    return [
        Selected(
            pact=pacts.pact_of(pact),
            reason=selections.tag_head(tag) if branch is None else selections.branch_head(branch),
        )
        for *pact, branch, tag in connection.execute(statement, parameters).all()
    ]


@cache
def _unverified_by_branch(begun: bool) -> Select[*tuple[Any, ...]]:
    return _unverified(~_verified_by_branch(begun))


def _unverified(not_verified: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    heads = _heads()
    found = (
        select(heads.c.provider_id, heads.c.version_id)
        .where(
            pact_publications.c.provider_id == heads.c.provider_id,
            pact_publications.c.consumer_id == heads.c.consumer_id,
            pact_publications.c.consumer_version_id == heads.c.version_id,
            pact_publications.c.latest,
            pact_publications.c.created_at > bindparam("since", type_=UtcDateTime),
            not_verified,
        )
        .distinct()  # several branches, or tags, may have one head
        .cte("unverified")
        .prefix_with("MATERIALIZED")  # most heads are verified: their names are not worth looking up
    )
    named = _names(found)
    return (
        pacts.pacts()
        .add_columns(named.c.branch, named.c.tag)
        .where(
            pact_publications.c.consumer_version_id == named.c.version_id,
            pact_publications.c.provider_id == named.c.provider_id,
        )
    )


def _heads() -> CTE:
    """The versions that are heads of branches and tags of the provider's consumers: few, next to all the history.

    They come consumer by consumer, near each other in each index that they are looked up in. UNION would put them into
    a set first, and so into no order: a sixth more processor time on PostgreSQL.
    """
    other = branches.alias("other_branches")
    is_of_branch = select(other.c.id).where(
        other.c.pacticipant_id == tag_heads.c.pacticipant_id, other.c.head_version_id == tag_heads.c.version_id
    )
    heads = (
        select(integrations.c.provider_id, integrations.c.consumer_id, head.label("version_id"))
        .join(table, table.c.pacticipant_id == integrations.c.consumer_id)
        .where(integrations.c.provider_id == bindparam("provider_id"), once)
        for table, head, once in (
            (branches, branches.c.head_version_id, branches.c.head_version_id.is_not(None)),
            (tag_heads, tag_heads.c.version_id, ~is_of_branch.correlate(tag_heads).exists()),
        )
    )
    return union_all(*heads).cte("heads").prefix_with("MATERIALIZED")


def _names(found: CTE) -> Subquery:
    """What was *found*, once for each branch and each tag whose head the version is."""
    of_branches = select(found, branches.c.name.label("branch"), literal(None).label("tag")).join(
        branches, branches.c.head_version_id == found.c.version_id
    )
    of_tags = select(found, literal(None), tag_heads.c.name).join(
        tag_heads, tag_heads.c.version_id == found.c.version_id
    )
    return union_all(of_branches, of_tags).subquery("named")


def _verified_by_branch(begun: bool) -> ColumnElement[bool]:
    """That a version on the branch verified a content, or, before the branch had *begun*, one on another."""
    earlier = verifications.c.created_at < bindparam("before", type_=UtcDateTime) if begun else true()
    return (
        select(verifications.c.id)
        .join(branch_versions, branch_versions.c.version_id == verifications.c.provider_version_id)
        .where(
            verifications.c.pact_version_id == pact_publications.c.pact_version_id,
            verifications.c.success,
            ~verifications.c.wip,
            verifications.c.executed_at >= bindparam("executed_after", type_=UtcDateTime),
            or_(branch_versions.c.branch_id == bindparam("branch_id"), earlier),
        )
        .correlate(pact_publications)
        .exists()
    )


def _verified_by_tag(begun: Beginnings, tag: str) -> ColumnElement[bool]:
    return (
        select(tag_successes.c.id)
        .where(
            tag_successes.c.pact_version_id == pact_publications.c.pact_version_id,
            ~tag_successes.c.wip,
            or_(tag_successes.c.provider_tag == tag, before(tag_successes.c.executed_at, begun.tags.get(tag))),
        )
        .correlate(pact_publications)
        .exists()
    )
