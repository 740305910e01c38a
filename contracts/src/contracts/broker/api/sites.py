"""The web sites that a request may come from, and the host names of the broker.

A browser sends requests for any page that it shows. A page of another site cannot read the responses, but it can send:
so a change is refused if the browser says that another site requests it. A page can also point its own name to the
broker's address (DNS rebinding), which makes it the same site: so a broker without a password responds only to host
names that it knows.
Source: Fetch Metadata (W3C), Sec-Fetch-Site; RFC 6454 (Origin); RFC 9110, section 7.2 (Host); RFC 2606 (names).
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.broker.settings import Settings


_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_OWN_SITES = {"same-origin", "none"}  # none: a person typed the URL
# RFC 2606 and RFC 6761: nobody can own them, so no page can redirect them; tests of documents use them
_DOCUMENTATION = {"example", "example.com", "example.net", "example.org"}
_PORTS = {"http": ":80", "https": ":443"}


class KnownSites:
    """ASGI middleware: refuses changes by pages of other sites, and a Host that is not the broker's."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        parts = [urlsplit(each) for each in settings.base_url]
        self._hosts = None if settings.requires_credentials else frozenset(each.hostname or "" for each in parts)
        self._own = frozenset(_site(each) for each in settings.base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or respond with 403."""
        if scope["type"] == "http" and (refusal := self._refusal(scope)) is not None:
            response = PlainTextResponse(f"{refusal}\n", 403)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if self._hosts is not None:
            server = (scope.get("server") or ("",))[0]
            for host in headers.getlist("host"):
                if not _is_allowed(host, self._hosts | {server}):
                    return (
                        f"This broker requires no password, so it accepts only host names that it knows, and {host!r} "
                        f"is not one of them. If clients use that name, set PACT_BROKER_BASE_URL (for example "
                        f"http://{host}), or set PACT_BROKER_BASIC_AUTH_USERNAME and PACT_BROKER_BASIC_AUTH_PASSWORD."
                    )
        if scope["method"] not in _HARMLESS and self._is_foreign(headers):
            return (
                "A web page of another site sent this request, which would change data in this broker. Send it from a "
                "program or from a page of the broker. Behind a proxy, set PACT_BROKER_BASE_URL to the URL that "
                "browsers use."
            )
        return None

    def _is_foreign(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            return True
        origin = headers.get("origin")
        if origin is None:
            return False
        scheme = origin.partition(":")[0]
        hosts = (headers.get("host", ""), headers.get("x-forwarded-host", "").partition(",")[0].strip())
        return _site(origin) not in self._own | {_site(f"{scheme}://{each}") for each in hosts if each}


def _site(address: str) -> str:
    """Return host and port of *address*, without the port that its scheme implies; empty if it has no host."""
    scheme, _, rest = address.lower().partition("://")
    return rest.partition("/")[0].removesuffix(_PORTS.get(scheme, ":"))


@lru_cache(maxsize=256)
def _is_allowed(host: str, names: frozenset[str]) -> bool:
    """Return whether *host*, from a Host header, is a loopback name, one of *names*, or a name that nobody can own."""
    name = host.lower().rpartition("]")[0].lstrip("[") if host.startswith("[") else host.lower().partition(":")[0]
    name = name.removesuffix(".")
    if name in names or name == "localhost" or name.endswith(".localhost"):
        return bool(name)
    if name in _DOCUMENTATION or name.endswith(".example"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
