"""`/openapi.json`: the description of the API for programs.

It is generated from the operations that the routes declare. Source: OpenAPI specification 3.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.broker import urls
from contracts.broker.api import negotiation
from contracts.broker.api.hal import CSV, DOT, HAL, HTML, JSON, PROBLEM, SVG, TEXT
from contracts.broker.api.operations import Operation
from contracts.broker.api.queries import Parameter
from contracts.broker.api.resources import Resource
from contracts.model.names import MOST_CHARACTERS


OPENAPI = "/openapi.json"

_TEXTS = {TEXT, CSV, SVG, DOT, HTML}
# each of these responses gives its reason under one of these names
_REASON = {"type": "object", "anyOf": [{"required": [each]} for each in ("error", "errors", "notices", "detail")]}
_REFUSALS = {
    400: ("BadRequest", "The request is invalid, for the given reason"),
    404: ("NotFound", "Something that the URL names does not exist"),
    409: ("Conflict", "It exists already, and is different"),
    412: ("Outdated", "It has changed since the client read the revision that If-Match names"),
    413: ("ContentTooLarge", "The body has more bytes than the given limit"),
    422: ("Unprocessable", "Well formed, but not possible"),
}


def route(routes: Iterable[BaseRoute], version: str) -> Route:
    """Return the route of the document about *routes*; each request writes it."""
    resources = [each for each in routes if isinstance(each, Resource)]

    def show(_request: Request) -> Response:
        return JSONResponse(document(resources, version))

    return Route(OPENAPI, show)


def document(resources: Iterable[Resource], version: str) -> dict[str, Any]:
    """Return the OpenAPI document of *resources*."""
    paths: dict[str, dict[str, Any]] = {}
    for each in resources:
        for method in each.operation.methods:
            paths.setdefault(each.operation.path, {})[method.lower()] = _operation(each, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pact Broker", "version": version},
        "paths": paths,
        "components": {"responses": {name: _refusal(status, text) for status, (name, text) in _REFUSALS.items()}},
    }


def _operation(resource: Resource, method: str) -> dict[str, Any]:
    operation = resource.operation
    description: dict[str, Any] = {
        "tags": [resource.noun],
        "operationId": f"{resource.description}.{method}.{operation.path}",
        "parameters": [
            *(_segment(name) for name in urls.parameters(operation.path)),
            *(_parameter(each) for each in operation.query),
        ],
        "responses": _responses(operation),
    }
    if operation.body is not None:
        schema = _inlined(operation.body.model_json_schema())
        content_types = operation.accepts or (JSON,)
        description["requestBody"] = {"content": {each: {"schema": schema} for each in content_types}}
    return description


def _segment(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if name != "metadata":
        schema["maxLength"] = MOST_CHARACTERS
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(parameter.schema)
    if parameter.repeated:
        schema = {"type": "array", "items": schema}
    return {"name": parameter.name, "in": "query", "required": False, "schema": schema}


def _responses(operation: Operation) -> dict[str, Any]:
    kinds = {each: "string" if negotiation.essence(each) in _TEXTS else "object" for each in operation.provides}
    content = {each: {"schema": {"type": kind}} for each, kind in kinds.items()}
    refusals = {str(status): {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _REFUSALS.items()}
    return {
        "2XX": {"description": "Done", "content": content},
        "204": {"description": "Done, without content"},
        **refusals,
        "406": {"description": "The client accepts none of the media types"},
        "415": {"description": "The content type of the body is not accepted"},
    }


def _refusal(status: int, description: str) -> dict[str, Any]:
    content = {each: {"schema": _REASON} for each in (HAL, JSON, PROBLEM)}
    if status == 409:  # noqa: PLR2004, a potential duplicate is reported in plain text
        content[TEXT] = {"schema": {"type": "string"}}
    return {"description": description, "content": content}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """Return *schema* with its definitions in place of the references to them."""
    definitions = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, list):
            return [resolve(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return resolve(definitions[part["$ref"].rpartition("/")[2]])
        return {key: resolve(value) for key, value in part.items()}

    inlined: dict[str, Any] = resolve(schema)
    return inlined
