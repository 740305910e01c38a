"""The decisions about webhooks at publications and results: what was recorded, and what follows without a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.broker.store import pacticipants, pacts, versions, webhook_decisions
from contracts.broker.store.database import Connection
from contracts.model.pacts import Pact
from contracts.model.webhook_decisions import DecisionRecord, Occurrence, OccurrenceRecord, Reason, decide
from contracts.model.webhooks import CONTRACT_PUBLISHED, Webhook


MOST = 100
_NOT_RECORDED = (
    "The broker has no record of a decision: the webhook or the contract has changed since, or the record was removed "
    "because of its age."
)


def of_version(
    connection: Connection, pacticipant: str, number: str, webhook: Webhook | None = None
) -> list[OccurrenceRecord]:
    """The newest occurrences of a version, the newest first, with the decisions about *webhook*, or about all.

    Its published pacts are included even without a record.

    Raises:
        PacticipantNotFound, VersionNotFound: if it does not exist.
    """
    party = pacticipants.find(connection, pacticipant)
    version = versions.find(connection, party.id, number)
    records = webhook_decisions.of_version(connection, party.id, number, MOST)
    published = pacts.of_versions(connection, [version.id]).get(version.id, ())
    recorded = {(each.consumer, each.provider) for each in records if each.result is None}
    records += [_unrecorded(each) for each in published if (each.consumer.name, each.provider.name) not in recorded]
    return [_about(each, webhook) for each in records] if webhook is not None else records


def of_webhook(connection: Connection, webhook: Webhook, limit: int = MOST) -> list[OccurrenceRecord]:
    """The newest occurrences between the applications that *webhook* names, with the decisions about it."""
    records = webhook_decisions.of_sides(connection, webhook.consumer, webhook.provider, limit)
    return [_about(each, webhook) for each in records]


def _unrecorded(pact: Pact) -> OccurrenceRecord:
    return OccurrenceRecord(
        consumer=pact.consumer.name,
        consumer_version=pact.consumer_version.number,
        provider=pact.provider.name,
        provider_version=None,
        sha=pact.sha,
        result=None,
        events=(),
        created_at=pact.created_at,
        recorded=False,
    )


def _about(record: OccurrenceRecord, webhook: Webhook) -> OccurrenceRecord:
    """Return *record* with the decisions about *webhook* alone; without one, what follows from its applications."""
    recorded = [each for each in record.decisions if each.webhook_uuid == webhook.uuid]
    return replace(record, decisions=recorded or [_inferred(record, webhook)])


def _inferred(record: OccurrenceRecord, webhook: Webhook) -> DecisionRecord:
    reason, text = _reason(record, webhook, record.created_at)
    return DecisionRecord(webhook_uuid=webhook.uuid, description=webhook.shown_as, event=None, reason=reason, text=text)


def _reason(record: OccurrenceRecord, webhook: Webhook, at: datetime) -> tuple[Reason, str]:
    occurrence = Occurrence(
        consumer=record.consumer, provider=record.provider, events=record.events or (CONTRACT_PUBLISHED,)
    )
    for decision in decide(webhook, occurrence):
        if decision.reason is Reason.ANOTHER_APPLICATION:
            return decision.reason, decision.text
    if webhook.created_at > at:
        return Reason.CREATED_LATER, "It was created later."
    return Reason.NOT_RECORDED, _NOT_RECORDED
