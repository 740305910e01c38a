"""Requests that pages send to the API, as the sender of the page's own request."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message

from contracts.broker.api.hal import HAL, JSON, MERGE_PATCH
from contracts.broker.ui.buffers import Buffer


log = logging.getLogger(__name__)

REFUSED = 400
"""The least status of an answer that refuses."""

# a form's own headers, which would say something wrong about the request that it sends
_OF_THE_FORM = {
    b"accept",
    b"content-type",
    b"content-length",
    b"transfer-encoding",
    b"cookie",
    b"if-match",
    b"if-none-match",
}


class Api:
    """The API, as *app*."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def send(self, request: Request, method: str, path: str, content: str, *, revision: str = "") -> Buffer:
        """Send a request to the API as the sender of *request*, and return the answer.

        With a *revision* it changes nothing that has another one: the answer is 412.
        """
        place, _, query = path.partition("?")
        others = [each for each in request.scope["headers"] if each[0] not in _OF_THE_FORM]
        headers = [*others, (b"accept", f"{HAL}, {JSON};q=0.9, */*;q=0.1".encode())]
        if revision:
            headers.append((b"if-match", f'"{revision}"'.encode()))
        if content.strip():
            media_type = MERGE_PATCH if method == "PATCH" else JSON
            headers += [(b"content-type", media_type.encode())]
        body = content.encode() if content.strip() else b""
        headers.append((b"content-length", str(len(body)).encode()))
        scope = {
            **request.scope,
            "method": method,
            "path": place,
            "raw_path": place.encode(),
            "query_string": query.encode(),
            "headers": headers,
        }
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        answer = Buffer()
        await self.app(scope, receive, answer.send)
        log.info("%s %s from a form: %s", method, place, answer.status)
        return answer


def problems(answer: Buffer) -> list[str]:
    """Return the sentences of an error of the API."""
    document = answer_document(answer)
    if not isinstance(document, dict):
        return [bytes(answer.content).decode(errors="replace").strip() or f"The broker answered {answer.status}."]
    return sentences(document) or [f"The broker answered {answer.status}."]


def sentences(document: Mapping[str, Any]) -> list[str]:
    """Return the sentences of the *document* of an error."""
    errors = document.get("errors", document.get("error"))
    if isinstance(errors, dict):
        return [f"{name} {text}".strip() for name, texts in errors.items() for text in _listed(texts)]
    return [str(each) for each in _listed(errors)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def answer_document(answer: Buffer) -> Any:
    """Return the JSON document of an *answer*; None if it is not JSON."""
    try:
        return json.loads(bytes(answer.content))
    except ValueError:
        return None
