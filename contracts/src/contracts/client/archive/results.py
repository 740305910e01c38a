"""The results of a broker: a list, their order, and the content of each; without I/O.

No list of the broker has them: the rows of the matrix lead to each. Source: Pact Broker protocol, verification
results and matrix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from urllib.parse import unquote

from contracts.client import hal
from contracts.client.archive.documents import moment
from contracts.client.errors import UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.model.archive.records import Gap, Result
from contracts.model.attestations import Attestation


_RESULT = re.compile(r"/pact-version/([^/]+)/(?:metadata/[^/]*/)?verification-results/(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedResult:
    """A result in a row of the matrix: its *number* there, and its URL."""

    number: int
    consumer: str
    provider: str
    sha: str
    provider_version: str
    verified_at: datetime
    href: str
    latest: bool = True

    @property
    def content(self) -> tuple[str, str, str]:
        """The content that it belongs to."""
        return self.consumer, self.provider, self.sha


def listed_results(rows: Iterable[JsonObject]) -> list[ListedResult]:
    """The distinct results in the *rows* of a matrix."""
    results: dict[tuple[str, int], ListedResult] = {}
    for row in rows:
        if (document := hal.get_mapping(row, "verificationResult")) is None:
            continue
        href = hal.find_link(document, "self", "reading results").href
        if (match := _RESULT.search(href)) is None:
            raise UnexpectedAnswer(
                f"The response is not what a Pact Broker sends: {href!r} is not the URL of a result."
            )
        sha, number = unquote(match[1]), int(match[2])
        provider = hal.mapping(row, "provider")
        results[sha, number] = ListedResult(
            number=number,
            consumer=hal.text(hal.mapping(row, "consumer"), "name"),
            provider=hal.text(provider, "name"),
            sha=sha,
            provider_version=hal.text(hal.mapping(provider, "version"), "number"),
            verified_at=moment(document, "verifiedAt"),
            href=href,
        )
    return list(results.values())


def numbered(results: Iterable[ListedResult]) -> tuple[list[ListedResult], list[Gap]]:
    """All *results* in their order, each with a unique number, and whether it is the last of its version.

    Old brokers counted the results of each pact from 1: those get new numbers, in the order of their dates.
    """
    ordered, gaps = sorted(results, key=lambda each: (each.number, each.content)), []
    if len({each.number for each in ordered}) < len(ordered):
        ordered.sort(key=lambda each: (each.verified_at, each.number, each.content))
        ordered = _in_order_of_each(ordered)
        gaps = [Gap(what="the numbers of results", reason="some are used several times: numbered again", inherent=True)]
    last = {(each.content, each.provider_version): each.number for each in ordered}
    return [replace(each, latest=last[each.content, each.provider_version] == each.number) for each in ordered], gaps


def _in_order_of_each(by_date: Sequence[ListedResult]) -> list[ListedResult]:
    """The results *by_date* with new numbers; those of one content keep their order even against their dates."""
    by_content = sorted(by_date, key=lambda each: (each.content, each.number))
    queues = {content: list(of_content) for content, of_content in groupby(by_content, lambda each: each.content)}
    return [replace(queues[each.content].pop(0), number=number) for number, each in enumerate(by_date, start=1)]


def result(listed: ListedResult, document: JsonObject) -> Result:
    """A result; *listed* says to which content it belongs."""
    executed_at = moment(document, "verificationDate")
    return Result(
        number=listed.number,
        consumer=listed.consumer,
        provider=listed.provider,
        sha=listed.sha,
        provider_version=hal.text(document, "providerApplicationVersion"),
        success=hal.truth(document, "success"),
        latest=listed.latest,
        build_url=hal.get_text(document, "buildUrl"),
        executed_at=executed_at,
        created_at=executed_at,
        verified_by=_verified_by(hal.mapping(document, "verifiedBy", {})),
        selectors=[],
        test_results=document.get("testResults"),
        attestation=_attestation(hal.get_mapping(document, "attestation")),
    )


def _attestation(document: JsonObject | None) -> Attestation | None:
    if document is None:
        return None
    return Attestation(
        service=hal.text(document, "service"),
        issuer=hal.text(document, "issuer"),
        repository=hal.text(document, "repository"),
        run=hal.text(document, "run"),
        **{name: hal.get_text(document, name) for name in ("workflow", "ref", "commit", "url")},
    )


def _verified_by(shown: JsonObject) -> JsonObject:
    """The `verifiedBy` that was sent, nested again, from the flat one in the response."""
    language = {"name": "client_implementation", "version": "client_version", "testFramework": "client_test_framework"}
    nested = {key: shown[flat] for key, flat in language.items() if flat in shown}
    sent = {key: shown[key] for key in ("implementation", "version") if key in shown}
    return sent | ({"clientLanguage": nested} if nested else {})
