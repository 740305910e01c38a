"""Test data: a network of applications of any size, and the contracts that each round of builds publishes.

It is a pure function of the number of pacts and a seed. It has the structure of a company: shops with three suppliers
each, a few gateways that are consumer and provider at once, a portal with up to 300 providers, and a popular provider
with as many consumers. With a hundred times the pacts, there are ten times the pairs and ten times the history, while
portal and popular provider keep their size. So the response to a question about them has the same size with ten
thousand pacts and with a million.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


ROUNDS_OF_A_RELEASE = 4  # every fourth round, all current versions are deployed
_AT_TEN_THOUSAND = 8  # rounds
_MOST_AROUND_ONE = 300  # providers of the portal, consumers of the popular provider
_PAIRS_OF_A_CONSUMER = 3.3  # three of its own, and its share of the gateways'
_INTERACTIONS = 3
_ROUNDS_IN_PROGRESS = 8  # older features are all verified, so that work in progress does not accumulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A consumer and one of its providers, by name."""

    consumer: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The content of a pair's contract; equal revisions have equal contents. *feature* is a feature's round, or 0."""

    generation: int
    feature: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundContract:
    """The contract of a pair in a round, and whether the provider verifies it."""

    pair: Pair
    revision: Revision
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPlan:
    """A network with *rounds* rounds of builds; in each round, every consumer publishes a version."""

    seed: int
    rounds: int
    consumers: tuple[str, ...]
    gateways: tuple[str, ...]
    portal: str
    providers: tuple[str, ...]
    backends: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def popular(self) -> str:
        """The provider with the most consumers."""
        return self.providers[0]

    @property
    def publishers(self) -> tuple[str, ...]:
        """Every application that publishes contracts."""
        return (*self.consumers, *self.gateways, self.portal)

    @property
    def verifiers(self) -> tuple[str, ...]:
        """Every application that verifies contracts."""
        return (*self.providers, *self.gateways, *self.backends)

    @property
    def applications(self) -> tuple[str, ...]:
        """Every application."""
        return (*self.publishers, *self.providers, *self.backends)

    def branch(self, round_: int) -> str:
        """Return the branch of every build in a round; every fourth is a feature branch."""
        return f"feat/{round_}" if round_ % ROUNDS_OF_A_RELEASE == ROUNDS_OF_A_RELEASE // 2 else "main"

    @property
    def last_main_round(self) -> int:
        """The last round that builds main."""
        return max(each for each in range(1, self.rounds + 1) if self.branch(each) == "main")

    @property
    def tagging(self) -> frozenset[str]:
        """The applications that tag their versions: every other one."""
        return frozenset(self.applications[::2])

    def healthy(self, pair: Pair) -> bool:
        """Whether every result of a pair is a success; this is so around the applications that benchmarks ask about."""
        return pair.consumer in {self.portal, self.consumers[0]} or pair.provider == self.popular

    def contracts(self) -> Iterator[tuple[int, list[RoundContract]]]:
        """Yield each round with the contract of every pair in it."""
        chance = random.Random(self.seed)  # noqa: S311, chance that can be repeated, no secret
        generations = dict.fromkeys(self.pairs, 0)
        for round_ in range(1, self.rounds + 1):
            if round_ > 1:
                for pair in self.pairs:
                    generations[pair] += chance.random() < 1 / 3
            featured = self._featured(chance) if self.branch(round_) != "main" else frozenset()
            recent = round_ > self.rounds - _ROUNDS_IN_PROGRESS
            yield (
                round_,
                [
                    RoundContract(
                        pair=pair,
                        revision=Revision(generation=generations[pair], feature=round_ if pair in featured else 0),
                        verified=not (pair in featured and recent and chance.random() < 1 / 2),
                    )
                    for pair in self.pairs
                ],
            )

    def _featured(self, chance: random.Random) -> frozenset[Pair]:
        """Return one pair of each consumer; a feature changes its contract."""
        by_consumer: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            by_consumer.setdefault(pair.consumer, []).append(pair)
        return frozenset(chance.choice(pairs) for pairs in by_consumer.values())


def plan(pacts: int, seed: int = 1) -> SeedPlan:
    """Return a plan with at least *pacts* pacts; the smallest plan may have more."""
    releases = max(1, round(_AT_TEN_THOUSAND / ROUNDS_OF_A_RELEASE * math.sqrt(pacts / 10_000)))
    rounds = ROUNDS_OF_A_RELEASE * releases
    pairs = math.ceil(pacts / rounds)
    return shape(rounds, pairs, min(_MOST_AROUND_ONE, max(4, pairs // 4)), seed)


def shape(rounds: int, pairs: int, around_one: int, seed: int = 1) -> SeedPlan:
    """Return a plan with *rounds* rounds, at least *pairs* pairs, and *around_one* providers of the portal."""
    count = max(around_one, math.ceil((pairs - around_one) / _PAIRS_OF_A_CONSUMER))
    consumers, gateways = _names("shop", count), _names("gateway", max(1, count // 10))
    providers, backends = _names("store", max(5, count // 3)), _names("backend", around_one)
    portal = "portal-0001"
    return SeedPlan(
        seed=seed,
        rounds=rounds,
        consumers=consumers,
        gateways=gateways,
        portal=portal,
        providers=providers,
        backends=backends,
        pairs=(
            *_suppliers(consumers, (*providers[1:], *gateways), providers[0], around_one),
            *(Pair(consumer=each, provider=other) for each, other in _in_turn(gateways, providers[1:])),
            *(Pair(consumer=portal, provider=each) for each in backends),
        ),
    )


def document(pair: Pair, revision: Revision) -> dict[str, Any]:
    """The contract of a pair: each generation changes one interaction, a feature adds one."""
    turns = [(revision.generation + _INTERACTIONS - 1 - each) // _INTERACTIONS for each in range(_INTERACTIONS)]
    interactions = [_interaction(pair, index, str(turn)) for index, turn in enumerate(turns)]
    if revision.feature:
        interactions.append(_interaction(pair, _INTERACTIONS, f"feature-{revision.feature}"))
    return {
        "consumer": {"name": pair.consumer},
        "provider": {"name": pair.provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}, "pactRust": {"ffi": "0.5.0"}},
    }


def text(pair: Pair, revision: Revision) -> str:
    """`document`, as JSON text."""
    return json.dumps(document(pair, revision), separators=(",", ":"))


def _names(word: str, count: int) -> tuple[str, ...]:
    return tuple(f"{word}-{number:04}" for number in range(1, count + 1))


def _suppliers(consumers: tuple[str, ...], pool: tuple[str, ...], popular: str, popular_with: int) -> Iterator[Pair]:
    """Yield three providers of each consumer; the first *popular_with* consumers also use the *popular* one."""
    for consumer, other in _in_turn(consumers, pool):
        yield Pair(consumer=consumer, provider=other)
    for consumer in consumers[:popular_with]:
        yield Pair(consumer=consumer, provider=popular)


def _in_turn(consumers: tuple[str, ...], pool: tuple[str, ...], each: int = 3) -> Iterator[tuple[str, str]]:
    for index, consumer in enumerate(consumers):
        for step in range(each):
            yield consumer, pool[(each * index + step) % len(pool)]


def _interaction(pair: Pair, index: int, revision: str) -> dict[str, Any]:
    """A request and its response, of an ordinary size (about 700 bytes)."""
    item = f"{pair.provider}-item-{index}"
    get = index % 2 == 0
    request: dict[str, Any] = {"method": "GET" if get else "POST", "path": f"/{item}", "headers": {"Accept": "*/*"}}
    if not get:
        request["body"] = {"name": item, "status": "open"}
    return {
        "description": f"a request for {item} by {pair.consumer}",
        "providerStates": [{"name": f"{item} exists", "params": {"id": index}}],
        "request": request,
        "response": {
            "status": 200 if get else 201,
            "headers": {"Content-Type": "application/json"},
            "body": {
                "id": index,
                "name": f"{item} {revision}",
                "status": "open",
                "price": {"amount": 9.5, "currency": "EUR"},
                "labels": ["alpha", f"r-{revision}"],
                "owner": {"id": 7, "email": "user@example.org"},
            },
            "matchingRules": {
                "body": {
                    path: {"combine": "AND", "matchers": [{"match": kind}]}
                    for path, kind in (("$.id", "integer"), ("$.name", "type"), ("$.labels", "type"))
                }
            },
        },
    }
