"""HTML pages for people, at the same paths as the API."""

from __future__ import annotations

from starlette.routing import Router

from contracts.broker.runtime import Runtime
from contracts.broker.ui import hal_browser, matrix, overview, pacts, relations, results
from contracts.broker.ui.pages import Pages


def router(runtime: Runtime) -> Router:
    """Return a router of every page of *runtime*."""
    pages = Pages(runtime)
    for each in (overview, pacts, matrix, results, hal_browser, relations):
        each.add(pages)
    return pages.router
