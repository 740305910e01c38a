"""`/openapi.json`: what the API takes, for programs that read such documents. Source: OpenAPI specification 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts.broker import urls
from contracts.broker.api.resources import Resource


if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute


OPENAPI = "/openapi.json"


def route(routes: Iterable[BaseRoute], version: str) -> Route:
    """The route of the document about *routes*; it is written when it is asked for."""
    resources = [each for each in routes if isinstance(each, Resource)]

    def show(_request: Request) -> Response:
        return JSONResponse(document(resources, version))

    return Route(OPENAPI, show)


def document(resources: Iterable[Resource], version: str) -> dict[str, Any]:
    """The OpenAPI document of *resources*."""
    paths: dict[str, dict[str, Any]] = {}
    for each in resources:
        for method in each.operation.methods:
            paths.setdefault(each.operation.path, {})[method.lower()] = _operation(each, method)
    return {"openapi": "3.1.0", "info": {"title": "Pact Broker", "version": version}, "paths": paths}


def _operation(resource: Resource, method: str) -> dict[str, Any]:
    operation = resource.operation
    written: dict[str, Any] = {
        "tags": [resource.noun],
        "operationId": f"{resource.description}.{method}.{operation.path}",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in urls.parameters(operation.path)
        ],
        "responses": {"default": {"description": "See the Pact Broker protocol"}},
    }
    if operation.body is not None:
        schema = operation.body.model_json_schema(ref_template="#/$defs/{model}")
        content_types = operation.accepts or ("application/json",)
        written["requestBody"] = {"content": {each: {"schema": _inlined(schema)} for each in content_types}}
    return written


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema* with its definitions put where they are referred to: a document of one piece."""
    definitions = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:  # noqa: ANN401, JSON is anything
        if isinstance(part, list):
            return [resolve(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolve(definitions[part["$ref"].rpartition("/")[2]])
        return {key: resolve(value) for key, value in part.items()}

    inlined: dict[str, Any] = resolve(schema)
    return inlined
