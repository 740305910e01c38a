"""`/matrix/provider/{provider}/consumer/{consumer}`: which versions of two applications were verified with which.

The rows are those of the API: every result, also one that a later result of the same versions replaced, and every
revision of a pact. There is no verdict, since nothing is to be deployed.
Source: Pact Broker protocol, UI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import decide
from contracts.broker.store import versions
from contracts.broker.ui.pages import Pages
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.errors import NotFound
from contracts.model.matrix import DEFAULT_LIMIT, Question, Selector, VersionFilter
from contracts.model.matrix_rows import Row
from contracts.model.metadata import Metadata, encode
from contracts.model.reasons import SpecifiedVersionDoesNotExist


MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that the form offers for an application: which versions it means, perhaps by a name."""

    label: str
    version_filter: Callable[[str], VersionFilter]
    named: bool = True


CHOICES = {
    "": Choice(label="every version", version_filter=lambda _: VersionFilter(), named=False),
    "latest": Choice(label="the latest version", version_filter=lambda _: VersionFilter(latest=True), named=False),
    "main": Choice(
        label="the head of the main branch",
        version_filter=lambda _: VersionFilter(criteria=(OnMainBranch(),), latest=True),
        named=False,
    ),
    "branch": Choice(
        label="the head of the branch …",
        version_filter=lambda name: VersionFilter(criteria=(OnBranch(branch=name),), latest=True),
    ),
    "tag": Choice(
        label="the latest with the tag …",
        version_filter=lambda name: VersionFilter(criteria=(Tagged(tag=name),), latest=True),
    ),
    "environment": Choice(
        label="what is now in …", version_filter=lambda name: VersionFilter(criteria=(InEnvironment(environment=name),))
    ),
    "version": Choice(
        label="the version …", version_filter=lambda name: VersionFilter(criteria=(Numbered(number=name),))
    ),
}
"""By the values that `consumer` and `provider` take in the query; a name stands in `consumer_name`, `provider_name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The versions that the form asks for of one application."""

    pacticipant: str
    choice: str
    name: str

    @property
    def version_filter(self) -> VersionFilter:
        """The same in the words of the matrix."""
        return CHOICES[self.choice].version_filter(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The rows of one consumer and one provider; *narrowed* when not every version of the provider was asked for."""

    consumer: str
    provider: str
    narrowed: bool
    rows: tuple[Row, ...]


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.MATRIX_PAIR)
    def show(request: Request, provider: str, consumer: str) -> str:
        query = request.query_params
        chosen = {"consumer": _chosen(query, "consumer", consumer), "provider": _chosen(query, "provider", provider)}
        question = Question(
            selectors=tuple(
                Selector(pacticipant=each.pacticipant, version_filter=each.version_filter) for each in chosen.values()
            ),
            most=_most(query),
        )
        with pages.runtime.database.reading() as connection:
            try:
                found = decide.between(connection, question, count_to=MOST_ROWS + 1)
            except decide.UnknownNames as unknown:
                raise NotFound(". ".join(unknown.errors)) from None
            shown = (each for row in found.rows for each in (row.consumer_version, row.provider_version))
            details = versions.details(connection, {each.id for each in shown if each is not None})
        return pages.render(
            "matrix.html",
            title=f"{consumer} → {provider}, version by version",
            consumer=consumer,
            provider=provider,
            choices=CHOICES,
            chosen=chosen,
            missing=[SpecifiedVersionDoesNotExist(selector=each) for each in found.missing],
            directions=_directions(found.rows, chosen),
            replaced=_replaced(found.rows),
            details=details,
            shown=len(found.rows),
            successes=sum(row.success is True for row in found.rows),
            failures=sum(row.success is False for row in found.rows),
            total=found.total,
            most_rows=MOST_ROWS,
            older=_query(chosen, MOST_ROWS) if question.most < MOST_ROWS else None,
            metadata=lambda row: encode(Metadata(consumer_version_number=row.consumer_version.number)),
        )


def _directions(rows: Iterable[Row], chosen: Mapping[str, Chosen]) -> list[Direction]:
    """*rows* by consumer and provider, those asked for first: two applications may call each other."""
    by_pair: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_pair[row.consumer, row.provider].append(row)
    asked = chosen["consumer"].pacticipant, chosen["provider"].pacticipant
    narrowed = {each.pacticipant for each in chosen.values() if each.choice}
    return [
        Direction(consumer=pair[0], provider=pair[1], narrowed=pair[1] in narrowed, rows=tuple(of_pair))
        for pair, of_pair in sorted(by_pair.items(), key=lambda each: each[0] != asked)
    ]


def _replaced(rows: Sequence[Row]) -> set[int]:
    """The numbers of the results in *rows* after which the same provider version gave another one of the same pact."""
    results = [(row.pact_id, row.result) for row in rows if row.result is not None]
    last: dict[tuple[int, int], int] = {}
    for pact_id, result in results:
        key = pact_id, result.provider_version.id
        last[key] = max(result.id, last.get(key, 0))
    return {result.id for _, result in results} - set(last.values())


def _chosen(query: QueryParams, side: str, pacticipant: str) -> Chosen:
    """What *query* asks of a side; a name alone is a version's, and a choice that lacks its name is none."""
    choice, name = query.get(side, ""), query.get(f"{side}_name", "").strip()
    if choice not in CHOICES:
        choice = ""
    if choice and not CHOICES[choice].named:
        name = ""
    elif name:
        choice = choice or "version"
    else:
        choice = ""
    return Chosen(pacticipant=pacticipant, choice=choice, name=name)


def _query(chosen: Mapping[str, Chosen], most: int) -> dict[str, str]:
    """What asks for the same versions, and for *most* rows."""
    asked = {"rows": str(most)}
    for side, each in chosen.items():
        asked |= {side: each.choice, f"{side}_name": each.name}
    return asked


def _most(query: QueryParams) -> int:
    """How many rows *query* asks for, within bounds; what is no number is as many as the API gives."""
    asked = query.get("rows", "")
    if not (asked.isdecimal() and len(asked) < 10):  # noqa: PLR2004, more than there can be
        return DEFAULT_LIMIT
    return min(max(1, int(asked)), MOST_ROWS)
