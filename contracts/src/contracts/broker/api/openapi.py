"""`/openapi.json`: what the API takes and answers, for programs that read such documents.

It is made of the routes: what an operation declares is what it does. Source: OpenAPI specification 3.1.
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
# every refusal of these says why, under one of these names
_REASON = {"type": "object", "anyOf": [{"required": [each]} for each in ("error", "errors", "notices", "detail")]}
_REFUSALS = {
    400: ("BadRequest", "Something in the request breaks a rule, which is told"),
    404: ("NotFound", "What the address names is not there"),
    409: ("Conflict", "It exists, and is another"),
    413: ("ContentTooLarge", "The body has more bytes than are taken, which are told"),
    422: ("Unprocessable", "Well formed, but not possible"),
}


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
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pact Broker", "version": version},
        "paths": paths,
        "components": {"responses": {name: _refusal(status, text) for status, (name, text) in _REFUSALS.items()}},
    }


def _operation(resource: Resource, method: str) -> dict[str, Any]:
    operation = resource.operation
    written: dict[str, Any] = {
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
        written["requestBody"] = {"content": {each: {"schema": schema} for each in content_types}}
    return written


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
        "204": {"description": "Done, and there is nothing to tell"},
        **refusals,
        "406": {"description": "The client takes none of the formats"},
        "415": {"description": "The body is of a type that is not taken"},
    }


def _refusal(status: int, description: str) -> dict[str, Any]:
    content = {each: {"schema": _REASON} for each in (HAL, JSON, PROBLEM)}
    if status == 409:  # noqa: PLR2004, a name that looks like another's is told in plain text
        content[TEXT] = {"schema": {"type": "string"}}
    return {"description": description, "content": content}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema* with its definitions put where they are referred to: a document of one piece."""
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
