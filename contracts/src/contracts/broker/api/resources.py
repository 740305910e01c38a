"""The declaration of routes, by the paths of `urls`.

A handler is a plain function `(call, **path parameters) -> Response` that runs in a thread; the call has the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.broker import urls
from contracts.broker.api import acts, base_urls, permissions, storage, waits
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, JSON, MERGE_PATCH
from contracts.broker.api.intake import Intake
from contracts.broker.api.operations import Operation
from contracts.broker.api.queries import Parameter
from contracts.broker.runtime import Runtime
from contracts.broker.serving.waiting import Attempt
from contracts.broker.store import audit_trail
from contracts.model import names
from contracts.model.errors import InvalidFields


Handler = Callable[..., Response]

_CREATING = {"POST", "PUT", "PATCH"}


class _Segment(Convertor[str]):
    """One whole path segment, matched encoded and passed on decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return urls.decode(value)

    def to_string(self, value: str) -> str:
        return urls.encode(value)


register_url_convertor("segment", _Segment())


class Resource(Route):
    """A route that knows its operation, and the noun it belongs to."""

    def __init__(self, noun: str, operation: Operation, endpoint: Callable[..., Any], description: str) -> None:
        super().__init__(convertible(operation.path), endpoint, methods=list(operation.methods))
        self.noun = noun
        self.operation = operation
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """A handler with the operation it carries out."""

    operation: Operation
    handler: Handler


class Resources:
    """The routes of one noun, declared at module level and bound to a runtime by the application.

    A decorator takes one or more paths with the same parameters; each is a route of its own.
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._declared: list[_Declared] = []

    def bound(self, runtime: Runtime) -> list[Resource]:
        """Return the routes over *runtime*, in the order of their declaration."""
        return [
            Resource(self.noun, each.operation, _endpoint(runtime, each.handler, each.operation), _name(each.handler))
            for each in self._declared
        ]

    def get(
        self, *paths: str, query: tuple[Parameter, ...] = (), provides: tuple[str, ...] = (HAL,)
    ) -> Callable[[Handler], Handler]:
        """Answer GET (and HEAD) of *paths*; the handler sees the parameters of the query that *query* names."""
        return self._route(paths, methods=("GET",), provides=provides, changes=False, query=query)

    def post(
        self,
        *paths: str,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (JSON,),
        changes: bool = True,
        sends: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Answer POST of *paths*; *accepts* None takes any content type. *body* documents the request's body.

        A handler that *changes* nothing does not wait for writers. Nobody waits for one that *sends* a request itself.
        """
        return self._route(
            paths, methods=("POST",), provides=provides, accepts=accepts, body=body, changes=changes, sends=sends
        )

    def put(
        self,
        *paths: str,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (JSON,),
    ) -> Callable[[Handler], Handler]:
        """Answer PUT of *paths*."""
        return self._route(paths, methods=("PUT",), provides=provides, accepts=accepts, body=body)

    def patch(
        self,
        *paths: str,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (MERGE_PATCH,),
    ) -> Callable[[Handler], Handler]:
        """Answer PATCH of *paths*."""
        return self._route(paths, methods=("PATCH",), provides=provides, accepts=accepts, body=body)

    def delete(
        self, *paths: str, query: tuple[Parameter, ...] = (), provides: tuple[str, ...] = (HAL,)
    ) -> Callable[[Handler], Handler]:
        """Answer DELETE of *paths*; the handler sees the parameters of the query that *query* names."""
        return self._route(paths, methods=("DELETE",), provides=provides, query=query)

    def _route(self, paths: tuple[str, ...], **details: Any) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self._declared += [_Declared(operation=Operation(path=path, **details), handler=handler) for path in paths]
            return handler

        return register


def _name(handler: Handler) -> str:
    return f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"


def _endpoint(
    runtime: Runtime, handler: Handler, operation: Operation
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    def answer(request: Request, content: bytes) -> Attempt[Response]:
        call = Call(runtime, request, content, operation)
        _require_names(request.path_params, creates=request.method in _CREATING)
        acts.attempt(request.scope, request.method, operation.path, request.path_params)
        permissions.require(call, request.path_params)
        storage.require(call, request.path_params)
        is_recorded = operation.changes or operation.sends
        response = _recorded(call, handler) if is_recorded else handler(call, **request.path_params)
        _ = call.media_type  # checks the Accept header, also if the handler uses no database
        return Attempt(reply=response, size_bytes=len(response.body), awaited=call.awaited, seconds=call.wait_seconds)

    limiter = _limiter(runtime, operation)

    async def endpoint(request: Request) -> Response:
        most_bytes = runtime.settings.max_body_bytes
        with Intake(runtime.limits, most_bytes, changes=operation.changes) as intake:
            content = await intake.receive(request)
            if not (operation.may_wait and waits.is_wanted(request)):
                return (await run_sync(answer, request, content, limiter=limiter)).reply
        key = waits.question(request, base_urls.of(runtime.settings.base_url, request))
        ask = partial(run_sync, answer, request, b"", limiter=limiter)
        leave = partial(waits.leave, request)
        response = await runtime.waiting.until_final(key, ask, leave, seconds=request.url.query)
        return waits.copy_of(response)

    return endpoint


def _recorded(call: Call, handler: Handler) -> Response:
    """Return the response of *handler*, whose first transaction adds an entry to the audit log.

    What changes without a transaction, such as a test that sends a webhook, is recorded afterwards.
    """
    parameters = call.request.path_params
    with audit_trail.recording(acts.change(call, parameters)) as pending:
        response = handler(call, **parameters)
        if not pending.recorded and response.status_code < 400:  # noqa: PLR2004, client and server errors
            pending.act = replace(pending.act, status=response.status_code)
            with call.runtime.database.writing():
                pass
    return response


def _limiter(runtime: Runtime, operation: Operation) -> CapacityLimiter:
    limits = runtime.limits
    if operation.sends:
        return limits.sending
    return limits.writing if operation.changes else limits.reading


def _require_names(segments: Mapping[str, str], *, creates: bool) -> None:
    """Refuse a path whose *segments* are not valid names.

    A request that *creates* nothing may use a name that only an earlier version accepted, to read or remove its data;
    only a length that no index supports is refused. Metadata comes from the broker, and has any length.
    """
    values = {each: value for each, value in segments.items() if each != "metadata"}
    problems = {
        each: problem
        for each, value in values.items()
        if (creates or len(value) > names.MOST_CHARACTERS) and (problem := names.problem(value)) is not None
    }
    if problems:
        raise InvalidFields({each: [problem] for each, problem in problems.items()})


def convertible(path: str) -> str:
    """Return *path* for Starlette: each parameter is one whole segment."""
    for name in urls.parameters(path):
        path = path.replace("{" + name + "}", "{" + name + ":segment}")
    return path
