"""`/tokens`: what programs present instead of a password. A person sees their own, an administrator all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.api.permissions import require_own_tokens
from contracts.broker.api.tokens import owner_of
from contracts.broker.store import tokens
from contracts.broker.ui.pages import Pages


if TYPE_CHECKING:
    from starlette.requests import Request


MOST_SHOWN = 500


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.TOKENS)
    def show(request: Request) -> str:
        require_own_tokens(request.scope)
        owner = owner_of(request.scope)
        with pages.runtime.database.reading() as connection:
            listed = tokens.all(connection, owner)
        return pages.render(
            "tokens.html",
            section="tokens",
            title="Your tokens" if owner is not None else "Tokens",
            tokens=listed[:MOST_SHOWN],
            count=len(listed),
            now=pages.runtime.now(),
            has_owner=owner is not None,
        )
