"""An estate of applications in a broker's database, written by the broker's own actions, without HTTP.

    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main")
    estate.verify("Till", "1", by="10", success=True)

The provider is Ledger by default. A content is any text; the same text is the same content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from contracts.broker.actions import branch as branch_action
from contracts.broker.actions import place, publish, tag, verify
from contracts.broker.runtime import Runtime
from contracts.broker.store import environments, pacticipants, pacts, versions
from contracts.broker.store.database import Database
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.publications import Contract, Publication
from contracts.model.verifications import Result, Verification, VerifierReport


_SCAN = re.compile(r"SCAN (?!CONSTANT ROW|\(subquery|json_each)")  # of a table or a CTE
_CTE = re.compile(r"(?:WITH|,) *\n?(\w+) AS (?:MATERIALIZED )?\n?\(")


class Estate:
    """Writes the data of a test."""

    def __init__(self, broker: Runtime) -> None:
        self.broker = broker

    def publish(
        self,
        consumer: str,
        number: str,
        content: str,
        *,
        branch: str | None = None,
        tags: tuple[str, ...] = (),
        provider: str = "Ledger",
    ) -> publish.PublishedVersion:
        """Publish a contract of a consumer's version."""
        publication = contracts(consumer, number, content, branch=branch, tags=tags, provider=provider)
        with self.broker.database.writing() as connection:
            return publish.publish(self.broker, connection, publication, base_url="http://broker")

    def pact(self, consumer: str, number: str, provider: str = "Ledger") -> Pact:
        """Return the pact of a consumer's version."""
        with self.broker.database.reading() as connection:
            return pacts.find(connection, provider, consumer, number)

    def version(self, name: str, number: str, *, branch: str | None = None, tags: tuple[str, ...] = ()) -> None:
        """Create a version if it does not exist, with a branch and tags."""
        with self.broker.database.writing() as connection:
            pacticipant = pacticipants.ensure(connection, name, self.broker.now())
            version, _ = versions.ensure(connection, pacticipant.id, number, self.broker.now())
            if branch is not None:
                branch_action.add_version(
                    self.broker, connection, pacticipant, version, branch, base_url="http://broker"
                )
            tag.add(self.broker, connection, pacticipant, version, tags, deploys=True, base_url="http://broker")

    def verify(
        self,
        consumer: str,
        number: str,
        *,
        by: str,
        success: bool = True,
        metadata: Metadata | None = None,
        provider: str = "Ledger",
        **result: Any,
    ) -> Verification:
        """Publish a result for the content of a consumer's version."""
        pact = self.pact(consumer, number, provider)
        sent = Result(
            **{
                "success": success,
                "provider_version_number": by,
                "build_url": None,
                "executed_at": None,
                "report": VerifierReport(verified_by={}),
                **result,
            }
        )
        with self.broker.database.writing() as connection:
            return verify.publish(self.broker, connection, pact, sent, metadata or Metadata(), base_url="http://broker")

    def environment(self, name: str) -> None:
        """Create an environment."""
        with self.broker.database.writing() as connection:
            environments.create(
                connection,
                uuid=self.broker.uuid(),
                name=name,
                display_name=name,
                production=False,
                contacts=None,
                now=self.broker.now(),
            )

    def deploy(self, name: str, number: str, environment: str, target: str | None = None) -> None:
        """Deploy a version to an environment."""
        with self.broker.database.writing() as connection:
            version = versions.find(connection, pacticipants.find(connection, name).id, number)
            where = environments.get_by_name(connection, environment)
            place.deploy(self.broker, connection, version, where, base_url="http://broker", target=target)

    def release(self, name: str, number: str, environment: str) -> None:
        """Release a version to an environment."""
        with self.broker.database.writing() as connection:
            version = versions.find(connection, pacticipants.find(connection, name).id, number)
            where = environments.get_by_name(connection, environment)
            place.release(self.broker, connection, version, where, base_url="http://broker")


def contracts(
    consumer: str,
    number: str,
    content: str,
    *,
    branch: str | None = None,
    tags: tuple[str, ...] = (),
    provider: str = "Ledger",
) -> Publication:
    """The contracts that `Estate.publish` publishes."""
    document = {"interactions": [{"description": content, "request": {"path": f"/{content}"}}]}
    contract = Contract(provider=provider, text=json.dumps(document), document=document)
    return Publication(consumer=consumer, version=number, branch=branch, tags=tags, contracts=(contract,))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL of each statement of the block, without those that begin transactions."""
    executed: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith("BEGIN"):
            executed.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def scans(database: Database) -> Iterator[list[str]]:
    """The tables that the block's statements read from beginning to end, as SQLite plans them, without their own CTEs.

    The list is filled when the block ends.
    """
    executed: list[tuple[str, Any]] = []
    tables: list[str] = []

    def note(*arguments: Any) -> None:
        executed.append((arguments[2], arguments[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield tables
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    with database.reading() as connection:
        for statement, parameters in executed:
            if not statement.startswith("BEGIN"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                own = {f"SCAN {name}" for name in _CTE.findall(statement)}
                tables += [
                    row.detail
                    for row in plan
                    if _SCAN.match(row.detail) and row.detail.removesuffix(" LEFT-JOIN") not in own
                ]
