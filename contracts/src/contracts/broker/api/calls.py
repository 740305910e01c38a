"""A call: one request on its way through a handler, and the order in which it can fail.

The order is the protocol's, and it is kept by the shape of a handler: first it reads what was sent (400), then
opens the database (406), looks things up (404), changes them (409), and leaves the block, where the content type is
judged (415) before anything is committed. Source: Pact Broker protocol, processing pipeline.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from starlette.requests import Request

from contracts.broker.api import base_urls, bodies, negotiation, queries
from contracts.broker.api.bodies import Body
from contracts.broker.api.errors import NotAcceptable, UnsupportedMediaType
from contracts.broker.api.hal import Hal
from contracts.broker.api.operations import Operation
from contracts.broker.runtime import Runtime
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links


Model = TypeVar("Model", bound=Body)


class Call:
    """One request: what was sent, what the client accepts, and the way to the data."""

    __slots__ = ("content", "links", "operation", "request", "runtime")

    def __init__(self, runtime: Runtime, request: Request, content: bytes, operation: Operation) -> None:
        self.runtime = runtime
        self.request = request
        self.content = content
        self.operation = operation
        self.links = Links(base_urls.of(runtime.settings.base_url, request))

    @property
    def media_type(self) -> str:
        """The representation to answer with.

        Raises:
            NotAcceptable: if the client takes none that the resource provides.
        """
        chosen = negotiation.choose(self.request.headers.get("accept", ""), self.operation.provides)
        if chosen is None:
            raise NotAcceptable
        return chosen

    @property
    def query(self) -> dict[str, Any]:
        """What the query string says to this operation, nested as Rack nests it; the rest of it says nothing."""
        known = {each.key for each in self.operation.query}
        return {key: value for key, value in queries.parse(self.request.url.query).items() if key in known}

    @property
    def url(self) -> str:
        """The address that was asked for, below the base URL, with its query."""
        path, query = str(self.request.scope["path"]), self.request.url.query
        return self.links.base + path + (f"?{query}" if query else "")

    def now(self) -> datetime:
        """The broker's clock."""
        return self.runtime.now()

    def body(self, model: type[Model], *, empty: bool = False) -> Model:
        """The body as *model*; where *empty* is allowed, nothing at all stands for an empty object.

        Raises:
            Invalid, InvalidFields: if it is not JSON, not an object, or breaks a rule.
        """
        return bodies.validate(model, self.json_object(empty=empty))

    def json_object(self, *, empty: bool = False) -> dict[str, Any]:
        """The body as a JSON object, not judged further."""
        if empty and not self.content.strip():
            return {}
        return bodies.parse_object(self.content)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with, once it is known that the client takes the answer."""
        _ = self.media_type
        with self.runtime.database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed when the block ends well and the content type is one the resource takes."""
        _ = self.media_type
        with self.runtime.database.writing() as connection:
            yield connection
            self.require_content_type()

    def require_content_type(self) -> None:
        """Refuse a body without a content type, or with one that the resource does not take.

        A web page can make a browser send a body without one, which a program never needs to.

        Raises:
            UnsupportedMediaType: if there is a body without a content type, or the type is another.
        """
        sent = self.request.headers.get("content-type", "")
        accepts = self.operation.accepts
        if (self.content and not sent) or (accepts is not None and sent and negotiation.essence(sent) not in accepts):
            raise UnsupportedMediaType

    def hal(self, document: object, status: int = 200, *, location: str | None = None) -> Hal:
        """Answer with *document*, as the JSON type that was negotiated."""
        headers = {"Location": location} if location else None
        return Hal(document, status, headers=headers, media_type=f"{self.media_type};charset=utf-8")
