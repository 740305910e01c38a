"""Pages for people: the same questions as the API asks, rendered as HTML."""

from __future__ import annotations

from starlette.routing import Router

from contracts.broker.runtime import Runtime
from contracts.broker.ui import hal_browser, matrix, overview, pacts, relations
from contracts.broker.ui.pages import Pages


def router(runtime: Runtime) -> Router:
    """Every page over *runtime*."""
    pages = Pages(runtime)
    for each in (overview, pacts, matrix, hal_browser, relations):
        each.add(pages)
    return pages.router
