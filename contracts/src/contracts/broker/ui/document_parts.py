"""Long documents in parts, so that a page of a list of thousands takes no longer than one of thirty.

The API builds only the requested part if it has pages for the path; the lists of other documents are cut here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from contracts.broker.api import paging, queries
from contracts.broker.api.resources import Resource
from contracts.broker.ui.pages import page_number


PART_SIZE = 30
"""The most items of a list on one page."""
DOWNLOAD = "download"
"""The parameter of the query with which a browser gets the document itself."""
_SIZES = ("size", "pageSize")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of *document*: the page *number* of *last*; *totals* has the length of each list, by its name."""

    document: Mapping[str, Any]
    number: int
    last: int
    totals: Mapping[str, int]


def requesting(scope: Scope, routes: Sequence[BaseRoute]) -> Scope:
    """Return *scope* with a request for one page, if the API has the document in pages."""
    route = next((each for each in routes if each.matches(scope)[0] is Match.FULL), None)
    if not isinstance(route, Resource) or paging.PARAMETERS[0] not in route.operation.query:
        return scope
    sizes = [value for name, value in _parameters(scope) if name in _SIZES]
    if sizes and (queries.count_problem(sizes[-1]) or int(sizes[-1]) <= PART_SIZE):
        return scope
    # the last value of a parameter counts
    return _with(scope, b"&".join(filter(None, [scope["query_string"], f"size={PART_SIZE}".encode()])))


def is_download(scope: Scope) -> bool:
    """Whether a browser requests the document itself."""
    return any(name == DOWNLOAD for name, _ in _parameters(scope))


def whole(scope: Scope) -> Scope:
    """Return *scope* without the parameter that requests a download."""
    others = [each for each in _parameters(scope) if each[0] != DOWNLOAD]
    return _with(scope, urlencode(others).encode())


def download_address(path: str) -> str:
    """Return the address with which a browser gets the whole document at *path*, which has its query."""
    path, _, query = path.partition("?")
    parameters = parse_qsl(query, keep_blank_values=True)
    others = [each for each in parameters if each[0] not in {*_SIZES, "page", "pageNumber", DOWNLOAD}]
    return f"{path}?{urlencode([*others, (DOWNLOAD, '')])}"


def part_of(document: Mapping[str, Any], query: str) -> Part:
    """Return the part of *document* that *query* requests; it is the document itself if the API has cut it."""
    embedded = _mapping(document.get("_embedded"))
    totals = {name: len(value) for name, value in embedded.items() if isinstance(value, list)}
    counts = _mapping(document.get("page"))
    if isinstance(last := counts.get("totalPages"), int) and isinstance(total := counts.get("totalElements"), int):
        totals = dict.fromkeys(totals, total) if len(totals) == 1 else totals
        return Part(document=document, number=int(counts.get("number") or 1), last=last, totals=totals)
    links = _mapping(document.get("_links"))
    lists = [each for fields in (document, embedded, links) for each in fields.values() if isinstance(each, list)]
    number = page_number(QueryParams(query))
    cut = {
        **_cut(document, number),
        **({"_embedded": _cut(embedded, number)} if embedded else {}),
        **({"_links": _cut(links, number)} if links else {}),
    }
    last = max(1, -(-max(map(len, lists), default=0) // PART_SIZE))
    return Part(document=cut, number=number, last=last, totals=totals)


def _cut(fields: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return *fields* with the items on the page *number* of each long list."""
    items = slice((number - 1) * PART_SIZE, number * PART_SIZE)
    return {
        name: value[items] if isinstance(value, list) and len(value) > PART_SIZE else value
        for name, value in fields.items()
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _parameters(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode(), keep_blank_values=True)


def _with(scope: Scope, query: bytes) -> Scope:
    return {**scope, "query_string": query}
