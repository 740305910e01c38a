"""A call: one request on its way through a handler, and the order of its errors.

The protocol prescribes the order, and the shape of a handler produces it. A handler first reads the request (400),
then opens the database (406), looks things up (404), changes them (409), and leaves the block, which checks the content
type (415) before it commits. Source: Pact Broker protocol, processing pipeline.
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
from contracts.broker.store import audit_trail
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.errors import Outdated
from contracts.model.waiting import Awaited


Model = TypeVar("Model", bound=Body)


class Call:
    """One request, with its body and query, the media type of the response, and connections to the database."""

    __slots__ = ("_parsed", "awaited", "content", "links", "operation", "request", "runtime", "wait_seconds")

    def __init__(self, runtime: Runtime, request: Request, content: bytes, operation: Operation) -> None:
        self.runtime = runtime
        self.request = request
        self.content = content
        self.operation = operation
        self.links = Links(base_urls.of(runtime.settings.base_url, request))
        self.awaited: Awaited | None = None
        """What may still change the response; the handler sets it, with the seconds to wait for that."""
        self.wait_seconds = 0.0
        self._parsed: dict[str, Any] | None = None

    @property
    def media_type(self) -> str:
        """The media type of the response.

        Raises:
            NotAcceptable: if the client accepts none that the resource provides.
        """
        chosen = negotiation.choose(self.request.headers.get("accept", ""), self.operation.provides)
        if chosen is None:
            raise NotAcceptable
        return chosen

    @property
    def query(self) -> dict[str, Any]:
        """The parameters of the query string that the operation declares, nested as in Rack."""
        keys = {each.key for each in self.operation.query}
        return {key: value for key, value in queries.parse(self.request.url.query).items() if key in keys}

    @property
    def url(self) -> str:
        """The requested URL, below the base URL, with its query."""
        path, query = str(self.request.scope["path"]), self.request.url.query
        return self.links.base + path + (f"?{query}" if query else "")

    def now(self) -> datetime:
        """Return the time of the broker's clock."""
        return self.runtime.now()

    def body(self, model: type[Model], *, empty: bool = False) -> Model:
        """Return the body as *model*; if *empty* is allowed, no body means an empty object.

        Raises:
            Invalid, InvalidFields: if it is not a JSON object, or does not match the model.
        """
        return bodies.validate(model, self.json_object(empty=empty))

    def json_object(self, *, empty: bool = False) -> dict[str, Any]:
        """Return the body as a JSON object, without further checks."""
        if empty and not self.content.strip():
            return {}
        if self._parsed is None:
            self._parsed = bodies.parse_object(self.content)
        return self._parsed

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Return a connection for reading, if the client accepts the media type of the response."""
        _ = self.media_type
        with self.runtime.database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Return a transaction; it is committed if the block succeeds and the resource accepts the content type."""
        _ = self.media_type
        with self.runtime.database.writing() as connection:
            yield connection
            self.require_content_type()

    def require_content_type(self) -> None:
        """Refuse a body without a content type, or with one that the resource does not accept.

        A web page can make a browser send a body without one; a program never needs to.

        Raises:
            UnsupportedMediaType: in both cases.
        """
        content_type = self.request.headers.get("content-type", "")
        accepts = self.operation.accepts
        if self.content and not content_type:
            raise UnsupportedMediaType
        if content_type and accepts is not None and negotiation.essence(content_type) not in accepts:
            raise UnsupportedMediaType

    def requires_revision(self) -> bool:
        """Whether the client changes only what it has read: it sends If-Match."""
        return self.request.headers.get("if-match", "*") != "*"

    def require_revision(self, revision: str) -> None:
        """Refuse a change unless the client has read this *revision*, or does not require one.

        Raises:
            Outdated: if the client has read another one.
        """
        read = [each.strip() for each in self.request.headers.get("if-match", "").split(",")]
        if self.requires_revision() and _etag(revision) not in read:
            raise Outdated

    def hal(
        self, document: object, status: int = 200, *, location: str | None = None, revision: str | None = None
    ) -> Hal:
        """Respond with *document* in the negotiated JSON type; its *revision* is sent as its ETag.

        Within the transaction of a change, this sets the status in its entry of the audit log.
        """
        audit_trail.note_status(status)
        headers = {"Location": location} if location else {}
        if revision is not None:
            headers["ETag"] = _etag(revision)
        return Hal(document, status, headers=headers, media_type=f"{self.media_type};charset=utf-8")


def _etag(revision: str) -> str:
    return f'"{revision}"'
