"""The basis of every page: templates, links, and security headers."""

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
from contracts.broker.api.visitors import VISITOR
from contracts.broker.ui.directions import spelled
from contracts.model.errors import NotFound
from contracts.model.matrix_rows import Row
from contracts.model.metadata import Metadata, encode
from contracts.model.permissions import ADMIN, ANONYMOUS, READ, WEBHOOKS, Permission, publish


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from contracts.broker.runtime import Runtime

    Page = Callable[..., str]


COPY_SCRIPT = "/ui/copy.js"
"""Adds buttons that copy texts."""
LIVE_SCRIPT = "/ui/live.js"
"""Searches as one types, and renews a page while something is in progress."""
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SCRIPT_HEADERS = SECURITY_HEADERS | {
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"] + "; script-src 'self'; connect-src 'self'"
}
"""For a page that may run the broker's own scripts, which may send requests to it."""
# a commit or a digest of files, perhaps followed by a digest of changes
_HASH = re.compile(r"(files-)?([0-9a-f]{8})[0-9a-f]{32}(?:(\+[0-9a-f]{4})[0-9a-f]*)?")
_LONGEST = 50  # characters of a version number, as many as the reference broker shows
_LONGEST_PAGE_NUMBER = 9  # digits
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Pages:
    """The pages of *runtime*; a page is a function `(request, **path parameters) -> html`."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.router = Router(default=self._unknown_path)
        self.static(urls.STYLESHEET, "text/css")
        self.static(LIVE_SCRIPT, "text/javascript")
        self._templates = Environment(
            loader=PackageLoader("contracts.broker.ui"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["ago"] = self._ago
        self._templates.filters["moment"] = _moment
        self._templates.filters["fitting"] = fitting
        self._templates.filters["short"] = short
        self._templates.filters["middle"] = middle
        self._templates.filters["web_address"] = web_address
        self._templates.tests["address"] = _is_address
        self._templates.globals.update(url=self.url, query=urlencode, urls=urls, stylesheet=self.base + urls.STYLESHEET)
        self._templates.globals.update(may=may, may_change=may_change)
        self._templates.globals.update(ADMIN=ADMIN, WEBHOOKS=WEBHOOKS, publishing=publish)
        self._templates.globals["row_metadata"] = _row_metadata
        self._templates.globals["signs_in"] = bool(runtime.settings.sign_in_issuer)

    @property
    def base(self) -> str:
        """The start of each link: the configured base URL, or empty."""
        configured = self.runtime.settings.base_url
        return configured[0].rstrip("/") if len(configured) == 1 else ""

    def url(self, template: str, **values: str) -> str:
        """Return the URL of a page, whose paths are those of the API."""
        return (self.base + urls.expand(template, **values)) or "/"

    def static(self, path: str, media_type: str) -> None:
        """Serve the static file with the name of *path*."""
        content = (Path(__file__).parent / "static" / path.rpartition("/")[2]).read_bytes()

        def endpoint(_request: Request) -> Response:
            return Response(content, media_type=media_type, headers={"Cache-Control": "max-age=300"})

        self.router.routes.append(Route(path, endpoint))

    def page(self, path: str, *, scripts: bool = False) -> Callable[[Page], Page]:
        """Serve the HTML that the function returns at *path*; NotFound becomes a page, too.

        With *scripts*, the page may run the broker's own scripts, which may request documents.
        """
        headers = SCRIPT_HEADERS if scripts else SECURITY_HEADERS

        def register(page: Page) -> Page:
            def endpoint(request: Request) -> Response:
                try:
                    html = page(request, **request.path_params)
                except NotFound as error:
                    return self.not_found(str(error))
                return HTMLResponse(html, headers=headers)

            self.router.routes.append(Route(convertible(path), endpoint))
            return page

        return register

    def render(self, template: str, *, section: str = "contracts", **values: Any) -> str:
        """Return *template* filled with *values*, which are escaped; *section* is the entry of the navigation bar."""
        visitor = VISITOR.get()
        person = visitor if visitor is not None and visitor.is_person else None
        is_admin = visitor is None or visitor.is_admin
        html = self._templates.get_template(template).render(
            section=section, person=person, is_admin=is_admin, **values
        )
        return spelled(html)

    def not_found(self, text: str) -> Response:
        """Return the page that says that something does not exist."""
        return HTMLResponse(self.render("not_found.html", title="Not found", text=text), 404, headers=SECURITY_HEADERS)

    async def _unknown_path(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.not_found("This broker has no page at this URL")(scope, receive, send)

    def _ago(self, moment: datetime) -> str:
        return ago(moment, self.runtime.now())


def may(*needs: Permission) -> bool:
    """Whether a page shows a control that needs these permissions.

    Someone who lacks one does not see it. An anonymous reader does, and is asked who they are when they use it.
    """
    visitor = VISITOR.get()
    return visitor is None or visitor.subject == ANONYMOUS or not visitor.lacks(needs)


def may_change() -> bool:
    """Whether a page shows controls for any change: not to someone who may only read."""
    visitor = VISITOR.get()
    return visitor is None or visitor.subject == ANONYMOUS or any(each != READ for each in visitor.permissions)


def page_number(query: QueryParams) -> int:
    """Return the requested page, by default the first."""
    text = query.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) <= _LONGEST_PAGE_NUMBER else 1


def unknown_choices(query: QueryParams, choices: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a sentence for each value of *query* that is not among the *choices* for its name, and so has no effect.

    >>> unknown_choices({"sort": "size", "state": ""}, {"sort": ("name", "attention"), "state": ("failed",)})
    ['There is no sort “size”, only: name, attention.']
    """
    return [
        f"There is no {name} “{fitting(value, _LONGEST)}”, only: {', '.join(filter(None, allowed)) or 'none'}."
        for name, allowed in ((name, list(allowed)) for name, allowed in choices.items())
        if (value := query.get(name, "")) and value not in allowed
    ]


def ago(moment: datetime, now: datetime) -> str:
    """Return the time between *moment* and *now* in the largest unit: `3 minutes ago`."""
    seconds = (now - moment).total_seconds()
    for size, unit in _UNITS:
        if (count := int(seconds // size)) >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def short(number: str) -> str:
    """Return a version number for a narrow column: the start of a hash, both ends of a long number."""
    if match := _HASH.fullmatch(number):
        return "".join(part or "" for part in match.groups())
    return middle(number)


def fitting(text: str, most: int) -> str:
    """Return *text*, or its start and an ellipsis if it has more than *most* characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def middle(text: str) -> str:
    """Return *text* without its middle if it is long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 + 1 :]}"


def web_address(address: str) -> str:
    """Return *address* if it is an HTTP URL, otherwise `#`, so that a published `javascript:` has no effect."""
    return address if address.lower().startswith(("https://", "http://")) else "#"


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _row_metadata(row: Row) -> str:
    """Return the part of a result's URL that says which consumer version a row of the matrix is about."""
    return encode(Metadata(consumer_version_number=row.consumer_version.number))
