"""What a form sends back: its entries, and the token that only a page of this broker can read.

The token equals a cookie that browsers send only with requests of the broker's own pages.
Source: OWASP, cross-site request forgery (double submit).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response


COOKIE = "contracts_form"
FOREIGN = "The form has expired, or did not come from this broker. Nothing was changed: send it again."
TOO_LARGE = "The form is too large."
_MOST_BYTES = 2_000_000


async def entries(request: Request) -> Mapping[str, Sequence[str]] | None:
    """Return the entries of a form, each with its values; None if it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    return parse_qs(body.decode(errors="replace"), keep_blank_values=True)


def is_genuine(request: Request, form_entries: Mapping[str, Sequence[str]]) -> bool:
    """Whether a form came from a page of this broker."""
    cookie = request.cookies.get(COOKIE, "")
    return bool(cookie) and secrets.compare_digest(cookie.encode(), form_entries.get("token", [""])[0].encode())


def token(request: Request) -> str:
    """Return the token for a form."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(32)


def with_cookie(response: Response, request: Request, form_token: str) -> Response:
    """Return the *response* that shows a form, with the cookie of its token."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, form_token, httponly=True, samesite="strict", secure=secure, path="/")
    return response
