"""The facts that explain a verdict, read from any broker.

Each kind of fact has its own requests. If a broker does not have a kind, or refuses to show it, the facts lack it, and
`contracts.model.causes` says less.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import SequenceMatcher

from contracts.client import Broker, ClientError, Invalid, NotFound, Unreachable
from contracts.model.cause_facts import Facts, pact_of
from contracts.model.matrix_documents import (
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
    read_response,
    read_result,
    read_triggers,
)


LIMIT = 1000
"""The number of results of a pact to read."""

_NEWEST_VERSIONS = 100
_MAX_OWNERS = 30
"""The number of applications to search for a version that was published under another name."""


def facts_of(broker: Broker, *, pacticipant: str, version: str, environment: str, now: datetime | None = None) -> Facts:
    """Return the facts about deploying *version* of *pacticipant* to *environment*.

    Raises:
        ClientError: if the broker cannot be reached or refuses the credentials.
    """
    facts = Facts(pacticipant=pacticipant, version=version, environment=environment, now=now or datetime.now(UTC))
    try:
        document = broker.can_i_deploy_document(pacticipant=pacticipant, version=version, environment=environment)
    except Invalid:
        return _with_names(broker, facts)
    response, exists = read_response(document), _exists(broker, pacticipant, version)
    facts = replace(facts, response=response, version_exists=exists)
    return _Reader(broker=broker, facts=facts, response=response).read() if exists else _with_names(broker, facts)


def _exists(broker: Broker, pacticipant: str, version: str) -> bool:
    try:
        broker.version(pacticipant, version)
    except NotFound:
        return False
    return True


def _with_names(broker: Broker, facts: Facts) -> Facts:
    """*facts* with the names that exist, and the applications that have the version."""
    environments = tuple(sorted(each.name for each in broker.environments()))
    applications = tuple(sorted(each.name for each in broker.pacticipants()))
    numbers: tuple[str, ...] = ()
    exists: bool | None = None
    if facts.pacticipant in applications:
        exists = _exists(broker, facts.pacticipant, facts.version)
        with _unless_hidden():
            numbers = broker.newest_version_numbers(facts.pacticipant, count=_NEWEST_VERSIONS)
    owners: list[str] = []
    if not exists and facts.environment in environments:
        others = _closest_first(facts.pacticipant, applications)
        owners = [each for each in others if _exists(broker, each, facts.version)]
    return replace(
        facts,
        environments=environments,
        applications=applications,
        version_exists=exists,
        other_numbers=numbers,
        other_owners=owners,
    )


def _closest_first(name: str, applications: Iterable[str]) -> Sequence[str]:
    others = [each for each in applications if each != name]
    return sorted(others, key=lambda each: -SequenceMatcher(None, name, each).ratio())[:_MAX_OWNERS]


@contextlib.contextmanager
def _unless_hidden() -> Iterator[None]:
    """Leave out the facts of the block if the broker does not have them, or refuses to show them."""
    try:
        yield
    except Unreachable:
        raise
    except ClientError:
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the facts about the rows of a *response*."""

    broker: Broker
    facts: Facts
    response: Response

    def read(self) -> Facts:
        in_environment = self._in_environment()
        unverified = self._unverified(in_environment)
        failed = [row for row in self.response.rows if row.success is False and not row.ignored]
        rows_of_pacts = self._rows_of_pacts([*unverified, *failed])
        return replace(
            self.facts,
            in_environment=in_environment,
            rows_of_pacts=rows_of_pacts,
            limit=LIMIT,
            results=self._results(failed),
            triggers=self._triggers(unverified),
            empty_pacts=self._empty_pacts(unverified),
        )

    def _in_environment(self) -> dict[str, tuple[Side, ...]]:
        """The versions of the providers in the environment; empty if the broker does not say."""
        providers = {row.provider.name for row in self.response.rows} - {self.facts.pacticipant}
        in_environment: dict[str, tuple[Side, ...]] = {}
        if not providers:
            return in_environment
        with _unless_hidden():
            deployed = self.broker.currently_deployed(self.facts.environment)
            supported = self.broker.currently_supported(self.facts.environment)
            versions = sorted(
                {(each.pacticipant, each.version) for each in deployed}
                | {(each.pacticipant, each.version) for each in supported}
            )
            for provider in sorted(providers):
                numbers = [number for name, number in versions if name == provider]
                in_environment[provider] = tuple(self._side(provider, number) for number in numbers)
        return in_environment

    def _side(self, name: str, number: str) -> Side:
        return Side(name=name, number=number, branches=self.broker.version(name, number).branches)

    def _unverified(self, in_environment: dict[str, tuple[Side, ...]]) -> list[ResponseRow]:
        """A row of each pact that a provider version has no result for."""
        unverified: dict[object, ResponseRow] = {}
        for row in self.response.rows:
            verified = {
                each.provider.number
                for each in self.response.rows
                if pact_of(each) == pact_of(row) and each.success is not None
            }
            numbers = {each.number for each in in_environment.get(row.provider.name, ())}
            if not row.ignored and (row.success is None or not numbers <= verified):
                unverified.setdefault(pact_of(row), row)
        return list(unverified.values())

    def _rows_of_pacts(self, rows: Iterable[ResponseRow]) -> list[ResponseRow]:
        """The results of all versions for the pacts of *rows*."""
        results: list[ResponseRow] = []
        for consumer, number, provider in dict.fromkeys(map(pact_of, rows)):
            with _unless_hidden():
                document = self.broker.results_document(
                    consumer=consumer, consumer_version=number or "", provider=provider, limit=LIMIT
                )
                results += [row for row in read_response(document).rows if row.provider.name == provider]
        return results

    def _results(self, failed: Iterable[ResponseRow]) -> dict[str, ResultDetails]:
        results: dict[str, ResultDetails] = {}
        for url in dict.fromkeys(row.result_url for row in failed):
            if url is not None:
                with _unless_hidden():
                    results[url] = read_result(self.broker.result_document(url))
        return results

    def _triggers(self, rows: Iterable[ResponseRow]) -> dict[str, Sequence[Trigger]]:
        triggers: dict[str, Sequence[Trigger]] = {}
        for url in dict.fromkeys(row.pact_url for row in rows):
            if url is not None:
                with _unless_hidden():
                    triggers[url] = read_triggers(self.broker.triggered_webhooks_document(url))
        return triggers

    def _empty_pacts(self, rows: Iterable[ResponseRow]) -> frozenset[str]:
        empty: set[str] = set()
        for url in dict.fromkeys(row.pact_url for row in rows):
            if url is not None:
                with _unless_hidden():
                    document = self.broker.pact(url).document
                    if not any(document.get(key) for key in ("interactions", "messages")):
                        empty.add(url)
        return frozenset(empty)
