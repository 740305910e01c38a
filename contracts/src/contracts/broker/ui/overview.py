"""`/`: every pair of applications, their latest contract, how they stand on main, and what is deployed where."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import overview
from contracts.broker.ui.pages import Pages


PAGE_SIZE = 50


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.INDEX)
    def show(request: Request) -> str:
        search = request.query_params.get("q", "").strip()
        with pages.runtime.database.reading() as connection:
            found = overview.page(connection, number=_number(request), size=PAGE_SIZE, search=search)
        return pages.render("overview.html", title="Overview", overview=found, search=search)


def _number(request: Request) -> int:
    """The page asked for; what is no number is the first."""
    asked = request.query_params.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1  # noqa: PLR2004, a billion pages
