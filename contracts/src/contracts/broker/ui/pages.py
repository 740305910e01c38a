"""What every page has in common: templates, links, and the headers that keep a browser safe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, Router

from contracts.broker import urls
from contracts.broker.api.resources import convertible
from contracts.model.errors import NotFound


if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from contracts.broker.runtime import Runtime

    Page = Callable[..., str]


STYLESHEET = "/ui/style.css"
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_SCRIPTS = "; script-src 'self'; connect-src 'self'"
# a commit, or a digest of files; after a commit perhaps one of the changes
_HASH = re.compile(r"(files-)?([0-9a-f]{8})[0-9a-f]{32}(?:(\+[0-9a-f]{4})[0-9a-f]*)?")
_LONGEST = 50  # characters of a version number, as many as the reference broker shows
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Pages:
    """Collects the pages over *runtime*; a page is a function `(request, **path parameters) -> html`."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.router = Router(default=self._nowhere)
        self.static(STYLESHEET, "text/css")
        self._templates = Environment(
            loader=PackageLoader("contracts.broker.ui"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["ago"] = self._ago
        self._templates.filters["moment"] = _moment
        self._templates.filters["short"] = short
        self._templates.filters["web_address"] = web_address
        self._templates.globals.update(url=self.url, query=urlencode, urls=urls, stylesheet=self.base + STYLESHEET)

    @property
    def base(self) -> str:
        """What links start with: the path of the configured base URL, or nothing."""
        configured = self.runtime.settings.base_url
        return configured[0].rstrip("/") if len(configured) == 1 else ""

    def url(self, template: str, **values: str) -> str:
        """The address of a page, by the same paths as the API's."""
        return (self.base + urls.expand(template, **values)) or "/"

    def static(self, path: str, media_type: str) -> None:
        """Answer GET of *path* with the file of that name."""
        content = (Path(__file__).parent / "static" / path.rpartition("/")[2]).read_bytes()

        def endpoint(_request: Request) -> Response:
            return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=300"})

        self.router.routes.append(Route(path, endpoint))

    def page(self, path: str, *, scripts: bool = False) -> Callable[[Page], Page]:
        """Answer GET of *path* with the HTML that the function returns; NotFound becomes a page too.

        With *scripts* the page may run the broker's own, which may ask the broker.
        """
        policy = _SECURITY["Content-Security-Policy"] + (_SCRIPTS if scripts else "")
        headers = _SECURITY | {"Content-Security-Policy": policy}

        def register(page: Page) -> Page:
            def endpoint(request: Request) -> Response:
                try:
                    html = page(request, **request.path_params)
                except NotFound as error:
                    return self._not_found(str(error))
                return HTMLResponse(html, headers=headers)

            self.router.routes.append(Route(convertible(path), endpoint))
            return page

        return register

    def render(self, template: str, **values: Any) -> str:
        """*template* filled with *values*; everything is escaped."""
        return self._templates.get_template(template).render(**values)

    def _not_found(self, text: str) -> Response:
        return HTMLResponse(self.render("not_found.html", title="Not found", text=text), 404, headers=_SECURITY)

    async def _nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._not_found("The broker has no page at this address")(scope, receive, send)

    def _ago(self, moment: datetime) -> str:
        return ago(moment, self.runtime.now())


def ago(moment: datetime, now: datetime) -> str:
    """How long before *now* it was, in the largest unit that fits: `3 minutes ago`."""
    seconds = (now - moment).total_seconds()
    for size, unit in _UNITS:
        if (count := int(seconds // size)) >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def short(number: str) -> str:
    """A version number for a narrow column: a hash by its first characters, a long number by its two ends."""
    if found := _HASH.fullmatch(number):
        return "".join(part or "" for part in found.groups())
    return number if len(number) <= _LONGEST else f"{number[: _LONGEST // 2]}…{number[-_LONGEST // 2 + 1 :]}"


def web_address(address: str) -> str:
    """*address* where it leads to the web; anything else, a `javascript:` of somebody's, leads nowhere."""
    return address if address.lower().startswith(("https://", "http://")) else "#"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
