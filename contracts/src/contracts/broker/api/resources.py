"""Routes, declared by the paths of `urls`, on top of FastAPI.

A handler is a plain function `(call, **path parameters) -> Response`; what FastAPI would inject is in the call.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, JSON, MERGE_PATCH


if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from contracts.broker.api.bodies import Body
    from contracts.broker.broker import Broker

    Handler = Callable[..., Response]


class _Segment(Convertor[str]):
    """One whole path segment, matched encoded and handed over decoded."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return urls.decode(value)

    def to_string(self, value: str) -> str:
        return urls.encode(value)


register_url_convertor("segment", _Segment())


class Resources:
    """Collects the routes of one noun over *broker*."""

    def __init__(self, broker: Broker, tag: str) -> None:
        self.broker = broker
        self.router = APIRouter(tags=[tag])

    def get(self, path: str, *, provides: tuple[str, ...] = (HAL,)) -> Callable[[Handler], Handler]:
        """Answer GET (and HEAD) of *path*."""
        return self._route(path, ["GET", "HEAD"], provides, None, None)

    def post(
        self,
        path: str,
        *,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (JSON,),
    ) -> Callable[[Handler], Handler]:
        """Answer POST of *path*; *accepts* None takes any content type. *body* documents what is sent."""
        return self._route(path, ["POST"], provides, accepts, body)

    def put(
        self,
        path: str,
        *,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (JSON,),
    ) -> Callable[[Handler], Handler]:
        """Answer PUT of *path*."""
        return self._route(path, ["PUT"], provides, accepts, body)

    def patch(
        self,
        path: str,
        *,
        body: type[Body] | None = None,
        provides: tuple[str, ...] = (HAL,),
        accepts: tuple[str, ...] | None = (MERGE_PATCH,),
    ) -> Callable[[Handler], Handler]:
        """Answer PATCH of *path*."""
        return self._route(path, ["PATCH"], provides, accepts, body)

    def delete(self, path: str, *, provides: tuple[str, ...] = (HAL,)) -> Callable[[Handler], Handler]:
        """Answer DELETE of *path*."""
        return self._route(path, ["DELETE"], provides, None, None)

    def _route(
        self,
        path: str,
        methods: list[str],
        provides: tuple[str, ...],
        accepts: tuple[str, ...] | None,
        body: type[Body] | None,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.router.add_api_route(
                convertible(path),
                _endpoint(handler, path, self._call(provides, accepts)),
                methods=methods,
                name=f"{methods[0]} {path}",
                operation_id=f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}.{methods[0]}.{path}",
                response_class=Response,
                response_model=None,
                include_in_schema=True,
                openapi_extra=_documented(body),
            )
            return handler

        return register

    def _call(
        self, provides: tuple[str, ...], accepts: tuple[str, ...] | None
    ) -> Callable[[Request], Coroutine[Any, Any, Call]]:
        async def call(request: Request) -> Call:
            return Call(self.broker, request, await request.body(), provides=provides, accepts=accepts)

        return call


def convertible(path: str) -> str:
    """*path* as Starlette takes it: each parameter is one whole segment."""
    for name in urls.parameters(path):
        path = path.replace("{" + name + "}", "{" + name + ":segment}")
    return path


def _endpoint(handler: Handler, path: str, call: Callable[[Request], Coroutine[Any, Any, Call]]) -> Handler:
    """*handler* with the signature that FastAPI reads: the call is a dependency, the rest are path parameters."""
    names = urls.parameters(path)

    def endpoint(**arguments: object) -> Response:
        answered: Call = arguments["call"]  # type: ignore[assignment]  # FastAPI fills it by the signature below
        response = handler(**arguments)
        _ = answered.media_type  # a handler that needs no database is held to the Accept header here
        return response

    kind = inspect.Parameter.KEYWORD_ONLY
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("call", kind, annotation=Annotated[Call, Depends(call)]),
            *(inspect.Parameter(name, kind, annotation=str) for name in names),
        ]
    )
    endpoint.__name__ = handler.__name__
    endpoint.__doc__ = handler.__doc__
    return endpoint


def _documented(body: type[Body] | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {"requestBody": {"content": {JSON: {"schema": body.model_json_schema()}}, "required": True}}
