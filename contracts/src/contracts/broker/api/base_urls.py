"""The address under which a client knows the broker, which every link starts with.

Source: Pact Broker protocol, base URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request


def of(configured: Sequence[str], request: Request) -> str:
    """The base URL, without a trailing slash, of *request*."""
    return resolve(configured, request.headers, request.scope["scheme"], request.headers.get("host", "localhost"))


def resolve(configured: Sequence[str], headers: Mapping[str, str], scheme: str, host: str) -> str:
    """The base URL, without a trailing slash, of a request.

    One configured URL is always the answer; of several, the one by which the request came, else the first;
    of none, the request's own, as the X-Forwarded-* headers of a proxy tell it. *headers* are looked up in lower case.
    """
    if len(configured) == 1:
        return configured[0].rstrip("/")
    forwarded = _forwarded(headers, scheme, host)
    if not configured:
        return forwarded
    known = [each.rstrip("/") for each in configured]
    direct = f"{scheme}://{host}"
    return next((each for candidate in (forwarded, direct) for each in known if each == candidate), known[0])


def _forwarded(headers: Mapping[str, str], scheme: str, host: str) -> str:
    first = {
        name: headers[name].split(",")[0].strip()
        for name in (
            "x-forwarded-host",
            "x-forwarded-scheme",
            "x-forwarded-proto",
            "x-forwarded-ssl",
        )
        if headers.get(name)
    }
    if first.get("x-forwarded-ssl") == "on":
        scheme = "https"
    else:
        scheme = first.get("x-forwarded-scheme") or first.get("x-forwarded-proto") or scheme
    return f"{scheme}://{first.get('x-forwarded-host', host)}"
