"""`/`: each pair of applications with its latest contract, its result on the main branches, and deployments."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.store import overview
from contracts.broker.ui.pages import Pages


PAGE_SIZE = 50
FILTERS = {each.name.lower(): each for each in overview.FILTERS}
"""The states that the query can ask for, by their word in it."""


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.INDEX)
    def show(request: Request) -> str:
        search = request.query_params.get("q", "").strip()
        state = request.query_params.get("state", "")
        with pages.runtime.database.reading() as connection:
            integrations = overview.page(
                connection, number=_number(request), size=PAGE_SIZE, search=search, state=FILTERS.get(state)
            )
        base = base_urls.of(pages.runtime.settings.base_url, request)
        return pages.render(
            "overview.html",
            title="Contracts",
            overview=integrations,
            search=search,
            state=state,
            filters=FILTERS,
            base_url=base,
        )


def _number(request: Request) -> int:
    """Return the requested page, by default the first."""
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004, a billion pages
