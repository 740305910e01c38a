"""Fill a database with test data: the records of a plan, loaded as an import loads them, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from contracts.broker.store import archive, environments, pacticipants
from contracts.broker.store.database import Connection
from contracts.model.seed_records import Records
from contracts.model.seeds import SeedPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundWritten:
    """Progress: *round* of *rounds* is written; *pacts* and *results* are the numbers so far."""

    round: int
    rounds: int
    pacts: int
    results: int


def is_empty(connection: Connection) -> bool:
    """Whether nobody has used this database yet."""
    return pacticipants.count(connection) == 0


def is_written(connection: Connection, plan: SeedPlan) -> bool:
    """Whether the database holds applications of such a plan already."""
    return bool(pacticipants.by_names(connection, [plan.portal, *plan.consumers[:1]]))


def write(
    connection: Connection, plan: SeedPlan, now: datetime, on_round: Callable[[RoundWritten], None] = lambda _: None
) -> None:
    """Add the records of *plan*, whose history ends at *now*; call *on_round* after each round."""
    records = Records(plan=plan, now=now, first_number=archive.next_result_number(connection))
    archive.add(connection, records.foundation([each.name for each in environments.all(connection)]))
    for round_, batch in records.rounds():
        archive.add(connection, batch)
        on_round(RoundWritten(round=round_, rounds=plan.rounds, pacts=records.pacts, results=records.results))
    archive.add(connection, records.end())
    archive.analyse(connection)
