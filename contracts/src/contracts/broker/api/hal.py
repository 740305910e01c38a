"""HAL documents (draft-kelly-json-hal-08) as plain dictionaries, and their response class.

`link` makes a link. It leaves nulls out, since clients expect strings in links.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import orjson
from starlette.responses import Response


HAL = "application/hal+json"
JSON = "application/json"
PROBLEM = "application/problem+json"
MERGE_PATCH = "application/merge-patch+json"
EXTENDED = "application/vnd.pactbrokerextended.v1+json"
TEXT = "text/plain"
CSV = "text/csv"
HTML = "text/html"
SVG = "image/svg+xml"
YAML = "application/yaml"
DOT = "text/vnd.graphviz"

Document = dict[str, Any]


class Hal(Response):
    """A response with a JSON document, which is not validated."""

    media_type = f"{HAL};charset=utf-8"

    def render(self, content: object) -> bytes:
        """Encode *content* compactly, as UTF-8; bytes are a document that is already encoded."""
        return content if isinstance(content, bytes) else dumps(content)


def dumps(document: object) -> bytes:
    """Return *document* as compact JSON in UTF-8.

    orjson supports whole numbers up to 64 bits. A pact may contain longer ones: the standard library encodes them.
    """
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def link(href: str, title: str | None = None, name: str | None = None, *, templated: bool = False) -> Document:
    """Return a link object without the members that are None."""
    document: Document = {"href": href}
    if title is not None:
        document["title"] = title
    if name is not None:
        document["name"] = name
    if templated:
        document["templated"] = True
    return document


def present(document: Document) -> Document:
    """Return *document* without nulls: most documents of the broker leave them out."""
    return {key: value for key, value in document.items() if value is not None}


def timestamp(moment: datetime) -> str:
    """Return *moment*, which is in UTC, to the second: `2026-11-23T08:00:00+00:00`."""
    return moment.isoformat(timespec="seconds")


def curies(base: str, context: str) -> list[Document]:
    """Return the documentation links of the `pb:` relations in *context*: index, pact, pacticipant or version."""
    return [{"name": "pb", "href": f"{base}/doc/{{rel}}?context={context}", "templated": True}]
