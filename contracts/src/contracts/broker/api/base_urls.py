"""The URL by which a client knows the broker: every link starts with it.

Source: Pact Broker protocol, base URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request


def of(configured: Sequence[str], request: Request) -> str:
    """Return the base URL of *request*, without a trailing slash."""
    return resolve(configured, request.headers, request.scope["scheme"], request.headers.get("host", "localhost"))


def resolve(configured: Sequence[str], headers: Mapping[str, str], scheme: str, host: str) -> str:
    """Return the base URL of a request, without a trailing slash.

    A single configured URL is always used. Of several, it is the one that the request came by, or the first.
    Without any, it is the request's own URL, according to the X-Forwarded-* headers of a proxy.
    The names in *headers* are in lower case.
    """
    if len(configured) == 1:
        return configured[0].rstrip("/")
    forwarded = _forwarded(headers, scheme, host)
    if not configured:
        return forwarded
    candidates = [each.rstrip("/") for each in configured]
    direct = f"{scheme}://{host}"
    return next((each for each in (forwarded, direct) if each in candidates), candidates[0])


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
