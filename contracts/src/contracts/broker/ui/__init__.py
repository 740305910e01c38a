"""Pages for people: the same questions as the API asks, rendered as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.broker.ui import hal_browser, matrix, overview, pacts, relations
from contracts.broker.ui.pages import Pages


if TYPE_CHECKING:
    from starlette.routing import Router

    from contracts.broker.broker import Broker


def router(broker: Broker) -> Router:
    """Every page over *broker*."""
    pages = Pages(broker)
    for each in (overview, pacts, matrix, hal_browser, relations):
        each.add(pages)
    return pages.router
