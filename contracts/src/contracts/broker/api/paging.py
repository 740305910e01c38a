"""Lists in pages: `page` and `size`, and the links between pages.

Source: Pact Broker protocol, pagination.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.queries import COUNT, Parameter, count_problem
from contracts.model.errors import InvalidFields


DEFAULT_SIZE = 100
_NAMES = {"page": ("page", "pageNumber"), "size": ("size", "pageSize")}


PARAMETERS = tuple(Parameter(name=each, schema=COUNT) for aliases in _NAMES.values() for each in aliases)


class Limits(TypedDict):
    """The part of a list, as the store takes it."""

    limit: int | None
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The part of a list that was asked for; *number* counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many elements come before it."""
        return (self.number - 1) * self.size


def asked(call: Call, *, always: bool = False) -> Page | None:
    """The page that *call* asks for; None for the whole list, unless the list comes in pages *always*.

    Raises:
        InvalidFields: if the page or its size is not a whole number from 1.
    """
    query = call.query
    given = {name: next((query[each] for each in aliases if each in query), None) for name, aliases in _NAMES.items()}
    if not always and not any(value is not None for value in given.values()):
        return None
    errors = {name: [text] for name, value in given.items() if value is not None and (text := count_problem(value))}
    if errors:
        raise InvalidFields(errors)
    return Page(number=int(given["page"] or 1), size=int(given["size"] or DEFAULT_SIZE))


def limits(page: Page | None) -> Limits:
    """`limit` and `offset` for the store."""
    return {"limit": page.size, "offset": page.offset} if page else {"limit": None, "offset": 0}


def add(document: Document, call: Call, page: Page | None, total: int) -> Document:
    """*document* with what says which page of *total* elements it is, where it is one."""
    if page is None:
        return document
    pages = max(1, -(-total // page.size))
    turns = {}
    if page.number < pages:
        turns["next"] = _turn(call, page, page.number + 1, "Next page")
    if page.number > 1:
        turns["previous"] = _turn(call, page, page.number - 1, "Previous page")
    counts = {"number": page.number, "size": page.size, "totalElements": total, "totalPages": pages}
    return {"page": counts, **document, "_links": document["_links"] | turns}


def _turn(call: Call, page: Page, number: int, title: str) -> Document:
    address = call.links.base + str(call.request.scope["path"])
    return link(f"{address}?size={page.size}&page={number}", title)
