"""Work in progress: the heads of branches and tags that the provider has not verified yet, whatever it selects.

A success of work in progress does not end it.
Source: Pact Broker protocol, WIP pacts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    literal,
    or_,
    select,
    true,
    union_all,
)

from contracts.broker.store import pact_rows
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
    first_uses: Beginnings,
    *,
    since: datetime,
    executed_after: datetime,
) -> list[Selected]:
    """Return the pacts of heads, published after *since*, that *provider* has not verified; one statement.

    For a branch, a content is verified by a success of a version on the branch, or of a version on another branch from
    before the first version of this branch; only results after *executed_after* count.
    For tags, a content is verified if every tag has a success: of a version that had the tag then, or of a version with
    another tag from before the first use of this tag.

    For example, the provider's branch feat, whose first version was created at 10:00:

        head                its content has           is work in progress
        Till 5, main        no result                 yes
        Till 6, next        a failure on feat         yes: a failure verifies nothing
        Kiosk 2, main       a success on feat         no
        Kiosk 3, next       a success on main, 9:00   no: before feat began, results of main count for it
        Shop 1, main        a success on main, 11:00  yes
    """
    parameters: dict[str, Any] = {"provider_id": provider_id, "since": since}
    if provider.branch:
        parameters |= {"executed_after": executed_after, "branch_id": first_uses.branch_id}
        if (first := first_uses.first_version_created_at) is not None:
            parameters["before"] = first
        statement = unverified_by_branch(first is not None)
    else:
        statement = unverified_by_tags(first_uses, provider.tags)
    return [
        Selected(
            pact=pact_rows.pact_of(pact),
            reason=selections.tag_head(tag) if branch is None else selections.branch_head(branch),
        )
        for *pact, branch, tag in connection.execute(statement, parameters).all()
    ]


@cache
def unverified_by_branch(has_versions: bool) -> Select[*tuple[Any, ...]]:
    """The statement for a branch; *has_versions* if it has one, so that results from before it can count."""
    return _unverified(~_verified_by_branch(has_versions))


def unverified_by_tags(first_uses: Beginnings, tags: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The statement for *tags*, with one condition for each."""
    return _unverified(or_(*(~_verified_by_tag(first_uses, tag) for tag in tags)))


def _unverified(not_verified: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    heads = _heads()
    unverified = (
        select(heads.c.provider_id, heads.c.version_id)
        .where(
            pact_publications.c.provider_id == heads.c.provider_id,
            pact_publications.c.consumer_id == heads.c.consumer_id,
            pact_publications.c.consumer_version_id == heads.c.version_id,
            pact_publications.c.latest,
            pact_publications.c.created_at > bindparam("since", type_=UtcDateTime),
            not_verified,
        )
        .distinct()  # one version can be the head of several branches and tags
        .cte("unverified")
        .prefix_with("MATERIALIZED")  # most heads are verified: their names need not be looked up
    )
    named = _with_names(unverified)
    return (
        pact_rows.pacts()
        .add_columns(named.c.branch, named.c.tag)
        .where(
            pact_publications.c.consumer_version_id == named.c.version_id,
            pact_publications.c.provider_id == named.c.provider_id,
        )
    )


def _heads() -> CTE:
    """The versions that are heads of branches and tags of the provider's consumers: few, compared with the history.

    They are in the order of consumers, so that they are near each other in the indexes of the next step. UNION would
    lose this order, which takes a sixth more processor time on PostgreSQL.
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


def _with_names(unverified: CTE) -> CTE:
    """The *unverified* versions, once for each branch and each tag that they are the head of."""
    of_branches = select(unverified, branches.c.name.label("branch"), literal(None).label("tag")).join(
        branches, branches.c.head_version_id == unverified.c.version_id
    )
    of_tags = select(unverified, literal(None).label("branch"), tag_heads.c.name.label("tag")).join(
        tag_heads, tag_heads.c.version_id == unverified.c.version_id
    )
    return union_all(of_branches, of_tags).cte("named_versions")


def _verified_by_branch(has_versions: bool) -> ColumnElement[bool]:
    """That the branch has a success for a content, or another branch from before this branch had versions."""
    earlier = verifications.c.created_at < bindparam("before", type_=UtcDateTime) if has_versions else true()
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


def _verified_by_tag(first_uses: Beginnings, tag: str) -> ColumnElement[bool]:
    return (
        select(tag_successes.c.id)
        .where(
            tag_successes.c.pact_version_id == pact_publications.c.pact_version_id,
            ~tag_successes.c.wip,
            or_(tag_successes.c.provider_tag == tag, before(tag_successes.c.executed_at, first_uses.tags.get(tag))),
        )
        .correlate(pact_publications)
        .exists()
    )
