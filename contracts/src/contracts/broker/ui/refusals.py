"""Refused requests: a browser gets a page, every other client the text."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.ui.dispatch import wants_page
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages


_TITLES = {
    401: "You are not signed in",
    403: "You may not do this",
    429: "Too many attempts",
    503: "Not available now",
}


class Refusals:
    """ASGI middleware: shows what *app* refuses with a plain text as one of *pages*."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not wants_page(scope):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        text = bytearray()

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _refuses(message):
                start = message
            elif start is None:
                await send(message)
            else:
                text.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._page(start, text.decode(errors="replace"))(scope, receive, send)

        await self.app(scope, receive, sending)

    def _page(self, start: Message, text: str) -> HTMLResponse:
        status = start["status"]
        html = self.pages.render("refused.html", section="", title=_TITLES[status], text=text.strip())
        others = {
            name: value for name, value in Headers(raw=start["headers"]).items() if not name.startswith("content-")
        }
        return HTMLResponse(html, status, others | SECURITY_HEADERS)


def _refuses(start: Message) -> bool:
    media_type = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] in _TITLES and media_type.startswith("text/plain")
