"""`/matrix`: the results of any versions of any applications, and `/ui/compare/…`: those of two versions, side by side.

The form of `/matrix` has the API's own parameters, so a URL of the API shows its answer as a page.
Source: Pact Broker protocol, parameters of `GET /matrix`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import decide, explain
from contracts.broker.actions.decide import Answer
from contracts.broker.actions.explain import RowKey
from contracts.broker.api import base_urls, matrix_queries, queries
from contracts.broker.store import versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.deployability import STEPS
from contracts.broker.ui.pages import Pages
from contracts.broker.urls import Links
from contracts.model.cause_classes import Cause
from contracts.model.criteria import Numbered
from contracts.model.errors import InvalidQuery, NotFound
from contracts.model.matrix import MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy, Row


TEXT_FIELDS = ("pacticipant", "version", "branch", "tag", "environment")
CHECKS = ("mainBranch", "latest")
LEAST_ROWS = 2  # of the form
_MOST_DIGITS = 3
GROUPS: Mapping[str, str] = {
    "": "every result",
    LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION: "the newest for two versions",
    LatestBy.CONSUMER_VERSION_AND_PROVIDER: "the newest for a consumer version",
    LatestBy.CONSUMER_AND_PROVIDER: "the newest for two applications",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPair:
    """The newest rows of one consumer and provider, with the one and the other version; None without a contract."""

    consumer: str
    provider: str
    rows: tuple[Row | None, Row | None]

    @property
    def is_same_content(self) -> bool:
        """Whether both versions have the same contract."""
        one, other = self.rows
        return one is not None and other is not None and one.sha == other.sha

    @property
    def differs(self) -> bool:
        """Whether the results of the two versions differ."""
        one, other = ((None if row is None else (row.success,)) for row in self.rows)
        return one != other


def add(pages: Pages) -> None:
    """Add the pages to *pages*."""

    @pages.page(urls.MATRIX)
    def search(request: Request) -> str:
        return _search(pages, request)

    @pages.page(urls.COMPARE)
    def compare(_request: Request, pacticipant: str, version: str, other: str) -> str:
        numbers = (version, other)
        with pages.runtime.database.reading() as connection:
            answers = [_newest(connection, pacticipant, number) for number in numbers]
        return pages.render(
            "compare.html",
            title=f"Compare: {pacticipant} {version} and {other}",
            pacticipant=pacticipant,
            numbers=numbers,
            pairs=_pairs(*(answer.rows for answer in answers)),
        )


def _search(pages: Pages, request: Request) -> str:
    problems: list[str] = []
    answer, details = None, {}
    causes: Mapping[RowKey, Cause] = {}
    query: dict[str, Any] = {}
    try:
        query = _without_empty_rows(queries.parse(request.url.query))
        if query.get("q"):
            question = matrix_queries.read(query).question()
            with pages.runtime.database.reading() as connection:
                answer = decide.answer(connection, question, policy=pages.runtime.settings.policy)
                shown = (each for row in answer.rows for each in (row.consumer_version, row.provider_version))
                details = versions.details(connection, {each.id for each in shown if each is not None})
                links = Links(base_urls.of(pages.runtime.settings.base_url, request))
                causes = explain.explain_rows(connection, answer.rows, links, pages.runtime.now())
    except InvalidQuery as error:
        problems += error.errors
    except decide.UnknownNames as unknown:
        problems += unknown.errors
    selectors = _selectors(query)
    return pages.render(
        "matrix_search.html",
        section="contracts",
        title="Results of any versions",
        selectors=selectors,
        text_fields=TEXT_FIELDS,
        groups=GROUPS,
        more=request.url.include_query_params(rows=len(selectors) + 1).query,
        options={name: _text(query.get(name)) for name in ("latestby", "environment")},
        problems=problems,
        answer=answer,
        causes=causes,
        key_of=explain.key_of,
        steps=STEPS,
        details=details,
    )


def _selectors(query: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Return the selectors of *query* for the form, and empty ones up to the requested number of rows."""
    listed = query.get("q")
    selectors = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    rows = str(query.get("rows", ""))
    count = int(rows) if rows.isascii() and rows.isdigit() and len(rows) <= _MOST_DIGITS else 0
    empty = max(LEAST_ROWS, min(count, matrix_queries.MAX_SELECTORS)) - len(selectors)
    names = (*TEXT_FIELDS, *CHECKS)
    return [{name: _text(each.get(name)) for name in names} for each in [*selectors, *({} for _ in range(empty))]]


def _without_empty_rows(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return *query* without the rows of the form that nobody filled in."""
    listed = query.get("q")
    if not isinstance(listed, list):
        return dict(query)
    return {**query, "q": [each for each in listed if not isinstance(each, dict) or any(map(_text, each.values()))]}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _newest(connection: Connection, pacticipant: str, number: str) -> Answer:
    """Return the newest result of a version with each application that it has a contract with.

    Raises:
        NotFound: if the application or the version does not exist.
    """
    versions.find_of(connection, pacticipant, number)
    version_filter = VersionFilter(criteria=(Numbered(number=number),))
    selector = Selector(pacticipant=pacticipant, version_filter=version_filter)
    question = MatrixQuestion(selectors=(selector,), latest_by=LatestBy.CONSUMER_AND_PROVIDER)
    try:
        return decide.answer(connection, question)
    except decide.UnknownNames as unknown:
        raise NotFound(". ".join(unknown.errors)) from None


def _pairs(one: Sequence[Row], other: Sequence[Row]) -> list[ComparedPair]:
    """Join the rows of two versions by consumer and provider; pairs with different results come first."""
    by_pair = [{(row.consumer, row.provider): row for row in rows} for rows in (one, other)]
    pairs = [
        ComparedPair(consumer=pair[0], provider=pair[1], rows=(by_pair[0].get(pair), by_pair[1].get(pair)))
        for pair in sorted({*by_pair[0], *by_pair[1]})
    ]
    return sorted(pairs, key=lambda each: not each.differs)
