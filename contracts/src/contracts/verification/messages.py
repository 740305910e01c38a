"""Message contracts without a message broker: functions produce the messages that the verifier asks for.

For each message of a pact, the official verifier sends `POST /` with the description and the provider states. It
compares the response with the message; the header Pact-Message-Metadata holds the metadata, as JSON in base64.

Source: pact_verifier, `verify_message_from_provider`.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.model.plain_text import plain
from contracts.verification import serving


logger = logging.getLogger(__name__)

Producer = Callable[[], Any]
Asgi = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with its content type and the metadata that consumers need, such as a topic."""

    body: bytes
    content_type: str = "application/json"
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The functions that produce the messages of a provider, by description, in front of its application.

    A function returns a `Message`, or a value that becomes the JSON body of one.
    """

    producers: Mapping[str, Producer]
    _problems: dict[str, str] = field(default_factory=dict)
    """By description."""

    def in_front_of(self, app: Callable[..., Any] | None) -> Asgi:
        """Return an ASGI application that produces the messages, and passes other requests to *app*."""
        behind = serving.asgi(app) if app is not None else _not_found

        async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", "/"):
                await behind(scope, receive, send)
                return
            body = await _body(receive)
            description = _description(body)
            if description is None:
                await behind(scope, _again(body, receive), send)
            else:
                await _respond(send, self._produced(description))

        return application

    def take_problems(self, description: str) -> tuple[str, ...]:
        """Return why the message was not produced since the last call; the verifier does not see such a failure."""
        problem = self._problems.pop(description, None)
        return () if problem is None else (problem,)

    def _produced(self, description: str) -> Message:
        if description not in self.producers:
            names = ", ".join(map(repr, self.producers))
            problem = f"no function produces the message {description!r}; there are functions for {names}"
        else:
            try:
                value = self.producers[description]()
                return value if isinstance(value, Message) else Message(body=json.dumps(value).encode())
            except Exception as error:
                logger.exception("The function for the message %r failed", description)
                problem = f"the function for the message {description!r} raised {type(error).__name__}: {error}"
        self._problems[description] = plain(problem)
        return Message(body=b"", content_type="text/plain")


def _description(body: bytes) -> str | None:
    """Return the description in a request for a message; None for other requests."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict) or not document.keys() <= {"description", "providerStates"}:
        return None
    return document.get("description")


async def _body(receive: Callable[[], Awaitable[dict[str, Any]]]) -> bytes:
    parts, more = [], True
    while more:
        event = await receive()
        parts.append(event.get("body", b""))
        more = event.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """Return a `receive` that delivers *body* once more."""
    events = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Any:
        return events.pop() if events else await receive()

    return replay


async def _respond(send: Any, message: Message, status: int = 200) -> None:
    metadata = base64.b64encode(json.dumps({"contentType": message.content_type, **message.metadata}).encode())
    headers = [(b"content-type", message.content_type.encode()), (b"pact-message-metadata", metadata)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": message.body})


async def _not_found(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError(f"A provider that has only messages does not support {scope['type']}")
    await _respond(send, Message(body=b"This provider has only messages", content_type="text/plain"), 404)
