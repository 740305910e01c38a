"""The facts about one pact, read from any broker."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from contracts.ci.fact_reader import LIMIT, FactReader, Reading
from contracts.client import Broker, hal
from contracts.client.documents import Pact, PactToVerify
from contracts.client.selectors import Branch, DeployedOrReleased, MainBranch, Selector
from contracts.model.cause_facts import Facts, Subject, Target
from contracts.model.matrix_documents import Response, ResponseRow, Side, read_response
from contracts.model.pact_causes import PactFacts


_MOST_ENVIRONMENTS = 10
_ANY_TIME = date(2000, 1, 1)


def facts_of_pact(broker: Broker, url: str, *, now: datetime | None = None) -> PactFacts:
    """Return the facts about the pact at *url*.

    Raises:
        ForeignLink: if *url* is not on this broker; nothing was sent there.
        NotFound: if it does not exist.
        ClientError: if the broker cannot be reached or refuses the credentials.
    """
    reading = Reading(broker=broker)
    pact = broker.pact(url)
    consumer = Side(name=pact.consumer, number=pact.consumer_version)
    results = _results(reading, pact)
    in_use = _in_use(reading, pact.provider)
    rows = _rows(consumer, pact, url, results, in_use)
    response = Response(deployable=None, reason="", rows=tuple(rows))
    facts = Facts(
        subjects=(Subject(pacticipant=pact.consumer, version=pact.consumer_version, exists=True),),
        target=Target(),
        now=now or datetime.now(UTC),
        response=response,
    )
    facts = FactReader(reading=reading, facts=facts, response=response).read()
    facts = replace(facts, in_target={pact.provider: in_use} if in_use else {})
    main = reading.optional(lambda: broker.pacticipant(pact.provider).main_branch)
    selected = _selected(reading, pact, main) if main is not None else None
    notices = () if selected is None else selected.notices
    return PactFacts(
        consumer=consumer,
        provider=pact.provider,
        url=url,
        facts=facts,
        results=results,
        branch=main,
        pending=None if selected is None else selected.pending,
        wip=None if selected is None else selected.wip,
        notices=[each.text for each in notices if each.type == "before_verification"],
    )


def _results(reading: Reading, pact: Pact) -> list[ResponseRow]:
    """The results of all versions, the newest first."""
    document = reading.optional(
        lambda: reading.broker.results_document(
            consumer=pact.consumer, consumer_version=pact.consumer_version, provider=pact.provider, limit=LIMIT
        )
    )
    rows = () if document is None else read_response(document).rows
    results = [row for row in rows if row.provider.name == pact.provider and row.success is not None]
    return sorted(results, key=lambda row: row.verified_at.timestamp() if row.verified_at else 0, reverse=True)


def _in_use(reading: Reading, provider: str) -> tuple[Side, ...]:
    """The provider's versions in the environments."""
    broker = reading.broker
    environments = reading.optional(broker.environments) or ()
    in_use: dict[str, Side] = {}
    for environment in environments[:_MOST_ENVIRONMENTS]:
        deployed = reading.optional(partial(broker.currently_deployed, environment.name, pacticipant=provider))
        supported = reading.optional(partial(broker.currently_supported, environment.name, pacticipant=provider))
        for number in (*(each.version for each in deployed or ()), *(each.version for each in supported or ())):
            in_use[number] = Side(name=provider, number=number)
    return tuple(in_use.values())


def _rows(
    consumer: Side, pact: Pact, url: str, results: list[ResponseRow], in_use: tuple[Side, ...]
) -> list[ResponseRow]:
    """The results of the versions in use, or of none the newest result; without any, a row without a result."""
    numbers = {each.number for each in in_use}
    rows = [row for row in results if row.provider.number in numbers] if in_use else results[:1]
    missing = ResponseRow(consumer=consumer, provider=Side(name=pact.provider, number=None), success=None, pact_url=url)
    return rows or [missing]


def _selected(reading: Reading, pact: Pact, branch: str) -> PactToVerify | None:
    """The pact as the broker would give it to a build of the provider's main branch."""
    version = reading.optional(lambda: reading.broker.version(pact.consumer, pact.consumer_version))
    branches = () if version is None else version.branches
    selectors: list[Selector] = [MainBranch(), DeployedOrReleased()]
    selectors += [Branch(name=each, consumer=pact.consumer) for each in branches]
    selected = reading.optional(
        lambda: reading.broker.pacts_for_verification(
            pact.provider, selectors=selectors, branch=branch, include_wip_since=_ANY_TIME
        )
    )
    content = hal.get_link(pact.document, "pb:pact-version")
    if content is None:
        return None
    return next((each for each in selected or () if _is_of(each.url, content.href)), None)


def _is_of(url: str, content_url: str) -> bool:
    """Whether *url*, perhaps with metadata, is that of the content."""
    return url == content_url or url.startswith(f"{content_url}/")
