"""`/openapi.json` in a browser: every operation of the API as a table, and the document for programs to download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from contracts.broker.api.openapi import OPENAPI
from contracts.broker.api.resources import Resource
from contracts.broker.ui import document_parts
from contracts.broker.ui.pages import Pages


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The operations of one path; *address* is the path if it has no parameters, or else empty."""

    path: str
    methods: tuple[str, ...]
    query: tuple[str, ...]
    address: str


def page(pages: Pages, routes: Sequence[BaseRoute]) -> str:
    """Return the page about *routes*."""
    nouns: dict[str, dict[str, list[Resource]]] = {}
    for each in routes:
        if isinstance(each, Resource):
            nouns.setdefault(each.noun, {}).setdefault(each.operation.path, []).append(each)
    return pages.render(
        "operations.html",
        section="api",
        title="Operations of the API",
        nouns={noun: _listed(paths) for noun, paths in nouns.items()},
        document=pages.base + document_parts.download_address(OPENAPI),
    )


def _listed(paths: Mapping[str, Sequence[Resource]]) -> list[Listed]:
    return [
        Listed(
            path=path,
            methods=tuple(
                sorted({each for resource in resources for each in resource.operation.methods}, key=_METHODS.index)
            ),
            query=tuple(dict.fromkeys(query.name for each in resources for query in each.operation.query)),
            address=path if "{" not in path and any("GET" in each.operation.methods for each in resources) else "",
        )
        for path, resources in paths.items()
    ]
