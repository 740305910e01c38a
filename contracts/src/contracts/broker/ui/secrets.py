"""`/secrets`: the secrets of webhooks, without their values, for those who may change webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.api import permissions
from contracts.broker.store import secrets
from contracts.broker.ui.pages import Pages


if TYPE_CHECKING:
    from starlette.requests import Request


MOST_SHOWN = 500


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.SECRETS)
    def show(request: Request) -> str:
        permissions.require_webhooks(request.scope)
        with pages.runtime.database.reading() as connection:
            listed = secrets.all(connection)
        return pages.render(
            "secrets.html", section="webhooks", title="Secrets", secrets=listed[:MOST_SHOWN], count=len(listed)
        )
