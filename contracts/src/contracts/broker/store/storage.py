"""The bytes that an application stores, in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, LargeBinary, Text, cast, func, select

from contracts.broker.store.tables import pact_versions, pacticipants, verifications


def of_application(connection: Connection, name: str) -> int:
    """Return the bytes of the contracts of *name* as a consumer, and of its results as a provider."""
    number = select(pacticipants.c.id).where(pacticipants.c.name == name).scalar_subquery()
    contracts = select(func.coalesce(func.sum(_bytes(connection, pact_versions.c.content)), 0)).where(
        pact_versions.c.consumer_id == number
    )
    results = select(func.coalesce(func.sum(_bytes(connection, verifications.c.test_results)), 0)).where(
        verifications.c.provider_id == number
    )
    return int(connection.execute(select(contracts.scalar_subquery() + results.scalar_subquery())).scalar_one())


def _bytes(connection: Connection, column: ColumnElement[str]) -> ColumnElement[int]:
    if connection.dialect.name == "sqlite":
        return func.length(cast(column, LargeBinary))
    return func.octet_length(cast(column, Text))
