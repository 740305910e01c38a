"""The facts about the rows of a response: what is in the target, other results, jobs, webhooks and failures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from contracts.client import Broker, ClientError, Failing, Unreachable
from contracts.client.hal import JsonObject
from contracts.model.cause_facts import Facts, by_pact, pact_of
from contracts.model.matrix_documents import (
    JobFacts,
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
    read_jobs,
    read_response,
    read_result,
    read_triggers,
)


Fact = TypeVar("Fact")

LIMIT = 1000
"""The number of results of a pact to read."""
MAX_FACTS = 60
"""The number of facts to read about one question; a fact takes one request, or a few."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """Reads up to *remaining* optional facts; if it is *tolerant*, a broker that fails only ends the reading."""

    broker: Broker
    tolerant: bool = False
    remaining: int = MAX_FACTS

    def optional(self, read: Callable[[], Fact]) -> Fact | None:
        """Return what *read* returns; None if the broker does not have the fact, or refuses to show it."""
        if self.remaining <= 0:
            return None
        self.remaining -= 1
        try:
            return read()
        except (Unreachable, Failing):
            if not self.tolerant:
                raise
            self.remaining = 0
            return None
        except ClientError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReader:
    """Reads the facts about the rows of a *response*."""

    reading: Reading
    facts: Facts
    response: Response

    def read(self) -> Facts:
        """Return the facts, the most important first if there are too many."""
        in_target = self._in_target()
        unverified = self._unverified(in_target)
        failed = [row for row in self.response.rows if row.success is False and not row.ignored]
        results = self._results(failed)
        rows_of_pacts = self._rows_of_pacts([*unverified, *failed])
        jobs, pacts = self._jobs(unverified), self._pacts(unverified)
        return replace(
            self.facts,
            in_target=in_target,
            rows_of_pacts=by_pact(rows_of_pacts),
            limit=LIMIT,
            results=results,
            jobs=by_pact(jobs or ()),
            triggers=self._triggers(pacts),
            empty_pacts=frozenset(url for url, document in pacts.items() if _is_empty(document)),
        )

    def _in_target(self) -> dict[str, tuple[Side, ...]]:
        """The versions in the target of each provider without a success; empty if the broker does not say."""
        own = {each.pacticipant for each in self.facts.subjects}
        rows = [row for row in self.response.rows if not row.ignored]
        providers = sorted({row.provider.name for row in rows} - own)
        target = self.facts.target
        if target.environment is not None and providers:
            environment = target.environment
            return self.reading.optional(lambda: self._in_environment(environment, providers)) or {}
        in_target: dict[str, tuple[Side, ...]] = {}
        missing = {row.provider.name for row in rows if row.success is None}
        for provider in [each for each in providers if each in missing] if target.main_branches else ():
            if (heads := self.reading.optional(partial(self._main_heads, provider))) is not None:
                in_target[provider] = heads
        return in_target

    def _in_environment(self, environment: str, providers: Sequence[str]) -> dict[str, tuple[Side, ...]]:
        deployed = self.reading.broker.currently_deployed(environment)
        supported = self.reading.broker.currently_supported(environment)
        versions = {(each.pacticipant, each.version) for each in deployed}
        versions |= {(each.pacticipant, each.version) for each in supported}
        return {
            provider: tuple(self._side(provider, number) for name, number in sorted(versions) if name == provider)
            for provider in providers
        }

    def _main_heads(self, provider: str) -> tuple[Side, ...]:
        """The head of the main branch, without its number; empty if the branch does not exist."""
        main = self.reading.broker.pacticipant(provider).main_branch
        if main is None or main not in self.reading.broker.branches(provider):
            return ()
        return (Side(name=provider, number=None, branches=(main,)),)

    def _side(self, provider: str, number: str) -> Side:
        rows = self.response.rows
        in_response = next(
            (row.provider for row in rows if (row.provider.name, row.provider.number) == (provider, number)), None
        )
        if in_response is not None and in_response.branches:
            return in_response
        version = self.reading.optional(lambda: self.reading.broker.version(provider, number))
        return Side(name=provider, number=number, branches=() if version is None else version.branches)

    def _unverified(self, in_target: dict[str, tuple[Side, ...]]) -> list[ResponseRow]:
        """A row of each pact that a provider version has no result for."""
        verified: dict[object, set[str | None]] = {}
        for row in self.response.rows:
            if row.success is not None:
                verified.setdefault(pact_of(row), set()).add(row.provider.number)
        unverified: dict[object, ResponseRow] = {}
        for row in self.response.rows:
            numbers = {each.number for each in in_target.get(row.provider.name, ())} - {None}
            if not row.ignored and (row.success is None or not numbers <= verified.get(pact_of(row), set())):
                unverified.setdefault(pact_of(row), row)
        return list(unverified.values())

    def _rows_of_pacts(self, rows: Iterable[ResponseRow]) -> list[ResponseRow]:
        """The results of all versions for the pacts of *rows*."""
        results: list[ResponseRow] = []
        for consumer, number, provider in dict.fromkeys(map(pact_of, rows)):
            read = partial(self.reading.broker.results_document, consumer=consumer, provider=provider, limit=LIMIT)
            document = self.reading.optional(partial(read, consumer_version=number or ""))
            if document is not None:
                results += [row for row in read_response(document).rows if row.provider.name == provider]
        return results

    def _results(self, failed: Iterable[ResponseRow]) -> dict[str, ResultDetails]:
        broker = self.reading.broker
        return self._by_url((row.result_url for row in failed), lambda url: read_result(broker.result_document(url)))

    def _jobs(self, unverified: Iterable[ResponseRow]) -> list[JobFacts] | None:
        """The jobs of the providers' pacts; None if the broker has none at all."""
        jobs: list[JobFacts] | None = None
        for provider in dict.fromkeys(row.provider.name for row in unverified):
            document = self.reading.optional(partial(self.reading.broker.verification_jobs_document, provider))
            if document is None:
                return jobs
            jobs = [*(jobs or ()), *read_jobs(document)]
        return jobs

    def _pacts(self, rows: Iterable[ResponseRow]) -> dict[str, JsonObject]:
        broker = self.reading.broker
        return self._by_url((row.pact_url for row in rows), lambda url: broker.pact(url).document)

    def _triggers(self, pacts: Mapping[str, JsonObject]) -> dict[str, Sequence[Trigger]]:
        broker = self.reading.broker
        return self._by_url(pacts, lambda url: read_triggers(broker.triggered_webhooks_document(pacts[url])))

    def _by_url(self, urls: Iterable[str | None], read: Callable[[str], Fact]) -> dict[str, Fact]:
        """The fact that *read* returns for each URL, without those that cannot be read."""
        facts: dict[str, Fact] = {}
        for url in dict.fromkeys(urls):
            if url is not None and (fact := self.reading.optional(partial(read, url))) is not None:
                facts[url] = fact
        return facts


def _is_empty(pact: JsonObject) -> bool:
    return not any(pact.get(key) for key in ("interactions", "messages"))
