"""HTML pages for people, at the same paths as the API."""

from __future__ import annotations

from contracts.broker.runtime import Runtime
from contracts.broker.ui import (
    applications,
    board,
    changes,
    deployability,
    hal_browser,
    matrix,
    matrix_search,
    network,
    overview,
    pacts,
    relations,
    results,
    version_lists,
    versions,
    webhook_drafts,
    webhooks,
)
from contracts.broker.ui.pages import Pages


def all_pages(runtime: Runtime) -> Pages:
    """Return every page of *runtime*."""
    pages = Pages(runtime)
    for each in (
        overview,
        board,
        applications,
        versions,
        version_lists,
        pacts,
        changes,
        matrix,
        matrix_search,
        results,
        deployability,
        network,
        webhooks,
        webhook_drafts,
        hal_browser,
        relations,
    ):
        each.add(pages)
    return pages
