"""Deployments, releases and webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, select, update

from contracts.broker.store import webhooks as webhook_store
from contracts.broker.store.archive.names import Names
from contracts.broker.store.deployments import target_key
from contracts.broker.store.tables import (
    deployed_versions,
    environments,
    pacticipants,
    released_versions,
    versions,
    webhooks,
)
from contracts.model.archive.records import DataRecord, Deployment, Release, Webhook
from contracts.model.secrets import Cipher
from contracts.model.signatures import SigningSecret
from contracts.model.webhooks import Limits, NewWebhook, Side, WebhookRequest


Which = ColumnElement[bool]
_Placed = TypeVar("_Placed", Deployment, Release)
_ANY = Side()


class Deployments:
    """Deployments, current and past."""

    record = Deployment
    table = deployed_versions
    large = False

    def among(self, names: Names, records: Sequence[Deployment]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the uuid of one of *records*."""
        return deployed_versions.c.uuid.in_({each.uuid for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Deployment]:
        """Deployments by id."""
        rows = connection.execute(_placed(deployed_versions).where(which).limit(limit))
        return {
            row.id: Deployment(
                uuid=row.uuid,
                pacticipant=row.pacticipant,
                version=row.number,
                environment=row.environment,
                application_instance=row.target,
                auto_created=row.auto_created,
                undeployed_at=row.undeployed_at,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Deployment]) -> None:
        """Add *records*, the oldest first."""
        rows = [
            placed
            | {
                "target": each.application_instance,
                "target_key": target_key(each.application_instance),
                "auto_created": each.auto_created,
                "undeployed_at": each.undeployed_at,
            }
            for each, placed in _places(names, records)
        ]
        names.insert(deployed_versions, rows)


class Releases:
    """Releases, supported or not."""

    record = Release
    table = released_versions
    large = False

    def among(self, names: Names, records: Sequence[Release]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the uuid of one of *records*."""
        return released_versions.c.uuid.in_({each.uuid for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Release]:
        """Releases by id."""
        rows = connection.execute(_placed(released_versions).where(which).limit(limit))
        return {
            row.id: Release(
                uuid=row.uuid,
                pacticipant=row.pacticipant,
                version=row.number,
                environment=row.environment,
                support_ended_at=row.support_ended_at,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        }

    def write(self, names: Names, records: Sequence[Release]) -> None:
        """Add *records*, the oldest first."""
        rows = [placed | {"support_ended_at": each.support_ended_at} for each, placed in _places(names, records)]
        names.insert(released_versions, rows)


class Webhooks:
    """Webhooks, with their encrypted secrets."""

    record = Webhook
    table = webhooks
    large = False

    def among(self, names: Names, records: Sequence[Webhook]) -> Which:  # noqa: ARG002, as of every kind
        """Those with the uuid of one of *records*."""
        return webhooks.c.uuid.in_({each.uuid for each in records})

    def read(self, connection: Connection, which: Which, limit: int) -> dict[int, Webhook]:
        """Webhooks by id."""
        ids = connection.scalars(select(webhooks.c.id).where(which).order_by(webhooks.c.id).limit(limit)).all()
        return {
            webhook_id: Webhook(
                uuid=each.uuid,
                description=each.description,
                enabled=each.enabled,
                consumer=(each.consumer or _ANY).name,
                consumer_label=(each.consumer or _ANY).label,
                provider=(each.provider or _ANY).name,
                provider_label=(each.provider or _ANY).label,
                events=each.events,
                method=each.request.method,
                url=each.request.url,
                headers=dict(each.request.headers) or None,
                body=each.request.body,
                username=each.request.username,
                password=each.request.password,
                consumers=each.limits.consumers or None,
                branches=each.limits.branches or None,
                labels=each.limits.labels or None,
                signing_secret=each.signing_secrets[0].sealed if each.signing_secrets else None,
                created_at=each.created_at,
                updated_at=each.updated_at,
            )
            for webhook_id, each in webhook_store.by_ids(connection, ids).items()
        }

    def write(self, names: Names, records: Sequence[Webhook]) -> None:
        """Add *records*."""
        for each in records:
            webhook = webhook_store.create(names.connection, each.uuid, _wanted(names, each), each.created_at)
            if each.signing_secret is not None and names.cipher is not None:
                sealed = SigningSecret(sealed=names.cipher.encrypt(each.signing_secret), created_at=each.created_at)
                webhook_store.set_signing_secrets(names.connection, webhook, [sealed])
            names.connection.execute(
                update(webhooks).where(webhooks.c.uuid == each.uuid).values(updated_at=each.updated_at)
            )


def _placed(table: Table) -> Select[*tuple[Any, ...]]:
    """The rows of *table*, in order, with the names of application, version and environment."""
    return (
        select(
            table, pacticipants.c.name.label("pacticipant"), versions.c.number, environments.c.name.label("environment")
        )
        .join(pacticipants, pacticipants.c.id == table.c.pacticipant_id)
        .join(versions, versions.c.id == table.c.version_id)
        .join(environments, environments.c.id == table.c.environment_id)
        .order_by(table.c.id)
    )


def _places(names: Names, records: Sequence[_Placed]) -> list[tuple[_Placed, dict[str, Any]]]:
    ids = names.versions({(each.pacticipant, each.version) for each in records})
    return [
        (
            each,
            {
                "uuid": each.uuid,
                "pacticipant_id": names.pacticipants[each.pacticipant],
                "version_id": ids[each.pacticipant, each.version],
                "environment_id": names.environments[each.environment],
                "created_at": each.created_at,
                "updated_at": each.updated_at,
            },
        )
        for each in records
    ]


def readable(record: DataRecord, cipher: Cipher | None) -> DataRecord:
    """Return *record* with the secrets of a webhook decrypted.

    Raises:
        Locked: if the key is missing.
    """
    if not isinstance(record, Webhook) or cipher is None:
        return record
    clear = request(record).unsealed(cipher.decrypt)
    signing = None if record.signing_secret is None else cipher.decrypt(record.signing_secret)
    return replace(record, headers=dict(clear.headers) or None, password=clear.password, signing_secret=signing)


def _wanted(names: Names, record: Webhook) -> NewWebhook:
    for party in (record.consumer, record.provider, *(record.consumers or ())):
        _ = party and names.pacticipants[party]  # raises if it does not exist
    clear = request(record)
    return NewWebhook(
        description=record.description,
        enabled=record.enabled,
        consumer=_side(record.consumer, record.consumer_label),
        provider=_side(record.provider, record.provider_label),
        request=clear if names.cipher is None else clear.sealed(names.cipher.encrypt),
        events=record.events,
        limits=Limits(consumers=record.consumers or (), branches=record.branches or (), labels=record.labels or ()),
    )


def request(record: Webhook) -> WebhookRequest:
    """Return the request of a webhook's *record*."""
    return WebhookRequest(
        method=record.method,
        url=record.url,
        headers=record.headers or {},
        body=record.body,
        username=record.username,
        password=record.password,
    )


def _side(name: str | None, label: str | None) -> Side | None:
    side = Side(name=name, label=label)
    return None if side == _ANY else side
