"""The responses to errors: every error becomes one here.

Source: Pact Broker protocol, error bodies: plain JSON, or problem+json (RFC 9457) for a client that accepts it.
"""

from __future__ import annotations

import logging
import secrets
import string
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.broker.api import base_urls
from contracts.broker.api.hal import HAL, JSON, PROBLEM, Document, Hal, dumps
from contracts.broker.serving.logs import request_id
from contracts.broker.serving.outages import Outages
from contracts.broker.serving.waiting import Stopping
from contracts.model.errors import (
    BrokerError,
    Conflict,
    Forbidden,
    Invalid,
    InvalidFields,
    InvalidQuery,
    IssuerUnavailable,
    NotFound,
    Outdated,
    PacticipantNotFound,
    PotentialDuplicate,
    PublishConflict,
    StorageFull,
    Unavailable,
    Unprocessable,
    VersionNotFound,
)
from contracts.model.modifications import Modified
from contracts.model.webhook_rules import METHODS


log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 2

NO_VERSION = "The requested document was not found on this server."
"""The reference broker's words, which the official command line's contract asks for; ours are in `detail`."""

NO_DOCUMENT = "There is nothing at this address"


class NotAcceptable(Exception):
    """The client accepts none of the media types that the resource provides."""


class UnsupportedMediaType(Exception):
    """The resource does not accept the content type of the body."""


class BodyTooLarge(Exception):
    """The body has more than *most_bytes*; the operator can raise an *adjustable* limit."""

    def __init__(self, most_bytes: int, *, adjustable: bool) -> None:
        advice = ", or ask the operator to raise PACT_BROKER_MAX_BODY_BYTES" if adjustable else ""
        super().__init__(f"The body has more than {most_bytes} bytes, the limit here. Send less at once{advice}")


class Crowded(Exception):
    """Other large bodies take too long to arrive."""

    def __init__(self) -> None:
        super().__init__(
            "The broker receives one large body at a time, and others take too long. Send the request again"
        )


def install(app: Starlette, base_url: Sequence[str], outages: Outages) -> None:
    """Make *app* respond to every error as the protocol says, and report *outages* of its database.

    The types of problem+json are URLs below *base_url*.
    """
    app.state.base_url = base_url
    app.state.outages = outages
    app.add_exception_handler(BrokerError, _broker_error)
    app.add_exception_handler(Modified, _modified)
    app.add_exception_handler(NotAcceptable, lambda _request, _error: Response(status_code=406))
    app.add_exception_handler(UnsupportedMediaType, lambda _request, _error: Response(status_code=415))
    app.add_exception_handler(BodyTooLarge, _too_large)
    app.add_exception_handler(StorageFull, _too_large)
    app.add_exception_handler(Crowded, _crowded)
    app.add_exception_handler(Stopping, _crowded)
    app.add_exception_handler(IssuerUnavailable, _crowded)
    app.add_exception_handler(HTTPException, _http_error)


class Unexpected:
    """ASGI middleware: responds to unexpected exceptions of *app* and logs them.

    Starlette would raise them again after its response, so the server would log them twice and close the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if a response has started, the server must abort it."""
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            return  # no client is left to respond to
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await _unexpected(Request(scope), error)(scope, receive, send)


def not_found(request: Request) -> Response:
    """Return the response for a path without a route."""
    return _response(request, 404, {"error": NO_DOCUMENT}, NO_DOCUMENT, media_type=JSON)


def _broker_error(request: Request, error: Exception) -> Response:
    text = str(error)
    match error:
        case PacticipantNotFound():
            response = _response(request, 404, {"error": text}, text)
        case NotFound():
            is_version = isinstance(error, VersionNotFound)
            document: Document = {"error": NO_VERSION, "detail": text} if is_version else {"error": text}
            response = _response(request, 404, document, text, media_type=JSON)
        case PotentialDuplicate():
            response = PlainTextResponse(text, 409)
        case PublishConflict():
            notices = [{"type": each.type, "text": each.text} for each in error.notices]
            response = _json(409, {"notices": notices, "errors": {"contracts": list(error.errors)}}, JSON)
        case Conflict() | Forbidden() | Outdated():
            status = {Forbidden: 403, Outdated: 412}.get(type(error), 409)
            response = _response(request, status, {"error": text}, text)
        case InvalidFields():
            status = 422 if isinstance(error, Unprocessable) else 400
            response = _response(request, status, {"errors": error.errors}, text, error.errors)
        case InvalidQuery():
            response = _response(request, 400, {"errors": error.errors}, text, {"": error.errors})
        case Invalid():
            response = _response(request, 400, {"error": text}, text)
        case Unavailable():
            request.app.state.outages.report(f"{request.method} {request.url.path}: {text}")
            response = _response(request, 507 if error.full else 503, {"error": text}, text)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        case _:
            response = _unexpected(request, error)
    return response


def _modified(request: Request, error: Exception) -> Response:
    """Compute the differences here: after the rollback, when other requests can write again."""
    return _broker_error(request, error.explained() if isinstance(error, Modified) else error)


def _too_large(request: Request, error: Exception) -> Response:
    return _response(request, 413, {"error": str(error)}, str(error))


def _crowded(request: Request, error: Exception) -> Response:
    response = _response(request, 503, {"error": str(error)}, str(error))
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.method not in METHODS:
        return PlainTextResponse(f"This broker does not know the method {request.method}\n", 501)
    if status == 405:  # noqa: PLR2004, method not allowed
        return Response(status_code=405, headers={"Allow": ", ".join(allowed(request))})
    if status == 404:  # noqa: PLR2004, not found
        return not_found(request)
    return _response(request, status, {"error": str(error)}, str(error))


def allowed(request: Request) -> list[str]:
    """Return the methods of the resource at the path of *request*, OPTIONS last."""
    methods: list[str] = []
    for route in request.app.router.routes:
        match, _ = route.matches({**request.scope, "method": "OPTIONS"})
        if match is Match.NONE:
            continue
        template = route.path
        for other in request.app.router.routes:
            if getattr(other, "path", None) == template:
                methods += [each for each in sorted(other.methods or ()) if each not in methods and each != "OPTIONS"]
        break
    return [*methods, "OPTIONS"]


def _unexpected(request: Request, error: Exception) -> Response:
    reference = "".join(secrets.choice(string.ascii_letters) for _ in range(10))
    log.error("%s %s failed, reference %s", request.method, request.url.path, reference, exc_info=error)
    text = f"Something went wrong in the broker. Its log has the details under the reference {reference}"
    return _response(request, 500, {"error": {"message": text, "reference": reference}}, text)


def _response(
    request: Request,
    status: int,
    document: Document,
    detail: str,
    errors: dict[str, list[str]] | None = None,
    *,
    media_type: str = HAL,
) -> Response:
    if PROBLEM in request.headers.get("accept", ""):
        document = _problem(base_urls.of(request.app.state.base_url, request), status, detail, errors)
        media_type = PROBLEM
    if status >= 500 and (identifier := request_id.get()):  # noqa: PLR2004, the broker's errors, not the client's
        document = {**document, "requestId": identifier}
    return _json(status, document, media_type)


def _problem(base: str, status: int, detail: str, errors: dict[str, list[str]] | None) -> Document:
    if errors is None:
        kinds = {
            404: ("Not found", "not-found"),
            409: ("Conflict", "conflict"),
            400: ("Bad request", "bad-request"),
            412: ("Precondition failed", "conflict"),
            413: ("Content too large", "bad-request"),
        }
        title, kind = kinds.get(status, ("Server error", "server-error"))
        return {
            "title": title,
            "type": f"{base}/problem/{kind}",
            "detail": detail,
            "status": status,
        }
    return {
        "title": "Validation errors",
        "type": f"{base}/problems/validation-error",
        "status": 400,  # also for a 422: clients recognise the document by it
        "instance": "/",
        "errors": [_item(base, field, text) for field, texts in errors.items() for text in texts],
    }


def _item(base: str, field: str, text: str) -> Document:
    pointer = "/" + field.replace(".", "/") if field else ""
    detail, at, index = text.partition(" (at index ")
    if at:
        pointer += "/" + index.rstrip(")")
    kind = "missing-body-property" if detail.endswith("is missing") else "invalid-body-property-value"
    return {
        "type": f"{base}/problems/{kind}",
        "title": "Missing body parameter" if kind.startswith("missing") else "Invalid body parameter",
        "detail": f"{field} {detail}".strip() if not at else detail,
        "pointer": pointer,
    }


def _json(status: int, document: Document, media_type: str) -> Hal:
    return Hal(dumps(document), status, media_type=f"{media_type};charset=utf-8")
