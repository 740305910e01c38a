"""The columns of pacts and rows that the statements of the matrix share, and the rows that they become."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, or_, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.sql.expression import ColumnElement, FromClause

from contracts.broker.store.membership import among
from contracts.broker.store.tables import pact_publications, pact_versions, pacticipants, verifications, versions
from contracts.model.matrix_rows import Result, Row
from contracts.model.versions import VersionRef


Condition = ColumnElement[bool]
Query = Select[*tuple[Any, ...]]
AnyQuery = Query | CompoundSelect[*tuple[Any, ...]]

_consumers = pacticipants.alias("consumers")
_providers = pacticipants.alias("providers")
_consumer_versions = versions.alias("consumer_versions")
_provider_versions = versions.alias("provider_versions")


def pact_query() -> Query:
    """The columns of a pact that the other parts of a statement need."""
    return select(
        pact_publications.c.id,
        pact_publications.c.consumer_id,
        pact_publications.c.consumer_version_id,
        pact_publications.c.provider_id,
        pact_publications.c.pact_version_id,
        pact_publications.c.revision_number,
        pact_publications.c.created_at,
    )


def one_specified(table: FromClause) -> Condition:
    """That the consumer or the provider in a row of *table* is one that the question names."""
    return or_(among(table.c.consumer_id, "specified_ids"), among(table.c.provider_id, "specified_ids"))


def row_query(pacts: FromClause, result_of_pact: Condition, *, required: bool = False) -> Query:
    """The rows of *pacts* with each result that meets *result_of_pact*.

    A pact without a result has a row too, unless a result is *required*.
    """
    joined = (
        pacts.join(_consumers, _consumers.c.id == pacts.c.consumer_id)
        .join(_providers, _providers.c.id == pacts.c.provider_id)
        .join(_consumer_versions, _consumer_versions.c.id == pacts.c.consumer_version_id)
        .join(pact_versions, pact_versions.c.id == pacts.c.pact_version_id)
        .join(verifications, result_of_pact, isouter=not required)
        .join(_provider_versions, _provider_versions.c.id == verifications.c.provider_version_id, isouter=not required)
    )
    return select(
        pacts.c.consumer_id,
        _consumers.c.name.label("consumer"),
        pacts.c.consumer_version_id,
        _consumer_versions.c.number.label("consumer_version"),
        pacts.c.provider_id,
        _providers.c.name.label("provider"),
        pacts.c.id.label("pact_id"),
        pacts.c.revision_number,
        pact_versions.c.sha,
        pacts.c.created_at.label("pact_created_at"),
        verifications.c.id.label("result_id"),
        verifications.c.success,
        verifications.c.executed_at,
        verifications.c.created_at.label("result_created_at"),
        verifications.c.provider_version_id,
        _provider_versions.c.number.label("provider_version"),
    ).select_from(joined)


def row_of(row: SqlRow[*tuple[Any, ...]]) -> Row:
    """The matrix row of a *row* of `row_query`."""
    # by position: a look-up of each column by its name takes twice as long as everything else
    (
        consumer_id,
        consumer,
        consumer_version_id,
        consumer_version,
        provider_id,
        provider,
        pact_id,
        revision_number,
        sha,
        pact_created_at,
        *result,
    ) = row
    return Row(
        consumer_id=consumer_id,
        consumer_version=VersionRef(id=consumer_version_id, pacticipant=consumer, number=consumer_version),
        provider_id=provider_id,
        provider=provider,
        pact_id=pact_id,
        revision_number=revision_number,
        sha=sha,
        pact_created_at=pact_created_at,
        result=_result(provider, *result),
    )


def _result(
    provider: str,
    result_id: int | None,
    success: bool,
    executed_at: datetime,
    created_at: datetime,
    provider_version_id: int,
    provider_version: str,
) -> Result | None:
    if result_id is None:
        return None
    return Result(
        id=result_id,
        provider_version=VersionRef(id=provider_version_id, pacticipant=provider, number=provider_version),
        success=success,
        verified_at=executed_at,
        created_at=created_at,
    )
