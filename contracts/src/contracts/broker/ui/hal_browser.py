"""`/hal-browser/browser.html`: any document of the API, with links to follow.

The path of the document comes after `#`, which browsers do not send: the page's script requests it from the API.
Source: Pact Broker protocol, UI.
"""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.ui.pages import Pages


SCRIPT = "/ui/hal-browser.js"


def add(pages: Pages) -> None:
    """Add the page and its script to *pages*."""
    pages.static(SCRIPT, "text/javascript")

    @pages.page(urls.HAL_BROWSER, scripts=True)
    def browse(request: Request) -> str:
        base = base_urls.of(pages.runtime.settings.base_url, request)
        return pages.render(
            "hal_browser.html", section="api", title="API browser", links_start_with=base, script=SCRIPT
        )
