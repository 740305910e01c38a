"""The page of a pact: its interactions with examples, and its verification results."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import pacts, verifications, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import Pages
from contracts.broker.ui.results import interaction_of
from contracts.model import interactions, test_results
from contracts.model.interactions import Interaction
from contracts.model.metadata import Metadata, decode, encode
from contracts.model.pacts import Pact
from contracts.model.verifications import VerifierReport


MOST_RESULTS = 10


def add(pages: Pages) -> None:
    """Add the page to *pages*, at each path of the API that has one pact."""

    @pages.page(urls.PACT)
    def show(_request: Request, provider: str, consumer: str, version: str) -> str:
        return _render(pages, lambda connection: pacts.find(connection, provider, consumer, version))

    @pages.page(urls.PACT_LATEST)
    def latest(_request: Request, provider: str, consumer: str) -> str:
        return _render(pages, lambda connection: pacts.find_latest(connection, provider, consumer))

    @pages.page(urls.PACT_LATEST_TAG)
    def tagged(_request: Request, provider: str, consumer: str, tag: str) -> str:
        return _render(pages, lambda connection: pacts.find_latest(connection, provider, consumer, tag=tag))

    @pages.page(urls.PACT_BRANCH_LATEST)
    def branch_head(_request: Request, provider: str, consumer: str, branch: str) -> str:
        return _render(pages, lambda connection: pacts.find_latest(connection, provider, consumer, branch=branch))

    @pages.page(urls.PACT_VERSION)
    def by_content(_request: Request, provider: str, consumer: str, sha: str) -> str:
        return _render(pages, lambda connection: pacts.find_by_sha(connection, provider, consumer, sha))

    @pages.page(urls.PACT_VERSION_METADATA)
    def by_permalink(_request: Request, provider: str, consumer: str, sha: str, metadata: str) -> str:
        about = decode(metadata)
        number, ids = about.consumer_version_number, about.consumer_version_ids
        return _render(
            pages,
            lambda connection: pacts.find_by_sha(connection, provider, consumer, sha, version=number, version_ids=ids),
        )


def _render(pages: Pages, find: Callable[[Connection], Pact]) -> str:
    with pages.runtime.database.reading() as connection:
        pact = find(connection)
        text = pacts.content(connection, pact.pact_version_id)
        version = versions.by_ids(connection, [pact.consumer_version.id])[pact.consumer_version.id]
        details = versions.details(connection, [version.id])[version.id]
        results = verifications.newest_for_content(connection, pact.pact_version_id, MOST_RESULTS)
        failed = results[0] if results and not results[0].success else None
        report = verifications.reports(connection, [failed.id])[failed.id] if failed else None
    document = json.loads(text)
    contract = interactions.read(document)
    return pages.render(
        "pact.html",
        title=f"Contract: {pact.consumer.name} {version.number} → {pact.provider.name}",
        pact=pact,
        version=version,
        details=details,
        results=results,
        metadata=encode(Metadata(consumer_version_number=version.number)),
        most_results=MOST_RESULTS,
        interactions=contract,
        failed=failed,
        failing=_failing(report, contract) if report else (),
        raw=json.dumps(document, indent=2, ensure_ascii=False),
    )


def _failing(report: VerifierReport, contract: Sequence[Interaction]) -> list[Interaction]:
    """Return the interactions of *contract* that failed, as far as the verifier said so."""
    outcomes = test_results.read(report.test_results) or ()
    failed = (interaction_of(each, contract) for each in outcomes if not each.success)
    return [each for each in failed if each is not None]
