"""The rows of the matrix: one statement, whose cost grows with its response and not with the history.

`forms` lists the forms of a question. `verdict_rows` has the statements about given versions, `history_rows` those
about all versions of applications, and `counterexample` the one that checks a yes. A statement is built once for each
form: to build it costs more than to run it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import func, select

from contracts.broker.store.database import Connection
from contracts.broker.store.matrix import counterexample, history_rows, verdict_rows
from contracts.broker.store.matrix.columns import AnyQuery, row_of, row_query
from contracts.broker.store.matrix.forms import AROUND, HISTORY, Extent, Form, Shape
from contracts.broker.store.matrix.limits import last_rows, most
from contracts.broker.store.matrix.results import result_of_pact
from contracts.broker.store.tables import pact_publications, verifications
from contracts.model.matrix import Counterexample, Limit, Resolved
from contracts.model.matrix_rows import LatestBy, Row


MORE_PACTS = select((func.max(pact_publications.c.id) > most()).label("more"))


def between(
    connection: Connection,
    resolved: Collection[Resolved],
    pairs: Collection[tuple[int, int]],
    *,
    latest_by: LatestBy | None,
    cut: Limit | Counterexample | None,
) -> list[Row]:
    """The pacts among the applications of *resolved*, with the results that their versions gave.

    *pairs* are the consumers and providers that have a pact and of which the question names one; each row is of one of
    them. A pact that none of the versions verified has a row without a result. *cut* limits the rows; None for all.
    """
    extent = _extent(connection, cut)
    shape, parameters = _question(resolved, pairs, everybody=extent is Extent.NEWEST_OF_EVERYBODY)
    return _rows(connection, Form(shape=shape, extent=extent, latest_by=latest_by), parameters | _limits(cut))


def count_between(
    connection: Connection,
    resolved: Collection[Resolved],
    pairs: Collection[tuple[int, int]],
    *,
    most: int,
) -> int:
    """The number of results between *pairs*, and of pacts without a result, counted up to *most*."""
    shape, parameters = _question(resolved, pairs, everybody=False)
    form = Form(shape=shape, extent=Extent.COUNT, latest_by=None)
    count: int = connection.execute(statement(form), parameters | {"most": most}).scalar_one()
    return count


def around(
    connection: Connection,
    *,
    pacticipant_id: int,
    version_id: int | None,
    latest_by: LatestBy | None,
    cut: Limit | Counterexample | None,
) -> list[Row]:
    """The pacts of one application with all their results, and the results that it gave itself.

    Of one version, or (*version_id* None) of all. *cut* limits the rows; None for all.
    """
    form = Form(
        shape=Shape.AROUND_NAME if version_id is None else Shape.AROUND_VERSION,
        extent=_extent(connection, cut),
        latest_by=latest_by,
    )
    parameters = {"pacticipant_id": pacticipant_id, "version_id": version_id}
    return _rows(connection, form, parameters | _limits(cut))


@cache
def statement(form: Form) -> AnyQuery:
    """The statement of a question of this *form*."""
    rows: AnyQuery
    if form.shape in AROUND:
        rows = history_rows.around(form) if form.shape in HISTORY else verdict_rows.around(form)
    else:
        pacts, counted = history_rows.between(form) if form.shape in HISTORY else verdict_rows.between(form)
        condition = result_of_pact(form, pacts, counted)
        if form.extent is Extent.COUNT:
            matrix_rows = select(pacts.c.id).outerjoin(verifications, condition).limit(most()).cte("matrix_rows")
            return select(func.count()).select_from(matrix_rows)
        rows = row_query(pacts, condition)
    if form.extent is Extent.COUNTEREXAMPLE:
        return counterexample.first_of(rows, form.latest_by)
    return last_rows(form, rows)


def _rows(connection: Connection, form: Form, parameters: dict[str, Any]) -> list[Row]:
    return [row_of(each) for each in connection.execute(statement(form), parameters).all()]


def _question(
    resolved: Collection[Resolved], pairs: Collection[tuple[int, int]], *, everybody: bool
) -> tuple[Shape, dict[str, Any]]:
    """The shape of a question between *pairs*, and the parameters of its statement."""
    consumer_ids = provider_ids = {each.pacticipant_id for each in resolved}
    if not everybody:  # for hundreds of applications, most of the work is to look for the wrong side of a pair
        consumer_ids, provider_ids = {consumer for consumer, _ in pairs}, {provider for _, provider in pairs}
    consumer_versions = _versions_of(consumer_ids, resolved)
    provider_versions = _versions_of(provider_ids, resolved)
    any_version_of = {each.pacticipant_id for each in resolved if each.anything}
    parameters = {
        "consumer_version_ids": list(consumer_versions),
        "provider_version_ids": list(provider_versions),
        "any_version_of": list(any_version_of),
        "provider_ids": list(provider_ids),
        "specified_ids": list({each.pacticipant_id for each in resolved if each.specified}),
    }
    one_each = bool(provider_versions) and len(set(provider_versions.values())) == len(provider_versions)
    if not any_version_of:
        return Shape.VERSIONS_ONE_EACH if one_each else Shape.VERSIONS, parameters
    if not consumer_versions and provider_ids <= any_version_of:
        return Shape.NAMES, parameters
    return Shape.NAMES_AND_VERSIONS_ONE_EACH if one_each else Shape.NAMES_AND_VERSIONS, parameters


def _versions_of(pacticipant_ids: Collection[int], resolved: Collection[Resolved]) -> dict[int, int]:
    """The versions of these applications that count: the id of the application by the id of the version."""
    return {
        each.version.id: each.pacticipant_id
        for each in resolved
        if each.version and each.pacticipant_id in pacticipant_ids
    }


def _extent(connection: Connection, cut: Limit | Counterexample | None) -> Extent:
    match cut:
        case None:
            return Extent.ALL
        case Counterexample():
            return Extent.COUNTEREXAMPLE
        case Limit() if cut.among_all and _more_pacts_than(connection, cut.rows):
            return Extent.NEWEST_OF_EVERYBODY
        case Limit():
            return Extent.NEWEST


def _more_pacts_than(connection: Connection, rows: int) -> bool:
    return bool(connection.scalar(MORE_PACTS, {"most": rows}))


def _limits(cut: Limit | Counterexample | None) -> dict[str, Any]:
    match cut:
        case None:
            return {}
        case Limit():
            return {"most": cut.rows, "more_than_enough": cut.rows - 1}
        case Counterexample():
            return {
                "missing_counts": None in cut.successes,
                "failures_count": False in cut.successes,
                "ignored_pacticipant_ids": list(cut.ignored_pacticipant_ids),
                "ignored_version_ids": list(cut.ignored_version_ids),
            }
