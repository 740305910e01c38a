"""The base URL of a broker, and which URLs belong to it; free of I/O.

Credentials are for the configured base URL only. A URL belongs to it if scheme, host, port and the path of the base
URL are the same. A URL that two programs could parse differently (with user names, backslashes, white space, dot
segments) belongs to no broker: the official verifier, which gets some of these URLs together with the credentials,
parses URLs by other rules than Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from contracts.client.errors import ForeignLink, UnexpectedAnswer, UsageError


# The characters of RFC 3986; an authority has no "@", so it cannot contain a user name.
_URL = re.compile(
    r"https?://[\w.~%!$&'()*+,;=:\[\]-]+([/?#][\w.~%!$&'()*+,;=:@/?#\[\]-]*)?",
    re.ASCII | re.IGNORECASE,
)
_DOT_SEGMENT = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The parts of a base URL; *path* has no slash at its end, *host* is in lower case."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: the receiver of requests."""
        return (self.scheme, self.host, self.port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def place(base_url: str) -> Place:
    """Parse *base_url*.

    Raises:
        UsageError: if it is not a plain http or https URL, or has a user name, query or fragment.
    """
    named = _parse(base_url)
    if named is None or named.query is not None:
        # Not shown: there may be a password before an "@".
        shown = "" if "@" in base_url else f" {base_url!r}"
        raise UsageError(
            f"The broker's base URL{shown} must look like https://broker.example.com, without user "
            "name, query or fragment. Set the credentials separately, as a token or as user name and password."
        )
    return Place(scheme=named.scheme, host=named.host, port=named.port, path=named.path.rstrip("/"))


def join(source: str, href: str) -> str:
    """Return the absolute URL of *href*, a link of a document fetched from *source*.

    Raises:
        UnexpectedAnswer: if *href* cannot be read as a link.
    """
    joined = get_joined(source, href)
    if joined is None:
        raise UnexpectedAnswer(f"The response is not what a Pact Broker sends: {href[:200]!r} is not a link.")
    return joined


def get_joined(source: str, href: str) -> str | None:
    """Return the absolute URL of *href* as seen from *source*; None if it cannot be read as a link."""
    try:
        return urljoin(source, href)
    except ValueError:
        return None


def belongs(url: str, to: Place) -> bool:
    """Whether *url* is at or below *to*, parsed strictly."""
    return _below(url, to) is not None


def require_same_broker(url: str, base_url: str) -> str:
    """Return *url* in a form that every program parses alike; nothing is sent.

    Raises:
        ForeignLink: if it is not on the broker at *base_url*.
        UsageError: if *base_url* is not a base URL.
    """
    to = place(base_url)
    rest = _below(url, to)
    if rest is None:
        raise ForeignLink(
            f"{url!r} is not on the configured broker, {to}. No request was made and no "
            "credential sent. If the URL came with a webhook, check who sent it; if the broker "
            "moved, set PACT_BROKER_BASE_URL to the address it uses in its links."
        )
    return f"{to}{rest}"


def local(url: str, configured: Place, advertised: Place) -> str:
    """Return *url* as an address on the *configured* base URL.

    A broker behind a proxy may use another base URL in its links (http instead of https, an internal name, another
    path). So the base URL that its index states, *advertised*, is replaced by the configured one. Credentials go to
    no other place.

    Raises:
        ForeignLink: if *url* is on neither of them.
    """
    for base in (configured, advertised):
        rest = _below(url, base)
        if rest is not None:
            return f"{configured}{rest}"
    raise ForeignLink(
        f"The broker at {configured} sent a link to another place, {url!r}, which was not "
        "followed. Check the base URL in the settings of the broker (its own PACT_BROKER_BASE_URL)."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    scheme: str
    host: str
    port: int
    path: str
    query: str | None


def _parse(url: str) -> _Parsed | None:
    if not _URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.fragment or _DOT_SEGMENT.search(parts.path):
        return None
    return _Parsed(
        scheme=parts.scheme,
        host=parts.hostname,
        port=_PORTS[parts.scheme] if port is None else port,
        path=parts.path,
        query=parts.query or None,
    )


def _below(url: str, to: Place) -> str | None:
    """Return the part of *url* after *to*: empty, or path and query; None if *url* is not below *to*."""
    named = _parse(url)
    if named is None or (named.scheme, named.host, named.port) != to.origin:
        return None
    if named.path not in {"", to.path} and not named.path.startswith(f"{to.path}/"):
        return None
    if named.path == "" and to.path:
        return None
    query = "" if named.query is None else f"?{named.query}"
    return named.path[len(to.path) :] + query
