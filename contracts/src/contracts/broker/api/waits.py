"""Requests with `wait=SECONDS`: the response comes once no missing result is expected, or when the time is up."""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Hashable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from contracts.broker.api.queries import WAIT, Parameter
from contracts.model.errors import InvalidQuery
from contracts.model.waiting import MOST_SECONDS


PARAMETER = Parameter(name=WAIT, schema={"type": "integer", "minimum": 0, "maximum": MOST_SECONDS})
PROBLEM = f"must be a whole number of seconds from 0 to {MOST_SECONDS}"

_DISCONNECTED = "http.disconnect"
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def seconds(query: Mapping[str, Any]) -> int | None:
    """Return the seconds to wait that *query* asks for; None if it does not mention waiting.

    Raises:
        InvalidQuery: if they are not a whole number up to the limit.
    """
    value = query.get(WAIT)
    if value in {None, ""}:
        return None
    if not (isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) and int(value) <= MOST_SECONDS):
        raise InvalidQuery([f"{WAIT} {PROBLEM}"])
    return int(value)


def is_wanted(request: Request) -> bool:
    """Return whether *request* may want to wait; its handler decides."""
    return WAIT in request.url.query


def question(request: Request, base_url: str) -> Hashable:
    """Return a key that two requests share if the same response answers both; *base_url* is that of its links."""
    parts = [each for each in request.url.query.split("&") if each.partition("=")[0] != WAIT]
    return request.scope["path"], *parts, request.headers.get("accept"), base_url


async def leave(request: Request) -> None:
    """Return once the client of *request*, whose body is received, has disconnected."""
    if (await request.receive())["type"] != _DISCONNECTED:
        await asyncio.Event().wait()  # until it is cancelled: no server sends more of a complete request


def copy_of(response: Response) -> Response:
    """Return a copy of *response*, which several requests share, for one of them."""
    copied = copy.copy(response)
    copied.raw_headers = list(response.raw_headers)
    return copied
