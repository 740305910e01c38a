"""The counterexample to a yes: the newest row that counts for a question and is not a success.

A limit can remove the row that makes a verdict a no. So a yes from limited rows is checked against one row more: the
newest one without a success among all the rows, grouped as the question wants them.

For example, a question about all versions of Till and Ledger with one row for each version of Till:

    pact                a result it has     is the row
    Till 1 > Ledger     Ledger 6 False      no: Till 3 is newer
    Till 2 > Ledger     Ledger 6 False      no: Ledger 7 has a result for the same version of Till
    Till 2 > Ledger     Ledger 7 True       no: it is a success
    Till 3 > Ledger     Ledger 7 False      yes
    Kiosk 1 > Ledger    Ledger 7 False      no: the question does not name Kiosk
"""

from __future__ import annotations

from sqlalchemy import CTE, Boolean, and_, bindparam, false, func, not_, or_, select

from contracts.broker.store.matrix.columns import AnyQuery, Condition, Query
from contracts.broker.store.membership import among
from contracts.model.matrix_rows import LatestBy


_GROUPS = {
    LatestBy.CONSUMER_VERSION_AND_PROVIDER: ("consumer_version_id", "provider_id"),
    LatestBy.CONSUMER_AND_PROVIDER: ("consumer_id", "provider_id"),
}
"""The columns that the rows of a group have in common, if a group can have several rows."""


def first_of(rows: AnyQuery, latest_by: LatestBy | None) -> Query:
    """The counterexample among *rows*, all the rows of a question."""
    matrix_rows = rows.cte("matrix_rows")
    names = matrix_rows.c.keys()
    if latest_by in _GROUPS:
        matrix_rows = _representatives(matrix_rows, _GROUPS[latest_by])
    return (
        select(*(matrix_rows.c[each] for each in names))
        .where(_contradicts(matrix_rows), not_(_ignored(matrix_rows)))
        .order_by(matrix_rows.c.pact_id.desc(), matrix_rows.c.result_id.desc())
        .limit(1)
    )


def _contradicts(rows: CTE) -> Condition:
    """That a row is a failure or has no result, if the question counts such rows."""
    return or_(
        and_(rows.c.success.is_(None), bindparam("missing_counts", type_=Boolean())),
        and_(rows.c.success.is_(False), bindparam("failures_count", type_=Boolean())),
    )


def _ignored(rows: CTE) -> Condition:
    return or_(
        among(rows.c.consumer_id, "ignored_pacticipant_ids"),
        among(rows.c.provider_id, "ignored_pacticipant_ids"),
        among(rows.c.consumer_version_id, "ignored_version_ids"),
        func.coalesce(among(rows.c.provider_version_id, "ignored_version_ids"), false()),
    )


def _representatives(rows: CTE, group: tuple[str, ...]) -> CTE:
    """The row of each group, as in `contracts.model.matrix_rows.group`; *group* are the columns that form a group."""
    partition = [rows.c[each] for each in group]
    result = func.coalesce(rows.c.result_id, 0)
    last_first = (
        func.coalesce(rows.c.result_created_at, rows.c.pact_created_at).desc(),
        result.desc(),
        rows.c.pact_id.desc(),
    )
    greatest_first = (
        func.coalesce(rows.c.provider_version_id, 0).desc(),
        rows.c.consumer_version_id.desc(),
        result.desc(),
    )
    placed = select(
        rows,
        func.row_number().over(partition_by=partition, order_by=last_first).label("recency"),
        func.first_value(rows.c.result_id).over(partition_by=partition, order_by=last_first).label("last_result_id"),
        func.row_number().over(partition_by=partition, order_by=greatest_first).label("greatness"),
    ).cte("placed_rows")
    unverified = placed.c.last_result_id.is_(None)
    representative = or_(and_(unverified, placed.c.recency == 1), and_(not_(unverified), placed.c.greatness == 1))
    return select(placed).where(representative).cte("representatives")
