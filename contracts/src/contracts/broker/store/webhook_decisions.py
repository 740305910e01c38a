"""The records of decisions about webhooks in SQL: a row for each publication of a pact, and for each result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from contracts.broker.store.pact_rows import consumers, providers
from contracts.broker.store.tables import (
    pact_publications,
    pact_versions,
    triggered_webhooks,
    verifications,
    versions,
    webhook_decisions,
)
from contracts.model.webhook_decisions import DecisionRecord, OccurrenceRecord, Reason
from contracts.model.webhooks import Side


_provider_versions = versions.alias("provider_versions")
_MOST_OF_EVENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """The decisions about one occurrence; *verification_id* is None for a publication."""

    consumer_id: int
    provider_id: int
    pact_publication_id: int
    verification_id: int | None
    events: Sequence[str]
    decisions: Sequence[DecisionRecord]


def add(connection: Connection, new: Sequence[NewRecord], now: datetime) -> None:
    """Record decisions."""
    if not new:
        return
    rows = [
        {
            "consumer_id": each.consumer_id,
            "provider_id": each.provider_id,
            "pact_publication_id": each.pact_publication_id,
            "verification_id": each.verification_id,
            "events": list(each.events),
            "decisions": [_document(decision) for decision in each.decisions],
            "created_at": now,
        }
        for each in new
    ]
    connection.execute(insert(webhook_decisions), rows)


def of_version(connection: Connection, pacticipant_id: int, number: str, limit: int) -> list[OccurrenceRecord]:
    """The newest records about a version, as consumer of the contract or as provider with the result; newest first."""
    version_ids = select(versions.c.id).where(versions.c.pacticipant_id == pacticipant_id, versions.c.number == number)
    of_consumer = select(pact_publications.c.id).where(pact_publications.c.consumer_version_id.in_(version_ids))
    of_provider = select(verifications.c.id).where(verifications.c.provider_version_id.in_(version_ids))
    which = or_(
        webhook_decisions.c.pact_publication_id.in_(of_consumer), webhook_decisions.c.verification_id.in_(of_provider)
    )
    return _those(connection, which, limit=limit)


def of_sides(
    connection: Connection, consumer: Side | None, provider: Side | None, limit: int
) -> list[OccurrenceRecord]:
    """The newest records between the applications with these names; the newest first. A label excludes none."""
    named = [
        table.c.name == side.name
        for table, side in ((consumers, consumer), (providers, provider))
        if side is not None and side.name is not None
    ]
    return _those(connection, *named, limit=limit)


def of_delivery(connection: Connection, uuid: str) -> list[OccurrenceRecord]:
    """The record with the decision that a delivery with this *uuid* follows from, if it is the first of its event."""
    delivery = select(triggered_webhooks.c.pact_publication_id, triggered_webhooks.c.verification_id).where(
        triggered_webhooks.c.uuid == uuid
    )
    row = connection.execute(delivery).one_or_none()
    if row is None or row.pact_publication_id is None:
        return []
    records = _those(
        connection,
        webhook_decisions.c.pact_publication_id == row.pact_publication_id,
        webhook_decisions.c.verification_id == row.verification_id
        if row.verification_id is not None
        else webhook_decisions.c.verification_id.is_(None),
        limit=_MOST_OF_EVENT,
    )
    return [each for each in records if any(one.delivery_uuid == uuid for one in each.decisions)][:1]


def _those(connection: Connection, *which: ColumnElement[bool], limit: int) -> list[OccurrenceRecord]:
    query = (
        select(
            webhook_decisions.c.id,
            webhook_decisions.c.verification_id,
            webhook_decisions.c.events,
            webhook_decisions.c.decisions,
            webhook_decisions.c.created_at,
            consumers.c.name.label("consumer"),
            versions.c.number.label("consumer_version"),
            providers.c.name.label("provider"),
            _provider_versions.c.number.label("provider_version"),
            pact_versions.c.sha,
        )
        .join(consumers, consumers.c.id == webhook_decisions.c.consumer_id)
        .join(providers, providers.c.id == webhook_decisions.c.provider_id)
        .join(pact_publications, pact_publications.c.id == webhook_decisions.c.pact_publication_id)
        .join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
        .join(versions, versions.c.id == pact_publications.c.consumer_version_id)
        .outerjoin(verifications, verifications.c.id == webhook_decisions.c.verification_id)
        .outerjoin(_provider_versions, _provider_versions.c.id == verifications.c.provider_version_id)
        .where(*which)
        .order_by(webhook_decisions.c.id.desc())
        .limit(limit)
    )
    return [_record(row) for row in connection.execute(query)]


def _record(row: Row[*tuple[Any, ...]]) -> OccurrenceRecord:
    return OccurrenceRecord(
        consumer=row.consumer,
        consumer_version=row.consumer_version,
        provider=row.provider,
        provider_version=row.provider_version,
        sha=row.sha,
        result=row.verification_id,
        events=tuple(row.events),
        created_at=row.created_at,
        decisions=tuple(_decision(each) for each in row.decisions),
    )


def _document(decision: DecisionRecord) -> dict[str, Any]:
    document = {
        "webhook": decision.webhook_uuid,
        "description": decision.description,
        "event": decision.event,
        "reason": decision.reason,
        "text": decision.text,
        "delivery": decision.delivery_uuid,
        "version": decision.provider_version,
        "request": decision.request,
    }
    return {name: value for name, value in document.items() if value}


def _decision(document: dict[str, Any]) -> DecisionRecord:
    reason = document.get("reason")
    return DecisionRecord(
        webhook_uuid=document["webhook"],
        description=document["description"],
        event=document.get("event"),
        reason=None if reason is None else Reason(reason),
        text=document.get("text", ""),
        delivery_uuid=document.get("delivery"),
        provider_version=document.get("version"),
        request=document.get("request"),
    )
