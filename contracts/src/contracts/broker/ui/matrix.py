"""`/matrix/provider/{provider}/consumer/{consumer}`: the verification results of two applications, by version.

The rows are those of the API: every revision of a pact, and every result, also a replaced one. There is no verdict,
because the question names no deployment.
Source: Pact Broker protocol, UI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import decide, explain
from contracts.broker.api import base_urls
from contracts.broker.store import versions
from contracts.broker.ui.deployability import STEPS
from contracts.broker.ui.pages import Pages
from contracts.broker.urls import Links
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import NotFound
from contracts.model.matrix import DEFAULT_LIMIT, MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import Row
from contracts.model.reasons import SpecifiedVersionDoesNotExist


MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of versions in the form; *named* if it needs a name or number."""

    label: str
    version_filter: Callable[[str], VersionFilter]
    named: bool = True


CHOICES = {
    "": Choice(label="all versions", version_filter=lambda _: VersionFilter(), named=False),
    "latest": Choice(label="latest version", version_filter=lambda _: VersionFilter(latest=True), named=False),
    "main": Choice(
        label="head of the main branch",
        version_filter=lambda _: VersionFilter(criteria=(OnMainBranch(),), latest=True),
        named=False,
    ),
    "branch": Choice(
        label="head of the branch …",
        version_filter=lambda name: VersionFilter(criteria=(OnBranch(branch=name),), latest=True),
    ),
    "tag": Choice(
        label="latest with the tag …",
        version_filter=lambda name: VersionFilter(criteria=(Tagged(tag=name),), latest=True),
    ),
    "environment": Choice(
        label="now in the environment …",
        version_filter=lambda name: VersionFilter(criteria=(InEnvironment(environment=name),)),
    ),
    "version": Choice(label="version …", version_filter=lambda name: VersionFilter(criteria=(Numbered(number=name),))),
}
"""By the values of `consumer` and `provider` in the query; `consumer_name` and `provider_name` have the names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The requested versions of one application."""

    pacticipant: str
    choice: str
    name: str

    @property
    def version_filter(self) -> VersionFilter:
        """The criteria of these versions."""
        return CHOICES[self.choice].version_filter(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The rows of one consumer and one provider; *narrowed* if only some versions of the provider are requested."""

    consumer: str
    provider: str
    narrowed: bool
    rows: tuple[Row, ...]


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.MATRIX_PAIR)
    def show(request: Request, provider: str, consumer: str) -> str:
        query = request.query_params
        sides = {"consumer": _side(query, "consumer", consumer), "provider": _side(query, "provider", provider)}
        question = MatrixQuestion(
            selectors=tuple(
                Selector(pacticipant=each.pacticipant, version_filter=each.version_filter) for each in sides.values()
            ),
            most=_most(query),
        )
        with pages.runtime.database.reading() as connection:
            try:
                result = decide.between(connection, question, count_to=MOST_ROWS + 1)
            except decide.UnknownNames as unknown:
                raise NotFound(". ".join(unknown.errors)) from None
            shown_versions = (each for row in result.rows for each in (row.consumer_version, row.provider_version))
            details = versions.details(connection, {each.id for each in shown_versions if each is not None})
            links = Links(base_urls.of(pages.runtime.settings.base_url, request))
            replaced = _replaced(result.rows)
            current = [row for row in result.rows if row.result is None or row.result.id not in replaced]
            causes = explain.explain_rows(connection, current, links, pages.runtime.now())
        return pages.render(
            "matrix.html",
            title=f"Results: {consumer} → {provider}",
            consumer=consumer,
            provider=provider,
            choices=CHOICES,
            sides=sides,
            missing=[SpecifiedVersionDoesNotExist(selector=each) for each in result.missing],
            directions=_directions(result.rows, sides),
            replaced=replaced,
            causes=causes,
            key_of=explain.key_of,
            steps=STEPS,
            details=details,
            shown=len(result.rows),
            successes=sum(row.success is True for row in result.rows),
            failures=sum(row.success is False for row in result.rows),
            total=result.total,
            most_rows=MOST_ROWS,
            older=_query(sides, MOST_ROWS) if question.most < MOST_ROWS else None,
        )


def _directions(rows: Iterable[Row], sides: Mapping[str, Side]) -> list[Direction]:
    """Group *rows* by direction, the requested one first: two applications may call each other."""
    by_pair: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_pair[row.consumer, row.provider].append(row)
    requested = sides["consumer"].pacticipant, sides["provider"].pacticipant
    narrowed = {each.pacticipant for each in sides.values() if each.choice}
    return [
        Direction(consumer=pair[0], provider=pair[1], narrowed=pair[1] in narrowed, rows=tuple(of_pair))
        for pair, of_pair in sorted(by_pair.items(), key=lambda each: each[0] != requested)
    ]


def _replaced(rows: Sequence[Row]) -> set[int]:
    """Return the ids of results in *rows* that a later result of the same pact and provider version replaced."""
    results = [(row.pact_id, row.result) for row in rows if row.result is not None]
    last: dict[tuple[int, int], int] = {}
    for pact_id, result in results:
        key = pact_id, result.provider_version.id
        last[key] = max(result.id, last.get(key, 0))
    return {result.id for _, result in results} - set(last.values())


def _side(query: QueryParams, side: str, pacticipant: str) -> Side:
    """Read a side of *query*; a name alone is that of a version, and a choice without its name is ignored."""
    choice, name = query.get(side, ""), query.get(f"{side}_name", "").strip()
    if choice not in CHOICES:
        choice = ""
    if choice and not CHOICES[choice].named:
        name = ""
    elif name:
        choice = choice or "version"
    else:
        choice = ""
    return Side(pacticipant=pacticipant, choice=choice, name=name)


def _query(sides: Mapping[str, Side], most: int) -> dict[str, str]:
    """Return the query for the same versions with *most* rows."""
    query = {"rows": str(most)}
    for side, each in sides.items():
        query |= {side: each.choice, f"{side}_name": each.name}
    return query


def _most(query: QueryParams) -> int:
    """Return the number of rows that *query* requests, within bounds; by default as many as the API returns."""
    text = query.get("rows", "")
    if not (text.isdecimal() and len(text) < 10):  # noqa: PLR2004, a billion rows
        return DEFAULT_LIMIT
    return min(max(1, int(text)), MOST_ROWS)
