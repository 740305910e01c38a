"""Writing an estate of `contracts.model.seeds` into a database: rows in bulk, in one transaction.

What is written is what publishing, verifying and deploying all of it would have left, heads included.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from contracts.broker.store import bulk
from contracts.broker.store.integrations import recompute_heads
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    deployed_versions,
    environments,
    integrations,
    metadata,
    pact_publications,
    pact_versions,
    pacticipants,
    tag_heads,
    tags,
    verifications,
    versions,
)
from contracts.model import contents, seeds
from contracts.model.seeds import Change, Pair, Plan, Revision


_BUILDS = 2  # of each provider in a round; each verifies what is current
_FAILURES_ONE_IN = 16
_BETWEEN_ROUNDS = timedelta(hours=6)
_VERIFIED_BY = '{"implementation":"pact_ffi","version":"0.5.0"}'
_PASSED = '[{"interactionDescription":"a request","success":true,"mismatches":[],"exceptions":[]}]'
_FAILED = (
    '[{"interactionDescription":"a request","success":false,"exceptions":[],"mismatches":'
    '[{"attribute":"body","identifier":"$.status","description":"Expected \'open\' but got \'closed\'"}]}]'
)
_ENVIRONMENTS = (("test", False), ("production", True))
_COLUMNS: dict[Table, tuple[str, ...]] = {
    pacticipants: ("id", "name", "display_name", "main_branch", "created_at", "updated_at"),
    environments: ("id", "uuid", "name", "display_name", "production", "created_at", "updated_at"),
    integrations: ("consumer_id", "provider_id", "created_at", "contract_data_updated_at"),
    versions: ("id", "pacticipant_id", "number", "build_url", "created_at", "updated_at"),
    branches: ("id", "pacticipant_id", "name", "head_version_id", "created_at", "updated_at"),
    branch_versions: ("branch_id", "version_id", "auto_created", "created_at"),
    tags: ("pacticipant_id", "version_id", "name", "created_at"),
    tag_heads: ("pacticipant_id", "name", "version_id"),
    pact_versions: (
        "id",
        "consumer_id",
        "provider_id",
        "sha",
        "interactions_count",
        "messages_count",
        "created_at",
        "content",
    ),
    pact_publications: (
        "consumer_id",
        "provider_id",
        "consumer_version_id",
        "pact_version_id",
        "revision_number",
        "latest",
        "created_at",
    ),
    verifications: (
        "pact_version_id",
        "consumer_id",
        "provider_id",
        "provider_version_id",
        "success",
        "wip",
        "latest",
        "executed_at",
        "created_at",
        "verified_by",
        "selectors",
        "test_results",
    ),
    deployed_versions: (
        "uuid",
        "pacticipant_id",
        "version_id",
        "environment_id",
        "target_key",
        "auto_created",
        "created_at",
        "undeployed_at",
        "updated_at",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the writing is: rounds of builds out of all of them, and what there is now."""

    done: int
    rounds: int
    pacts: int
    results: int


def is_empty(connection: Connection) -> bool:
    """Whether nobody has used this database yet."""
    return connection.scalar(select(pacticipants.c.id).limit(1)) is None


def is_written(connection: Connection, plan: Plan) -> bool:
    """Whether the database holds applications of such an estate already."""
    taken = select(pacticipants.c.id).where(pacticipants.c.name.in_([plan.portal, *plan.consumers[:1]]))
    return connection.scalar(taken.limit(1)) is not None


def write(connection: Connection, plan: Plan, now: datetime, told: Callable[[Progress], None]) -> None:
    """Add the estate of *plan*, whose history ends *now*; *told* hears of each round."""
    _Writer(connection, plan, now, told).write()


@dataclass(slots=True)
class _Writer:
    connection: Connection
    plan: Plan
    now: datetime
    told: Callable[[Progress], None]
    _rows: defaultdict[Table, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    _last: dict[Table, int] = field(default_factory=dict)
    _applications: dict[str, int] = field(default_factory=dict)
    _environments: dict[str, int] = field(default_factory=dict)
    _main: dict[str, int] = field(default_factory=dict)
    _main_heads: dict[int, int] = field(default_factory=dict)
    _tag_heads: dict[tuple[str, str], int] = field(default_factory=dict)
    _contents: dict[Pair, tuple[Revision, int]] = field(default_factory=dict)
    """What each pair's contract is on main, and the id of that content."""
    _versions: dict[str, int] = field(default_factory=dict)
    _deployed: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    _at: str = ""
    _pacts: int = 0
    _results: int = 0
    _chance: random.Random = field(default_factory=random.Random)

    def write(self) -> None:
        self._chance.seed(self.plan.seed)
        self._foundation()
        for round_, changes in self.plan.changes():
            self._at = bulk.moment(self.now - _BETWEEN_ROUNDS * (self.plan.rounds - round_))
            before = dict(self._versions)
            for name in self.plan.publishers:
                self._consumer_build(name, round_)
            builds = {name: self._provider_builds(name, round_) for name in self.plan.verifiers}
            for change in changes:
                self._contract(change, builds[change.pair.provider])
            if round_ % seeds.ROUNDS_OF_A_RELEASE == 0:
                self._release(before, builds)
            self._flush()
            self.told(Progress(done=round_, rounds=self.plan.rounds, pacts=self._pacts, results=self._results))
        self._heads()
        bulk.ids_given(self.connection, metadata.tables.values())
        bulk.analyse(self.connection)

    def _next(self, table: Table) -> int:
        self._last[table] += 1
        return self._last[table]

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def _foundation(self) -> None:
        for table in (pacticipants, environments, versions, branches, pact_versions):
            self._last[table] = bulk.last_id(self.connection, table)
        at = bulk.moment(self.now - _BETWEEN_ROUNDS * self.plan.rounds)
        for name in self.plan.applications:
            self._applications[name] = self._next(pacticipants)
            self._rows[pacticipants].append((self._applications[name], name, name, "main", at, at))
        known = {row.name: row.id for row in self.connection.execute(select(environments.c.name, environments.c.id))}
        for name, production in _ENVIRONMENTS:
            self._environments[name] = known.get(name) or self._next(environments)
            if name not in known:
                row = (self._environments[name], self._uuid(), name, name.title(), production, at, at)
                self._rows[environments].append(row)
        last = bulk.moment(self.now)
        for pair in self.plan.pairs:
            ids = self._applications[pair.consumer], self._applications[pair.provider]
            self._rows[integrations].append((*ids, at, last))
        self._flush()

    def _version(self, name: str, number: str, branch: str) -> int:
        version_id, application = self._next(versions), self._applications[name]
        url = f"https://ci.example.org/{name}/{number}"
        self._rows[versions].append((version_id, application, number, url, self._at, self._at))
        self._rows[branch_versions].append((self._branch(name, branch, version_id), version_id, False, self._at))
        return version_id

    def _branch(self, name: str, branch: str, head: int) -> int:
        """The id of a branch with a new head: main lives on, a feature's is new with each."""
        branch_id = self._main.get(name) if branch == "main" else None
        if branch_id is None:
            branch_id = self._next(branches)
            self._rows[branches].append((branch_id, self._applications[name], branch, head, self._at, self._at))
        if branch == "main":
            self._main[name] = branch_id
            self._main_heads[branch_id] = head
        return branch_id

    def _consumer_build(self, name: str, round_: int) -> None:
        branch = self.plan.branch(round_)
        self._versions[name] = self._version(name, f"1.{round_}", branch)
        if self._applications[name] % 2:
            self._tag(name, self._versions[name], branch)

    def _provider_builds(self, name: str, round_: int) -> list[int]:
        return [self._version(name, f"2.{round_}.{build}", "main") for build in range(_BUILDS)]

    def _tag(self, name: str, version_id: int, tag: str) -> None:
        self._rows[tags].append((self._applications[name], version_id, tag, self._at))
        self._tag_heads[name, tag] = version_id

    def _contract(self, change: Change, builds: Iterable[int]) -> None:
        pair = change.pair
        consumer, provider = self._applications[pair.consumer], self._applications[pair.provider]
        content = self._content(change, consumer, provider)
        version = self._versions[pair.consumer]
        self._rows[pact_publications].append((consumer, provider, version, content, 1, True, self._at))
        self._pacts += 1
        if not change.verified:
            return
        healthy = self.plan.healthy(pair)
        for build in builds:
            success = healthy or self._chance.random() >= 1 / _FAILURES_ONE_IN
            report = _PASSED if success else _FAILED
            result = content, consumer, provider, build, success, False, True, self._at, self._at
            self._rows[verifications].append((*result, _VERIFIED_BY, "[]", report))
            self._results += 1

    def _content(self, change: Change, consumer: int, provider: int) -> int:
        """The id of the content of a contract, written when it is new."""
        kept = self._contents.get(change.pair)
        if kept is not None and kept[0] == change.revision:
            return kept[1]
        document = seeds.document(change.pair, change.revision)
        interactions, messages = contents.counts(document)
        text = contents.stored(seeds.text(change.pair, change.revision))
        content = self._next(pact_versions)
        self._rows[pact_versions].append(
            (content, consumer, provider, contents.sha(document), interactions, messages, self._at, text)
        )
        if not change.revision.feature:
            self._contents[change.pair] = (change.revision, content)
        return content

    def _release(self, before: dict[str, int], builds: dict[str, list[int]]) -> None:
        """The newest goes to test; to production the providers' too, and the consumers' version before it."""
        for name in (*self.plan.consumers, self.plan.portal):
            self._deploy(name, self._versions[name], "test")
            self._deploy(name, before[name], "production")
            if self._applications[name] % 2:
                self._tag(name, before[name], "prod")
        for name, (first, *_) in builds.items():
            self._deploy(name, first, "test")
            self._deploy(name, first, "production")

    def _deploy(self, name: str, version: int, environment: str) -> None:
        """Put a version where another one was."""
        if (ended := self._deployed.get((name, environment))) is not None:
            self._rows[deployed_versions].append((*ended, self._at, self._at))
        where = self._applications[name], version, self._environments[environment]
        self._deployed[name, environment] = (self._uuid(), *where, "", False, self._at)

    def _flush(self) -> None:
        """Write what has come together, each table after those that it refers to."""
        for table, columns in _COLUMNS.items():
            if rows := self._rows.pop(table, None):
                bulk.insert(self.connection, table, columns, rows)

    def _heads(self) -> None:
        """What is at the end of the history: heads of branches and tags, and what is deployed now."""
        statement = (
            update(branches).where(branches.c.id == bindparam("branch")).values(head_version_id=bindparam("head"))
        )
        self.connection.execute(
            statement, [{"branch": branch, "head": head} for branch, head in self._main_heads.items()]
        )
        heads = [(self._applications[name], tag, head) for (name, tag), head in self._tag_heads.items()]
        bulk.insert(self.connection, tag_heads, _COLUMNS[tag_heads], heads)
        ids = [(self._applications[each.consumer], self._applications[each.provider]) for each in self.plan.pairs]
        recompute_heads(self.connection, ids)
        current = [(*held, None, held[-1]) for held in self._deployed.values()]
        bulk.insert(self.connection, deployed_versions, _COLUMNS[deployed_versions], current)
