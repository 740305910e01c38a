"""`…/verification-results/{number}`: why a verification failed, who is affected, and what to do.

Source: Pact Broker protocol, verification results.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.api.verification_results import result_number
from contracts.broker.store import affected, pacts, verifications, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui import pact_interactions, result_differences
from contracts.broker.ui.pages import Pages
from contracts.broker.ui.result_differences import Difference
from contracts.model import test_results
from contracts.model.errors import NotFound
from contracts.model.interaction_places import InteractionPlaces
from contracts.model.interactions import Interaction
from contracts.model.marked_lines import Line
from contracts.model.metadata import Metadata, decode
from contracts.model.overview import Presence
from contracts.model.pacts import Pact
from contracts.model.partial_contracts import PartialContract
from contracts.model.test_results import TestResult
from contracts.model.verifications import Verification, VerifierReport


MOST_AFFECTED = 50
MOST_FAILED = 100
MOST_LISTED = 500  # interactions of which only the names are shown
LONGEST_RAW = 50_000  # characters of the test results


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One interaction's outcome: its test result, and the interaction in the contract, if it is still recognisable.

    *index* is its place in the contract. *body* is the expected body with marks at the differences.
    """

    result: TestResult
    interaction: Interaction | None
    index: int | None
    differences: tuple[Difference, ...]
    body: tuple[Line, ...]

    @property
    def title(self) -> str:
        """The description of the interaction."""
        described = self.interaction.description if self.interaction else ""
        return described or self.result.description or "(no description)"


def add(pages: Pages) -> None:
    """Add the page to *pages*, at each path of the API that has one result."""

    @pages.page(urls.RESULT)
    def show(request: Request, provider: str, consumer: str, sha: str, number: str) -> str:
        return _render(
            pages, request, lambda connection: _numbered(connection, provider, consumer, sha, number, Metadata())
        )

    @pages.page(urls.RESULT_METADATA)
    def show_for_version(request: Request, provider: str, consumer: str, sha: str, number: str, metadata: str) -> str:
        about = decode(metadata)
        return _render(pages, request, lambda connection: _numbered(connection, provider, consumer, sha, number, about))

    @pages.page(urls.PACT_RESULT_LATEST)
    def latest(request: Request, provider: str, consumer: str, version: str) -> str:
        return _render(
            pages, request, lambda connection: _latest(connection, pacts.find(connection, provider, consumer, version))
        )

    @pages.page(urls.LATEST_RESULT_LATEST)
    def latest_of_latest(request: Request, provider: str, consumer: str) -> str:
        return _render(
            pages, request, lambda connection: _latest(connection, pacts.find_latest(connection, provider, consumer))
        )


def _numbered(
    connection: Connection, provider: str, consumer: str, sha: str, number: str, about: Metadata
) -> Verification:
    verification = verifications.find(connection, provider, consumer, sha, result_number(number))
    return verification.of(about.consumer_version_number) if about.consumer_version_number else verification


def _latest(connection: Connection, pact: Pact) -> Verification:
    if (verification := verifications.latest_for_content(connection, pact.pact_version_id)) is None:
        raise NotFound(f"There is no verification result of the {pact.name} yet")
    return verification.of(pact.consumer_version.number)


def _render(pages: Pages, request: Request, find: Callable[[Connection], Verification]) -> str:
    with pages.runtime.database.reading() as connection:
        verification = find(connection)
        report = verifications.reports(connection, [verification.id])[verification.id]
        latest = verifications.latest_of_version(connection, verification)
        contract = pacts.contract(connection, verification.pact_version_id)
        present = affected.consumers(connection, verification.pact_version_id, MOST_AFFECTED + 1)
        details = versions.details(connection, [verification.provider_version_id])[verification.provider_version_id]
    outcomes = _outcomes(report, contract)
    failed = [each for each in outcomes or () if not each.result.success]
    passed = [each for each in outcomes or () if each.result.success]
    unreported = _unreported(contract.outline, outcomes) if outcomes else []
    indexes = [each.index for each in failed[:MOST_FAILED] if each.index is not None]
    raw = _raw(report.test_results)
    base = base_urls.of(pages.runtime.settings.base_url, request)
    return pages.render(
        "result.html",
        title=_title(verification),
        result=verification,
        details=details,
        verifier=_verifier(report),
        build=report.attestation,
        build_source=report.attestation_source.name,
        latest=latest if latest.id != verification.id else None,
        affected=present[:MOST_AFFECTED],
        more_affected=len(present) > MOST_AFFECTED,
        environments=_environments(present),
        command=_command(verification, base),
        failed=failed[:MOST_FAILED],
        failed_count=len(failed),
        exchanges=dict(zip(indexes, pact_interactions.shown(contract, indexes), strict=True)),
        passed=passed[:MOST_LISTED],
        passed_count=len(passed),
        unreported=unreported[:MOST_LISTED],
        unreported_count=len(unreported),
        readable=outcomes is not None,
        raw=raw[:LONGEST_RAW],
        raw_size=len(raw),
        document_command=_document_command(verification, base),
    )


def _raw(results: object) -> str:
    """Return what the verifier published: a text as it is, everything else as JSON."""
    if results is None or isinstance(results, str):
        return results or ""
    return json.dumps(results, indent=2, ensure_ascii=False)


def _title(verification: Verification) -> str:
    verdict = "Verified" if verification.success else "Failed"
    consumer = f"{verification.consumer} {verification.consumer_version_number}"
    return f"{verdict}: {consumer} → {verification.provider} {verification.provider_version_number}"


def _verifier(report: VerifierReport) -> str:
    """Return the name and version of the program that verified, as far as it said so."""
    by = report.verified_by
    language = by.get("clientLanguage")
    client = f"{language.get('name', '')} {language.get('version', '')}" if isinstance(language, dict) else ""
    program = f"{by.get('implementation', '')} {by.get('version', '')}".strip()
    return ", ".join(filter(None, (program, client.strip())))


def _environments(present: Iterable[Presence]) -> str:
    """Return the names of the environments in *present*, production first: `production and staging`."""
    names = list(dict.fromkeys(each.environment for each in present))
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _command(verification: Verification, base: str) -> str:
    """Return the command that verifies this contract again; *base* is the broker's URL."""
    pact = urls.expand(
        urls.PACT_VERSION, provider=verification.provider, consumer=verification.consumer, sha=verification.sha
    )
    return (
        f"contracts verify --provider {shlex.quote(verification.provider)} --version $(git rev-parse HEAD) \\\n"
        f"  --app MODULE:NAME --pact-url {shlex.quote(base + pact)}"
    )


def _document_command(verification: Verification, base: str) -> str:
    """Return the command that prints the result with its test results; *base* is the broker's URL."""
    path = urls.expand(
        urls.RESULT,
        provider=verification.provider,
        consumer=verification.consumer,
        sha=verification.sha,
        number=str(verification.number),
    )
    return f"curl -H 'Accept: application/hal+json' {shlex.quote(base + path)}"


def _outcomes(report: VerifierReport, contract: PartialContract) -> list[Outcome] | None:
    """Return the outcome of each interaction; None if the test results cannot be read.

    Of those that failed, the first ones have their differences.
    """
    if report.test_results is None:
        return []
    results = test_results.read(report.test_results)
    if results is None:
        return None
    places = InteractionPlaces(contract.outline)
    indexes = [places.of(each) for each in results]
    failed = [index for index, each in zip(indexes, results, strict=True) if index is not None and not each.success]
    shown = list(dict.fromkeys(failed))[:MOST_FAILED]
    whole = dict(zip(shown, contract.part(shown), strict=True))
    return [
        _outcome(each, index, None if index is None else whole.get(index, contract.outline[index]))
        for index, each in zip(indexes, results, strict=True)
    ]


def _unreported(contract: Sequence[Interaction], outcomes: Iterable[Outcome]) -> list[Interaction]:
    """Return the interactions of *contract* without an outcome."""
    reported = {each.index for each in outcomes}
    return [each for index, each in enumerate(contract) if index not in reported]


def _outcome(result: TestResult, index: int | None, interaction: Interaction | None) -> Outcome:
    side = interaction.parts[-1][1] if interaction and interaction.parts else None
    differences, body = result_differences.of(result.mismatches, side)
    return Outcome(result=result, interaction=interaction, index=index, differences=differences, body=body)
