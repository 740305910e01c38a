"""A limit in SQL: the newest pacts, and the rows with the last actions, as many as the response may have.

Each part of a statement reads no more than the limit needs, so that a long history costs no more than a short one.
The parameter `most` is the limit; `more_than_enough` is one less, an offset.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CTE, Integer, and_, bindparam, func, literal, select, true
from sqlalchemy.sql.expression import FromClause

from contracts.broker.store.matrix.columns import AnyQuery, Condition, Query, pact_query
from contracts.broker.store.matrix.forms import Form
from contracts.broker.store.tables import UtcDateTime, pact_publications


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def most() -> Any:
    """The parameter with the limit."""
    return bindparam("most", type_=Integer())


def newest_pacts(form: Form, pacts: AnyQuery, name: str) -> CTE:
    """The newest of *pacts*, as many as the limit allows, or without a limit all; the CTE has this *name*."""
    if not form.limited:
        return pacts.cte(name)
    candidates = pacts.cte(f"{name}_in_question")
    # contracts that were published together are equally new: the providers decide
    newest_first = (candidates.c.created_at.desc(), candidates.c.provider_id, candidates.c.id.desc())
    return select(candidates).order_by(*newest_first).limit(most()).cte(name)


def last_rows(form: Form, rows: AnyQuery) -> AnyQuery:
    """The *rows* with the last actions, as many as the limit allows, or without a limit all."""
    if not form.limited:
        return rows
    candidates = rows.cte("matrix_rows")
    last_action = func.coalesce(candidates.c.result_created_at, candidates.c.pact_created_at)
    newest_first = (
        last_action.desc(),
        func.coalesce(candidates.c.result_id, 0).desc(),
        candidates.c.provider_id,
        candidates.c.pact_id.desc(),
    )
    return select(candidates).order_by(*newest_first).limit(most())


def newest_pacts_of_each(form: Form, owners: CTE, *, latest: bool) -> Query:
    """The pacts that have the columns of one of *owners*; with a limit, only the newest of each of them.

    With *latest*, only the latest revisions.
    """
    condition = _belongs(owners, pact_publications, latest=latest)
    if form.limited:
        newer = pact_publications.alias("newer_pacts")
        oldest_needed = (
            select(newer.c.consumer_version_id)
            .where(_belongs(owners, newer, latest=latest))
            .order_by(newer.c.consumer_version_id.desc())
            .limit(1)
            .offset(bindparam("more_than_enough", type_=Integer()))
            .correlate(owners)
            .scalar_subquery()
        )
        condition = and_(condition, pact_publications.c.consumer_version_id >= func.coalesce(oldest_needed, 0))
    return pact_query().select_from(owners.join(pact_publications, condition))


def newest_pacts_of_everybody(form: Form) -> CTE:
    """The newest pacts of all applications, as many as the limit allows."""
    # from the end of an index, instead of all pacts
    needed = pact_publications.alias("needed_pacts")
    oldest_needed = (
        select(needed.c.created_at)
        .where(true() if form.every_revision else needed.c.latest)
        .order_by(needed.c.created_at.desc())
        .limit(1)
        .offset(bindparam("more_than_enough", type_=Integer()))
        .scalar_subquery()
    )
    recent = pact_publications.c.created_at >= func.coalesce(oldest_needed, literal(_LONG_AGO, UtcDateTime))
    return newest_pacts(form, pact_query().where(recent, *latest_only(form)), "newest_pacts")


def latest_only(form: Form) -> tuple[Condition, ...]:
    """That a pact is the latest revision, unless every revision is a row."""
    return () if form.every_revision else (pact_publications.c.latest,)


def _belongs(owners: CTE, pacts: FromClause, *, latest: bool) -> Condition:
    same = [pacts.c[name] == column for name, column in owners.c.items()]
    return and_(*same, pacts.c.latest) if latest else and_(*same)
