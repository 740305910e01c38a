"""Contents, the pacts that publish them, and their pairs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, tuple_

from contracts.broker.store.archive.names import Names
from contracts.broker.store.integrations import recompute_heads
from contracts.broker.store.pact_rows import consumers, providers
from contracts.broker.store.tables import (
    integrations,
    pact_publications,
    pact_versions,
    pacticipants,
    verifications,
    versions,
)
from contracts.model import contents
from contracts.model.archive.records import Content, Integration, Key, Pact, Result


Which = ColumnElement[bool]


class Contents:
    """Contents, with the identity that they have in their source."""

    record = Content
    table = pact_versions
    large = True

    def among(self, names: Names, records: Sequence[Content]) -> Which:
        """Those with the key of one of *records*."""
        ids = names.pacticipants
        keys = {(ids[each.consumer], ids[each.provider], each.sha) for each in records}
        return tuple_(pact_versions.c.consumer_id, pact_versions.c.provider_id, pact_versions.c.sha).in_(keys)

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Content]:
        """Contents by id."""
        query = of_pair(pact_versions, pact_versions.c.sha, pact_versions.c.content, pact_versions.c.created_at)
        rows = connection.execute(query.where(which).order_by(pact_versions.c.id).limit(limit))
        return {
            row.id: Content(
                consumer=row.consumer,
                provider=row.provider,
                sha=row.sha,
                text=row.content,
                created_at=row.created_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Content]) -> None:
        """Add *records*."""
        rows = []
        for each in records:
            interactions, messages = contents.counts(json.loads(each.text))
            rows.append(
                {
                    **pair(names, each),
                    "sha": each.sha,
                    "content": each.text,
                    "interactions_count": interactions,
                    "messages_count": messages,
                    "created_at": each.created_at,
                }
            )
        names.insert(pact_versions, rows)


class Pacts:
    """Publications of versions, every revision."""

    record = Pact
    table = pact_publications
    large = False

    def among(self, names: Names, records: Sequence[Pact]) -> Which:
        """Those with the key of one of *records*."""
        ids = names.versions({(each.consumer, each.version) for each in records})
        keys = {
            (ids[each.consumer, each.version], names.pacticipants[each.provider], each.revision) for each in records
        }
        columns = (
            pact_publications.c.consumer_version_id,
            pact_publications.c.provider_id,
            pact_publications.c.revision_number,
        )
        return tuple_(*columns).in_(keys)

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Pact]:
        """Pacts by id."""
        query = of_pair(
            pact_publications,
            versions.c.number,
            pact_publications.c.revision_number,
            pact_publications.c.latest,
            pact_versions.c.sha,
            pact_publications.c.created_at,
        )
        query = query.join(versions, versions.c.id == pact_publications.c.consumer_version_id).join(
            pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id
        )
        rows = connection.execute(query.where(which).order_by(pact_publications.c.id).limit(limit))
        return {
            row.id: Pact(
                consumer=row.consumer,
                version=row.number,
                provider=row.provider,
                revision=row.revision_number,
                latest=row.latest,
                sha=row.sha,
                created_at=row.created_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Pact]) -> None:
        """Add *records*."""
        version_ids = names.versions({(each.consumer, each.version) for each in records})
        content_ids = names.contents({(each.consumer, each.provider, each.sha) for each in records})
        rows = [
            {
                **pair(names, each),
                "consumer_version_id": version_ids[each.consumer, each.version],
                "pact_version_id": content_ids[each.consumer, each.provider, each.sha],
                "revision_number": each.revision,
                "latest": each.latest,
                "created_at": each.created_at,
            }
            for each in records
        ]
        names.insert(pact_publications, rows)
        _recompute_heads(names, records)


class Integrations:
    """Pairs; without dates in the source, they get those of their pacts and results."""

    record = Integration
    table = integrations
    large = False

    def among(self, names: Names, records: Sequence[Integration]) -> Which:
        """Those with the key of one of *records*."""
        keys = {(names.pacticipants[each.consumer], names.pacticipants[each.provider]) for each in records}
        return tuple_(integrations.c.consumer_id, integrations.c.provider_id).in_(keys)

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Integration]:
        """Pairs by id."""
        query = of_pair(integrations, integrations.c.created_at, integrations.c.contract_data_updated_at)
        rows = connection.execute(query.where(which).order_by(integrations.c.id).limit(limit))
        return {
            row.id: Integration(
                consumer=row.consumer,
                provider=row.provider,
                created_at=row.created_at,
                contract_data_updated_at=row.contract_data_updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Integration]) -> None:
        """Add *records*."""
        undated = [each for each in records if each.created_at is None]
        dates = _dates(names, undated)
        rows = [
            pair(names, each)
            | dates.get(
                each.key, {"created_at": each.created_at, "contract_data_updated_at": each.contract_data_updated_at}
            )
            for each in records
        ]
        names.insert(integrations, rows)
        _recompute_heads(names, records)


def pair(names: Names, record: Content | Pact | Result | Integration) -> dict[str, Any]:
    """The ids of consumer and provider of *record*, as columns."""
    return {
        "consumer_id": names.pacticipants[record.consumer],
        "provider_id": names.pacticipants[record.provider],
    }


def _recompute_heads(names: Names, records: Sequence[Pact | Integration]) -> None:
    """Set the heads of the pairs of *records*; the pairs of pacts exist already, or come later."""
    ids = names.pacticipants
    recompute_heads(names.connection, [(ids[each.consumer], ids[each.provider]) for each in records])


def of_pair(table: Table, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """A query of the rows of *table*, with the names of consumer and provider."""
    return (
        select(table.c.id, consumers.c.name.label("consumer"), providers.c.name.label("provider"), *columns)
        .join(consumers, consumers.c.id == table.c.consumer_id)
        .join(providers, providers.c.id == table.c.provider_id)
    )


def _dates(names: Names, records: Sequence[Integration]) -> dict[Key, dict[str, datetime | None]]:
    """The dates of the first pact and the last pact or result of each pair; without any, those of its applications."""
    pacts, results = _span(names, records, pact_publications), _span(names, records, verifications)
    names_in_pairs = {name for each in records for name in (each.consumer, each.provider)}
    rows = names.connection.execute(
        select(pacticipants.c.name, pacticipants.c.created_at).where(pacticipants.c.name.in_(names_in_pairs))
    )
    creation_dates = {row.name: row.created_at for row in rows}
    dates: dict[Key, dict[str, datetime | None]] = {}
    for each in records:
        spans = [span[each.key] for span in (pacts, results) if each.key in span]
        dates[each.key] = {
            "created_at": min(
                (first for first, _ in spans), default=max(creation_dates[each.consumer], creation_dates[each.provider])
            ),
            "contract_data_updated_at": max((last for _, last in spans), default=None),
        }
    return dates


def _span(names: Names, records: Sequence[Integration], table: Table) -> dict[Key, tuple[datetime, datetime]]:
    """The dates of each pair's first and last row in *table*."""
    ids = names.pacticipants
    keys = {(ids[each.consumer], ids[each.provider]): each.key for each in records}
    pair = (table.c.consumer_id, table.c.provider_id)
    query = select(
        *pair, func.min(table.c.created_at).label("first"), func.max(table.c.created_at).label("last")
    ).where(tuple_(*pair).in_(keys))
    rows = names.connection.execute(query.group_by(*pair))
    return {keys[row.consumer_id, row.provider_id]: (row.first, row.last) for row in rows}
