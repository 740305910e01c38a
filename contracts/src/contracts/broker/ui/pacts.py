"""The page of a pact: its interactions with examples, and its verification results."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.store import pact_lists, pacts, verifications, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.pact_interactions import only, page_of
from contracts.broker.ui.pages import Pages
from contracts.model import test_results
from contracts.model.interaction_places import InteractionPlaces
from contracts.model.interactions import Interaction
from contracts.model.metadata import Metadata, decode, encode
from contracts.model.pacts import Pact
from contracts.model.verifications import VerifierReport


MOST_RESULTS = 10
MOST_CONTENTS = 10
LONGEST_RAW = 50_000  # characters of a document that its page shows whole
_MOST_DIGITS = 9


def add(pages: Pages) -> None:
    """Add the page to *pages*, at each path of the API that has one pact."""

    @pages.page(urls.PACT)
    def show(request: Request, provider: str, consumer: str, version: str) -> str:
        return _render(pages, request, lambda connection: pacts.find(connection, provider, consumer, version))

    @pages.page(urls.PACT_LATEST)
    def latest(request: Request, provider: str, consumer: str) -> str:
        return _render(pages, request, lambda connection: pacts.find_latest(connection, provider, consumer))

    @pages.page(urls.PACT_LATEST_TAG)
    def tagged(request: Request, provider: str, consumer: str, tag: str) -> str:
        return _render(pages, request, lambda connection: pacts.find_latest(connection, provider, consumer, tag=tag))

    @pages.page(urls.PACT_BRANCH_LATEST)
    def branch_head(request: Request, provider: str, consumer: str, branch: str) -> str:
        return _render(
            pages, request, lambda connection: pacts.find_latest(connection, provider, consumer, branch=branch)
        )

    @pages.page(urls.PACT_VERSION)
    def by_content(request: Request, provider: str, consumer: str, sha: str) -> str:
        return _render(pages, request, lambda connection: pacts.find_by_sha(connection, provider, consumer, sha))

    @pages.page(urls.PACT_VERSION_METADATA)
    def by_permalink(request: Request, provider: str, consumer: str, sha: str, metadata: str) -> str:
        about = decode(metadata)
        number, ids = about.consumer_version_number, about.consumer_version_ids
        return _render(
            pages,
            request,
            lambda connection: pacts.find_by_sha(connection, provider, consumer, sha, version=number, version_ids=ids),
        )


def _render(pages: Pages, request: Request, find: Callable[[Connection], Pact]) -> str:
    with pages.runtime.database.reading() as connection:
        pact = find(connection)
        contract = pacts.contract(connection, pact.pact_version_id)
        version = versions.by_ids(connection, [pact.consumer_version.id])[pact.consumer_version.id]
        details = versions.details(connection, [version.id])[version.id]
        results = verifications.newest_for_content(connection, pact.pact_version_id, MOST_RESULTS)
        failed = results[0] if results and not results[0].success else None
        report = verifications.reports(connection, [failed.id])[failed.id] if failed else None
        history = pact_lists.contents_of_pair(connection, pact.consumer.id, pact.provider.id, MOST_CONTENTS)
    failing = _failing(report, contract.outline) if report else ()
    chosen = _number(request.query_params.get("interaction"))
    return pages.render(
        "pact.html",
        title=f"Contract: {pact.consumer.name} {version.number} → {pact.provider.name}",
        pact=pact,
        version=version,
        details=details,
        results=results,
        metadata=encode(Metadata(consumer_version_number=version.number)),
        most_results=MOST_RESULTS,
        part=page_of(contract, failing, _number(request.query_params.get("page")) or 1)
        if chosen is None
        else only(contract, failing, chosen),
        chosen=chosen,
        plugins=contract.plugins,
        here=pages.base + request.url.path,
        failed=failed,
        history=list(zip(history, [*history[1:], None], strict=True)),
        size_bytes=len(contract.text.encode()),
        raw=json.dumps(contract.document, indent=2, ensure_ascii=False) if len(contract.text) <= LONGEST_RAW else None,
        command=f"curl -H 'Accept: application/hal+json' '{base_urls.of(pages.runtime.settings.base_url, request)}"
        f"{urls.expand(urls.PACT, provider=pact.provider.name, consumer=pact.consumer.name, version=version.number)}'",
    )


def _failing(report: VerifierReport, contract: Sequence[Interaction]) -> list[int]:
    """Return the indexes of the interactions of *contract* that failed, as far as the verifier said so."""
    outcomes = test_results.read(report.test_results) or ()
    places = InteractionPlaces(contract)
    failed = (places.of(each) for each in outcomes if not each.success)
    return [index for index in failed if index is not None]


def _number(text: str | None) -> int | None:
    """Return the number in a query; None if it has none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
