"""The cost of a request at the database: its statements, their plans, and their work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmark_questions import Request
from in_process import TestClient
from sqlalchemy import Connection, event, text

from contracts.broker.store.database import Database


# what grows with every build; applications, pairs and environments grow with the company
_HISTORY = (
    "versions|branches|branch_versions|tags|tag_heads|pact_versions|pact_publications|verifications|tag_successes"
    "|deployed_versions|released_versions|triggered_webhooks|webhook_executions"
)
_SQLITE_SCAN = re.compile(rf"SCAN (?:\w+ AS )?({_HISTORY})\b")
_POSTGRESQL_SCAN = re.compile(rf"Seq Scan on ({_HISTORY})\b")
_STEPS = 10  # SQLite tells of so many at once


@contextmanager
def executed(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block with their parameters, without those that begin transactions."""
    executions: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            executions.append((arguments[2], arguments[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield executions
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def scans(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The tables of the history that *statement* reads from beginning to end, as the database plans it."""
    first = parameters[0] if isinstance(parameters, list) else parameters
    if connection.dialect.name == "sqlite":
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", first)]
        return [match[1] for line in plan if (match := _SQLITE_SCAN.match(line))]
    plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {statement}", first)]
    return [match[1] for line in plan if (match := _POSTGRESQL_SCAN.search(line))]


@contextmanager
def as_if_large(database: Database) -> Iterator[Connection]:
    """A connection whose planner assumes that every table is a thousand times as large."""
    with database.engine.connect() as connection:
        if database.sqlite:
            for table, index, counts in connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1").all():
                rows, _, others = counts.partition(" ")
                larger = f"{int(rows) * 1000} {others}".strip()
                update = "UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx IS ?"
                connection.exec_driver_sql(update, (larger, table, index))
            connection.exec_driver_sql("ANALYZE sqlite_schema")  # which reads the statistics again
        else:
            # the planner reads small tables whole; so it takes an index wherever there is one that helps
            connection.execute(text("SET enable_seqscan = off"))
        yield connection
        connection.rollback()
        connection.invalidate()


@contextmanager
def steps(database: Database) -> Iterator[list[int]]:
    """The instructions of SQLite's machine during the block, in tens; complete when the block ends."""
    counted = [0]

    def tick() -> int:
        counted[0] += 1
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(tick, _STEPS)

    event.listen(database.engine, "checkout", watch)
    try:
        yield counted
    finally:
        event.remove(database.engine, "checkout", watch)


def send(http: TestClient, request: Request) -> bytes:
    """Send a request that must succeed, and return its body."""
    headers = {"Accept": request.accept}
    body = None if request.body is None else json.dumps(request.body)
    if body:
        headers["Content-Type"] = "application/json"
    answer = http.request(request.method, request.path, content=body, headers=headers)
    assert answer.is_success, f"{request.method} {request.path}: {answer.status_code} {answer.text[:500]}"
    return answer.content
