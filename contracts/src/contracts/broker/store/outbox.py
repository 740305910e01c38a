"""The claims on deliveries in SQL: what is due, the first of each webhook, and who sends it.

The cost depends on the number of webhooks with waiting deliveries, and not on the number of deliveries.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)

from contracts.broker.store.deliveries import COLUMNS, triggered_of
from contracts.broker.store.membership import among
from contracts.broker.store.tables import UtcDateTime, triggered_webhooks, webhooks
from contracts.model.deliveries import TriggeredWebhook


_waiting = triggered_webhooks.c.next_attempt_at.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The delivery of a webhook that has waited longest; *url* is empty if the webhook was removed."""

    id: int
    url: str
    due: datetime


def candidates(connection: Connection, now: datetime) -> list[Candidate]:
    """The first unclaimed delivery of each webhook, due by *now* or later; those that have waited longest first."""
    rows = connection.execute(_candidates(), {"now": now})
    return [Candidate(id=row.id, url=row.url or "", due=row.next_attempt_at) for row in rows]


def next_claim_end(connection: Connection, own: Collection[int] = ()) -> datetime | None:
    """The time when the next claim ends, unless it is renewed, of deliveries other than one's *own*."""
    claimed = triggered_webhooks.c.claimed_until.is_not(None)
    query = select(func.min(triggered_webhooks.c.claimed_until)).where(claimed, ~among(triggered_webhooks.c.id, own))
    end: datetime | None = connection.scalar(query)
    return end


def claim(connection: Connection, ids: Sequence[int], now: datetime, hold: timedelta) -> list[TriggeredWebhook]:
    """Claim those of these deliveries that are still due for *hold*, in the order of *ids*."""
    due = (
        select(triggered_webhooks.c.id)
        .where(
            among(triggered_webhooks.c.id, ids),
            triggered_webhooks.c.next_attempt_at <= now,
            _unclaimed(literal(now, UtcDateTime)),
        )
        .with_for_update(skip_locked=True)  # ignored by SQLite, which has one writer
        .cte("due")  # a CTE is evaluated once; PostgreSQL may repeat a subquery
    )
    statement = (
        update(triggered_webhooks)
        .where(triggered_webhooks.c.id.in_(select(due.c.id)))
        .values(claimed_until=now + hold)
        .returning(*COLUMNS)
    )
    places = {each: place for place, each in enumerate(ids)}
    return sorted((triggered_of(row) for row in connection.execute(statement)), key=lambda each: places[each.id])


def renew(connection: Connection, ids: Collection[int], until: datetime) -> None:
    """Extend the claims on these deliveries *until* then; one that was given back stays free."""
    claimed = among(triggered_webhooks.c.id, ids) & triggered_webhooks.c.claimed_until.is_not(None)
    connection.execute(update(triggered_webhooks).where(claimed).values(claimed_until=until))


def give_back(connection: Connection, triggered_id: int) -> None:
    """Give back the claim on a delivery whose attempt did not finish: it is due as before."""
    connection.execute(
        update(triggered_webhooks).where(triggered_webhooks.c.id == triggered_id).values(claimed_until=None)
    )


def clock_was_set_back(connection: Connection, now: datetime, hold: timedelta) -> None:
    """Make deliveries with dates after *now* due, and limit all claims to *hold*."""
    later = (_waiting, triggered_webhooks.c.updated_at > now)
    until = literal(now + hold, UtcDateTime)
    shortened = case((triggered_webhooks.c.claimed_until > until, until), else_=triggered_webhooks.c.claimed_until)
    due_now = {"next_attempt_at": now, "claimed_until": shortened, "updated_at": now}
    connection.execute(update(triggered_webhooks).where(*later).values(due_now))


def _unclaimed(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(triggered_webhooks.c.claimed_until.is_(None), triggered_webhooks.c.claimed_until <= now)


@cache
def _candidates() -> Select[*tuple[Any, ...]]:
    now = bindparam("now", type_=UtcDateTime())
    first = triggered_webhooks.alias("first")
    waiting = select(func.min(triggered_webhooks.c.webhook_id).label("webhook_id")).where(_waiting)
    waiting_webhooks = waiting.cte("waiting_webhooks", recursive=True)
    following = (
        select(func.min(first.c.webhook_id))
        .where(first.c.webhook_id > waiting_webhooks.c.webhook_id, first.c.next_attempt_at.is_not(None))
        .scalar_subquery()
    )
    # each step jumps to the next webhook in the index, past all deliveries of one
    waiting_webhooks = waiting_webhooks.union_all(select(following).where(waiting_webhooks.c.webhook_id.is_not(None)))
    of_each = select(_first(triggered_webhooks.c.webhook_id == waiting_webhooks.c.webhook_id, now).label("id")).where(
        waiting_webhooks.c.webhook_id.is_not(None)
    )
    of_removed = select(_first(triggered_webhooks.c.webhook_id.is_(None), now).label("id"))
    ids = union_all(of_each, of_removed).subquery()
    table = triggered_webhooks.alias("candidates")
    return (
        select(table.c.id, table.c.next_attempt_at, webhooks.c.url)
        .join(ids, ids.c.id == table.c.id)
        .outerjoin(webhooks, webhooks.c.id == table.c.webhook_id)
        .order_by(table.c.next_attempt_at, table.c.id)
    )


def _first(which: ColumnElement[bool], now: ColumnElement[datetime]) -> Any:
    """The id of the first of these deliveries that is not claimed at the time *now*."""
    return (
        select(triggered_webhooks.c.id)
        .where(and_(which, _waiting, _unclaimed(now)))
        .order_by(triggered_webhooks.c.next_attempt_at, triggered_webhooks.c.id)
        .limit(1)
        .scalar_subquery()
    )
