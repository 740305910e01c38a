"""`/environments`: what runs where, since when, and whether the main branch's head could replace it."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import board, environments
from contracts.broker.ui.pages import Pages, page_number


PAGE_SIZE = 30


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.ENVIRONMENTS)
    def show(request: Request) -> str:
        search = request.query_params.get("q", "").strip()
        number = page_number(request.query_params)
        with pages.runtime.database.reading() as connection:
            columns = environments.all(connection)
            applications = board.applications(connection, search)
            shown = applications[(number - 1) * PAGE_SIZE :][:PAGE_SIZE]
            rows = board.rows(connection, shown, policy=pages.runtime.settings.policy)
        return pages.render(
            "board.html",
            section="environments",
            title="Environments",
            environments=sorted(columns, key=lambda each: each.production),
            rows=rows,
            total=len(applications),
            board_search=search,
            page=number,
            last_page=max(1, -(-len(applications) // PAGE_SIZE)),
        )
