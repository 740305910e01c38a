"""An id for each request, by which a response, its lines in the log and the client's own log can be matched.

Source: the X-Request-Id header, a convention of proxies and service meshes.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.serving.logs import request_id


HEADER = "X-Request-Id"

_VALID = re.compile(r"[A-Za-z0-9._~:/+=@-]{1,128}")  # needs no escaping in a line of the log


class RequestIds:
    """ASGI middleware: takes the id of a request from its header, or makes one, and adds it to the response.

    An id with other characters than letters, digits and `._~:/+=@-`, or with more than 128, is replaced.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id as the current one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = _identifier(Headers(scope=scope).get(HEADER, ""))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (HEADER.lower().encode(), identifier.encode())
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        token = request_id.set(identifier)
        try:
            await self.app(scope, receive, sending)
        finally:
            request_id.reset(token)


def _identifier(header: str) -> str:
    return header if _VALID.fullmatch(header) else secrets.token_hex(16)
