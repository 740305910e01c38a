"""The records of a plan of test data: what publishing, verifying and deploying all of it would leave.

The same plan, end and first number make the same records.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contracts.model import contents, seeds
from contracts.model.archive.records import (
    Branch,
    BranchVersion,
    Content,
    DataRecord,
    Deployment,
    Environment,
    Integration,
    Pact,
    Pacticipant,
    Result,
    Tag,
    Version,
)
from contracts.model.seeds import Pair, Revision, RoundContract, SeedPlan


_BUILDS = 2  # of each provider in a round; each verifies what is current
_FAILURES_ONE_IN = 16
_BETWEEN_ROUNDS = timedelta(hours=6)
_VERIFIED_BY = {"implementation": "pact_ffi", "version": "0.5.0"}
_PASSED = [{"interactionDescription": "a request", "success": True, "mismatches": [], "exceptions": []}]
_FAILED = [
    {
        "interactionDescription": "a request",
        "success": False,
        "exceptions": [],
        "mismatches": [
            {"attribute": "body", "identifier": "$.status", "description": "Expected 'open' but got 'closed'"}
        ],
    }
]
_ENVIRONMENTS = {"test": False, "production": True}


@dataclass(slots=True, kw_only=True)
class Records:
    """Makes the records of *plan*, whose history ends at *now*; results are numbered from *first_number* on."""

    plan: SeedPlan
    now: datetime
    first_number: int = 1
    pacts: int = field(default=0, init=False)
    """Number of pacts so far."""
    results: int = field(default=0, init=False)
    """Number of results so far."""
    _versions: dict[str, str] = field(default_factory=dict, init=False)
    """The newest version of each application that publishes."""
    _contents: dict[Pair, tuple[Revision, str]] = field(default_factory=dict, init=False)
    """The contract of each pair on main, and its identity."""
    _deployments: dict[tuple[str, str], Deployment] = field(default_factory=dict, init=False)
    """The current deployment of each application and environment."""
    _tagging: frozenset[str] = field(init=False)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the plan's own sequence of chance."""
        self._tagging = self.plan.tagging
        self._chance = random.Random(self.plan.seed)  # noqa: S311, a sequence that can be repeated, not a secret

    def foundation(self, environments: Collection[str]) -> Iterator[DataRecord]:
        """Yield the applications with their main branches, and the environments that are not in *environments*."""
        at = self._moment(0)
        for name in self.plan.applications:
            yield Pacticipant(name=name, display_name=name, main_branch="main", created_at=at, updated_at=at)
            yield Branch(pacticipant=name, name="main", created_at=at, updated_at=at)
        for name, production in _ENVIRONMENTS.items():
            if name not in environments:
                yield Environment(
                    uuid=self._uuid(),
                    name=name,
                    display_name=name.title(),
                    production=production,
                    created_at=at,
                    updated_at=at,
                )

    def rounds(self) -> Iterator[tuple[int, list[DataRecord]]]:
        """Yield each round of builds with its records."""
        for round_, round_contracts in self.plan.contracts():
            yield round_, list(self._round(round_, round_contracts))

    def end(self) -> Iterator[DataRecord]:
        """Yield what is deployed at the end of the history, and the pairs."""
        yield from self._deployments.values()
        at = self._moment(0)
        for pair in self.plan.pairs:
            yield Integration(
                consumer=pair.consumer, provider=pair.provider, created_at=at, contract_data_updated_at=self.now
            )

    def _round(self, round_: int, round_contracts: list[RoundContract]) -> Iterator[DataRecord]:
        previous = dict(self._versions)
        for name in self.plan.publishers:
            yield from self._consumer_build(name, round_)
        builds = {name: [f"2.{round_}.{build}" for build in range(_BUILDS)] for name in self.plan.verifiers}
        for name, numbers in builds.items():
            for number in numbers:
                latest = round_ == self.plan.rounds and number == numbers[-1]
                yield self._version(name, number, round_, "main", latest=latest)
        for contract in round_contracts:
            yield from self._contract(contract, round_, builds[contract.pair.provider])
        if round_ % seeds.ROUNDS_OF_A_RELEASE == 0:
            yield from self._release(round_, previous, builds)

    def _consumer_build(self, name: str, round_: int) -> Iterator[DataRecord]:
        branch, at = self.plan.branch(round_), self._moment(round_)
        number = self._versions[name] = f"1.{round_}"
        if branch != "main":
            yield Branch(pacticipant=name, name=branch, created_at=at, updated_at=at)
        tags = []
        if name in self._tagging:
            tags.append(Tag(name=branch, created_at=at))
            if name not in self.plan.gateways and (round_ + 1) % seeds.ROUNDS_OF_A_RELEASE == 0:
                tags.append(Tag(name="prod", created_at=self._moment(round_ + 1)))  # with the release that follows
        latest = branch != "main" or round_ == self.plan.last_main_round
        yield self._version(name, number, round_, branch, tags=tuple(tags), latest=latest)

    def _version(
        self, name: str, number: str, round_: int, branch: str, *, tags: tuple[Tag, ...] = (), latest: bool
    ) -> Version:
        at = self._moment(round_)
        return Version(
            pacticipant=name,
            number=number,
            build_url=f"https://ci.example.org/{name}/{number}",
            branches=(BranchVersion(name=branch, latest=latest, created_at=at),),
            tags=tags,
            created_at=at,
            updated_at=at,
        )

    def _contract(self, contract: RoundContract, round_: int, builds: list[str]) -> Iterator[DataRecord]:
        pair, at = contract.pair, self._moment(round_)
        sha, content = self._content(contract, at)
        if content is not None:
            yield content
        yield Pact(
            consumer=pair.consumer,
            version=self._versions[pair.consumer],
            provider=pair.provider,
            sha=sha,
            created_at=at,
        )
        self.pacts += 1
        healthy = self.plan.healthy(pair)
        for build in builds if contract.verified else ():
            success = healthy or self._chance.random() >= 1 / _FAILURES_ONE_IN
            yield Result(
                number=self.first_number + self.results,
                consumer=pair.consumer,
                provider=pair.provider,
                sha=sha,
                provider_version=build,
                success=success,
                latest=True,
                executed_at=at,
                created_at=at,
                verified_by=_VERIFIED_BY,
                selectors=[],
                test_results=_PASSED if success else _FAILED,
                first_with_tags=(),
            )
            self.results += 1

    def _content(self, contract: RoundContract, at: datetime) -> tuple[str, Content | None]:
        """The identity of a contract; and its content if it is new."""
        pair, revision = contract.pair, contract.revision
        on_main = self._contents.get(pair)
        if on_main is not None and on_main[0] == revision:
            return on_main[1], None
        sha = contents.sha(seeds.document(pair, revision))
        if not revision.feature:
            self._contents[pair] = (revision, sha)
        text = contents.stored(seeds.text(pair, revision))
        return sha, Content(consumer=pair.consumer, provider=pair.provider, sha=sha, text=text, created_at=at)

    def _release(self, round_: int, previous: dict[str, str], builds: dict[str, list[str]]) -> Iterator[DataRecord]:
        """Deploy the newest versions to test; to production the providers', and the consumers' previous ones."""
        for name in (*self.plan.consumers, self.plan.portal):
            yield from self._deploy(name, self._versions[name], "test", round_)
            yield from self._deploy(name, previous[name], "production", round_)
        for name, (first, *_) in builds.items():
            yield from self._deploy(name, first, "test", round_)
            yield from self._deploy(name, first, "production", round_)

    def _deploy(self, name: str, number: str, environment: str, round_: int) -> Iterator[DataRecord]:
        """Deploy a version; yield the deployment that it replaces."""
        at = self._moment(round_)
        if (replaced := self._deployments.get((name, environment))) is not None:
            yield replace(replaced, undeployed_at=at, updated_at=at)
        self._deployments[name, environment] = Deployment(
            uuid=self._uuid(),
            pacticipant=name,
            version=number,
            environment=environment,
            created_at=at,
            updated_at=at,
        )

    def _moment(self, round_: int) -> datetime:
        return self.now - _BETWEEN_ROUNDS * (self.plan.rounds - round_)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
