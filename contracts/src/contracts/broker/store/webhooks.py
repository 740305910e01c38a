"""Webhooks in SQL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, bindparam, delete, func, insert, or_, select, true, update

from contracts.broker.store import pacticipants as pacticipant_store
from contracts.broker.store.membership import among
from contracts.broker.store.searches import contains
from contracts.broker.store.tables import pacticipants, webhook_events, webhooks
from contracts.model import signatures
from contracts.model.errors import NotFound
from contracts.model.secrets import sealed
from contracts.model.webhooks import Limits, Side, Webhook, WebhookRequest


if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from contracts.model.signatures import SigningSecret
    from contracts.model.webhooks import NewWebhook

    Which = ColumnElement[bool]


_consumers = pacticipants.alias("webhook_consumers")
_providers = pacticipants.alias("webhook_providers")
_COLUMNS = (
    webhooks.c.id,
    webhooks.c.uuid,
    webhooks.c.description,
    webhooks.c.enabled,
    webhooks.c.consumer_label,
    webhooks.c.provider_label,
    webhooks.c.method,
    webhooks.c.url,
    webhooks.c.headers,
    webhooks.c.body,
    webhooks.c.username,
    webhooks.c.password,
    webhooks.c.created_at,
    webhooks.c.updated_at,
    webhooks.c.limits,
    webhooks.c.signing_secrets,
)


def find(connection: Connection, uuid: str) -> Webhook:
    """The webhook with this *uuid*.

    Raises:
        NotFound: if there is none.
    """
    if (webhook := get(connection, uuid)) is None:
        raise NotFound(f"There is no webhook with the uuid '{uuid}'")
    return webhook


def get(connection: Connection, uuid: str) -> Webhook | None:
    """The webhook with this *uuid*, or None."""
    rows = _those(connection, webhooks.c.uuid == uuid)
    return rows[0] if rows else None


def lock(connection: Connection, uuid: str) -> None:
    """Lock a webhook against other writers that lock it, until the transaction ends."""
    # ignored by SQLite, which has one writer at a time
    connection.execute(select(webhooks.c.id).where(webhooks.c.uuid == uuid).with_for_update(key_share=True))


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Webhook]:
    """The webhooks with these *ids*, by id."""
    return {each.id: each for each in _those(connection, among(webhooks.c.id, ids))}


def get_by_id(connection: Connection, webhook_id: int) -> Webhook | None:
    """The webhook with this id, or None if it was removed."""
    return by_ids(connection, [webhook_id]).get(webhook_id)


def urls(connection: Connection, ids: Collection[int] | None = None) -> dict[int, str]:
    """The URL of each webhook, or of those with these *ids*, by id."""
    query = select(webhooks.c.id, webhooks.c.url)
    if ids is not None:
        query = query.where(among(webhooks.c.id, ids))
    return {row.id: row.url for row in connection.execute(query)}


def all(connection: Connection) -> list[Webhook]:  # noqa: A001, read as webhooks.all
    """Every webhook, the oldest first."""
    return _those(connection, webhooks.c.id.is_not(None))


def search(connection: Connection, q: str, limit: int, offset: int = 0) -> list[Webhook]:
    """Webhooks with *q* in the description, the URL, the name or label of a side, or an event; the oldest first."""
    return _those(connection, _with_text(q), limit, offset)


def count(connection: Connection, q: str) -> int:
    """The number of webhooks that `search` returns without a limit."""
    return int(connection.execute(_joined(func.count()).where(_with_text(q))).scalar_one())


def concerning(connection: Connection, pacticipant_id: int, labels: Collection[str], limit: int) -> list[Webhook]:
    """Webhooks that name an application or one of its *labels*, and those for every application; the oldest first."""
    sides = (
        (webhooks.c.consumer_id, webhooks.c.consumer_label),
        (webhooks.c.provider_id, webhooks.c.provider_label),
    )
    named = or_(*(or_(id_ == pacticipant_id, label.in_(labels)) for id_, label in sides))
    return _those(connection, or_(named, and_(*(column.is_(None) for side in sides for column in side))), limit)


def of(connection: Connection, *, consumer_id: int | None = None, provider_id: int | None = None) -> list[Webhook]:
    """The webhooks for exactly these applications, with no application on a side that is None; the oldest first."""
    return _those(connection, _is(webhooks.c.consumer_id, consumer_id) & _is(webhooks.c.provider_id, provider_id))


def candidates(connection: Connection, consumer_id: int, provider_ids: Collection[int]) -> dict[int, list[Webhook]]:
    """The webhooks that name no other application, by provider id, enabled or not; the oldest first.

    Their labels and limits are for `model.webhook_decisions`. A provider without webhooks is left out.
    """
    parameters = {"consumer_id": consumer_id, "provider_ids": list(provider_ids)}
    rows = connection.execute(_candidates(), parameters).all()
    webhooks_by_id = by_ids(connection, {row.id for row in rows}) if rows else {}
    webhooks_by_provider: dict[int, list[Webhook]] = {}
    for row in rows:
        webhooks_by_provider.setdefault(row.provider_id, []).append(webhooks_by_id[row.id])
    return webhooks_by_provider


def create(connection: Connection, uuid: str, new: NewWebhook, now: datetime) -> Webhook:
    """Store a *new* webhook.

    Raises:
        PacticipantNotFound: if an application that it names does not exist.
    """
    values = _values(connection, new) | {"uuid": uuid, "created_at": now, "updated_at": now}
    webhook_id = connection.execute(insert(webhooks).values(values).returning(webhooks.c.id)).scalar_one()
    _set_events(connection, webhook_id, new.events)
    return find(connection, uuid)


def replace(connection: Connection, webhook: Webhook, new: NewWebhook, now: datetime) -> Webhook:
    """Replace *webhook* by *new*.

    Raises:
        PacticipantNotFound: if an application that it names does not exist.
    """
    values = _values(connection, new) | {"updated_at": now}
    connection.execute(update(webhooks).where(webhooks.c.id == webhook.id).values(values))
    connection.execute(delete(webhook_events).where(webhook_events.c.webhook_id == webhook.id))
    _set_events(connection, webhook.id, new.events)
    return find(connection, webhook.uuid)


def set_signing_secrets(connection: Connection, webhook: Webhook, secrets: Sequence[SigningSecret]) -> None:
    """Replace the signing secrets of *webhook*; this does not count as an update, which would send it again."""
    stored = signatures.document(secrets)
    connection.execute(update(webhooks).where(webhooks.c.id == webhook.id).values(signing_secrets=stored))


def seal(connection: Connection, webhook: Webhook, request: WebhookRequest) -> None:
    """Replace the secrets of *webhook* by the encrypted ones of *request*; this does not count as an update."""
    values = {"headers": {name: str(value) for name, value in request.headers.items()}, "password": request.password}
    connection.execute(update(webhooks).where(webhooks.c.id == webhook.id).values(values))


def remove(connection: Connection, webhook: Webhook) -> None:
    """Remove a webhook; its deliveries stay."""
    connection.execute(delete(webhooks).where(webhooks.c.id == webhook.id))


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(webhooks)
        .outerjoin(_consumers, _consumers.c.id == webhooks.c.consumer_id)
        .outerjoin(_providers, _providers.c.id == webhooks.c.provider_id)
    )


def _with_text(q: str) -> Which:
    if not q:
        return true()
    texts = (
        webhooks.c.description,
        webhooks.c.url,
        webhooks.c.consumer_label,
        webhooks.c.provider_label,
        _consumers.c.name,
        _providers.c.name,
    )
    of_event = select(webhook_events.c.webhook_id).where(contains(webhook_events.c.name, q))
    return or_(*(contains(each, q) for each in texts), webhooks.c.id.in_(of_event))


def _those(connection: Connection, which: Which, limit: int | None = None, offset: int = 0) -> list[Webhook]:
    query = (
        _joined(*_COLUMNS, _consumers.c.name.label("consumer"), _providers.c.name.label("provider"))
        .where(which)
        .order_by(webhooks.c.id)
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(query).all()
    if not rows:
        return []
    events: dict[int, tuple[str, ...]] = {}
    listed = (
        select(webhook_events.c.webhook_id, webhook_events.c.name)
        .where(among(webhook_events.c.webhook_id, [row.id for row in rows]))
        .order_by(webhook_events.c.id)
    )
    for row in connection.execute(listed):
        events[row.webhook_id] = (*events.get(row.webhook_id, ()), row.name)
    return [_webhook(row, events.get(row.id, ())) for row in rows]


def _webhook(row: Row[*tuple[Any, ...]], events: tuple[str, ...]) -> Webhook:
    return Webhook(
        id=row.id,
        uuid=row.uuid,
        description=row.description,
        enabled=row.enabled,
        consumer=_side(row.consumer, row.consumer_label),
        provider=_side(row.provider, row.provider_label),
        request=WebhookRequest(
            method=row.method,
            url=row.url,
            headers={name: sealed(value) for name, value in row.headers.items()},
            body=row.body,
            username=row.username,
            password=None if row.password is None else sealed(row.password),
        ),
        events=events,
        limits=_limits(row.limits),
        signing_secrets=signatures.read(row.signing_secrets),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _side(name: str | None, label: str | None) -> Side | None:
    return None if name is None and label is None else Side(name=name, label=label)


def _values(connection: Connection, new: NewWebhook) -> dict[str, Any]:
    if not new.request.is_sealed:
        raise ValueError("the secrets of a webhook must be encrypted before they are stored")
    return {
        "description": new.description,
        "enabled": new.enabled,
        "consumer_id": _id_of(connection, new.consumer),
        "provider_id": _id_of(connection, new.provider),
        "consumer_label": new.consumer.label if new.consumer else None,
        "provider_label": new.provider.label if new.provider else None,
        "method": new.request.method,
        "url": new.request.url,
        "headers": {name: str(value) for name, value in new.request.headers.items()},
        "body": new.request.body,
        "username": new.request.username,
        "password": None if new.request.password is None else str(new.request.password),
        "limits": _stored(new.limits),
    }


def _id_of(connection: Connection, side: Side | None) -> int | None:
    return None if side is None or side.name is None else pacticipant_store.find(connection, side.name).id


def _set_events(connection: Connection, webhook_id: int, names: Sequence[str]) -> None:
    connection.execute(
        insert(webhook_events), [{"webhook_id": webhook_id, "name": name} for name in dict.fromkeys(names)]
    )


def _is(column: ColumnElement[Any], pacticipant_id: int | None) -> Which:
    return column.is_(None) if pacticipant_id is None else column == pacticipant_id


@cache
def _candidates() -> Select[*tuple[Any, ...]]:
    provider = pacticipants.alias("provider")
    consumer_id = bindparam("consumer_id", type_=BigInteger())
    return (
        select(webhooks.c.id, provider.c.id.label("provider_id"))
        .select_from(webhooks)
        .join(provider, or_(webhooks.c.provider_id == provider.c.id, webhooks.c.provider_id.is_(None)))
        .where(
            among(provider.c.id, "provider_ids"),
            or_(webhooks.c.consumer_id == consumer_id, webhooks.c.consumer_id.is_(None)),
        )
        .order_by(webhooks.c.id)
    )


def _limits(stored: dict[str, list[str]] | None) -> Limits:
    return Limits(**{name: tuple(words) for name, words in (stored or {}).items()})


def _stored(limits: Limits) -> dict[str, list[str]] | None:
    lists = {"consumers": limits.consumers, "branches": limits.branches, "labels": limits.labels}
    return {name: list(words) for name, words in lists.items() if words} or None
