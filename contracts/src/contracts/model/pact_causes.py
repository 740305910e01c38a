"""Why a pact is verified or not, pending, or work in progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.model import next_commands
from contracts.model.cause_classes import Cause, CauseClass
from contracts.model.cause_facts import MAX_LISTED, Facts, ago, iso, version_of
from contracts.model.causes import explain
from contracts.model.matrix_documents import Response, ResponseRow, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PactFacts:
    """A pact, and what a broker says about it.

    *facts* are those about its consumer version; their response has the pact's results of provider versions in use, or
    one row without a result. *results* are the results of all versions, the newest first. *branch* is the provider's
    main branch, None if the broker does not say. *pending* and *wip* are what the broker would say to a build of that
    branch, None if it would not give the pact to it; *notices* are its reasons.
    """

    consumer: Side
    provider: str
    url: str
    facts: Facts
    results: Sequence[ResponseRow] = ()
    branch: str | None = None
    pending: bool | None = None
    wip: bool | None = None
    notices: Sequence[str] = ()


def explain_pact(pact: PactFacts) -> list[Cause]:
    """Return the results of the pact, the causes of missing and failed ones, and whether it is pending or WIP."""
    response = replace(pact.facts.response or Response(deployable=None, reason="", rows=()), deployable=None)
    causes = [each for each in explain(replace(pact.facts, response=response)) if not _is_nothing(each)]
    return [*_verified(pact), *causes, *_status(pact)]


def _is_nothing(cause: Cause) -> bool:
    return cause.kind is CauseClass.UNEXPLAINED


def _verified(pact: PactFacts) -> Iterator[Cause]:
    """The last success of each provider version in use, or else the last success of any."""
    consumer = pact.consumer
    in_use = {each.number for each in pact.facts.in_target.get(pact.provider, ())}
    latest = {each.provider.number: each for each in reversed(pact.results)}
    successes = [each for each in latest.values() if each.success]
    shown = [each for each in successes if each.provider.number in in_use] or successes[-1:]
    for row in shown[:MAX_LISTED]:
        when = f" {ago(row.verified_at, pact.facts.now)}" if row.verified_at else ""
        evidence: dict[str, str | list[str]] = {
            "result": row.result_url or "",
            "verified_at": iso(row.verified_at),
            "branches": list(row.provider.branches[:MAX_LISTED]),
        }
        yield Cause(
            kind=CauseClass.VERIFIED,
            text=f"{_capital(version_of(row.provider))} verified the pact of {version_of(consumer)}{when}.",
            evidence={name: value for name, value in evidence.items() if value},
            command=next_commands.ask_again(
                "--pacticipant", pact.consumer.name, "--version", pact.consumer.number or ""
            ),
        )


def _status(pact: PactFacts) -> Iterator[Cause]:
    """What the provider's build on its main branch does with the pact."""
    subject = f"The pact of {version_of(pact.consumer)}"
    where = f"the branch {pact.branch} of {pact.provider}"
    notices = [" ".join(each.split()) for each in pact.notices[:MAX_LISTED]]
    evidence: dict[str, str | list[str]] = {"pact": pact.url, **({"notices": notices} if notices else {})}
    row = ResponseRow(
        consumer=pact.consumer, provider=Side(name=pact.provider, number=None), success=None, pact_url=pact.url
    )
    command = next_commands.verify(row, None, "--publish")
    if pact.wip:
        text = f"{subject} is work in progress for {where}: a failure does not fail its build."
        yield Cause(kind=CauseClass.WORK_IN_PROGRESS, text=text, evidence=evidence, command=command)
    elif pact.pending:
        text = f"{subject} is pending for {where}: a failure does not fail its build."
        yield Cause(kind=CauseClass.PENDING, text=text, evidence=evidence, command=command)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
