"""Lists in pages: `page` and `size`, and the links between pages.

Source: Pact Broker protocol, pagination.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlencode

from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link
from contracts.broker.api.queries import COUNT, Parameter, count_problem
from contracts.model.errors import InvalidFields


DEFAULT_SIZE = 100
_NAMES = {"page": ("page", "pageNumber"), "size": ("size", "pageSize")}


PARAMETERS = tuple(Parameter(name=each, schema=COUNT) for aliases in _NAMES.values() for each in aliases)


class PageLimits(TypedDict):
    """The page of a list, in the words of the store."""

    limit: int | None
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list; *number* counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """The number of elements before the page."""
        return (self.number - 1) * self.size


def page_of(call: Call, *, always: bool = False) -> Page | None:
    """Return the page that *call* requests; None for the whole list, unless the list *always* comes in pages.

    Raises:
        InvalidFields: if the page or its size is not a whole number from 1.
    """
    query = call.query
    values = {name: next((query[each] for each in aliases if each in query), None) for name, aliases in _NAMES.items()}
    if not always and not any(value is not None for value in values.values()):
        return None
    errors = {name: [text] for name, value in values.items() if value is not None and (text := count_problem(value))}
    if errors:
        raise InvalidFields(errors)
    return Page(number=int(values["page"] or 1), size=int(values["size"] or DEFAULT_SIZE))


def limits(page: Page | None) -> PageLimits:
    """Return `limit` and `offset` of *page* for the store."""
    return {"limit": page.size, "offset": page.offset} if page else {"limit": None, "offset": 0}


def add(
    document: Document, call: Call, page: Page | None, total: int, filters: Mapping[str, str | None] | None = None
) -> Document:
    """Return *document* with the numbers and links of *page*, if there is one, of *total* elements.

    The links keep the *filters* that are not None; in the protocol's own lists they forget a search.
    """
    if page is None:
        return document
    pages = max(1, -(-total // page.size))
    page_links = {}
    active_filters = {name: value for name, value in (filters or {}).items() if value is not None}
    if page.number < pages:
        page_links["next"] = _page_link(call, page, page.number + 1, "Next page", active_filters)
    if page.number > 1:
        page_links["previous"] = _page_link(call, page, page.number - 1, "Previous page", active_filters)
    counts = {"number": page.number, "size": page.size, "totalElements": total, "totalPages": pages}
    return {"page": counts, **document, "_links": document["_links"] | page_links}


def _page_link(call: Call, page: Page, number: int, title: str, filters: Mapping[str, str]) -> Document:
    address = call.links.base + str(call.request.scope["path"])
    query = urlencode({**filters, "size": page.size, "page": number})
    return link(f"{address}?{query}", title)
