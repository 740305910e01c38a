"""Any document of the API as a page: properties, links and embedded documents.

So a browser never shows raw JSON, also at a path that has no page of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from contracts.broker import urls
from contracts.broker.ui import document_parts
from contracts.broker.ui.api_requests import sentences
from contracts.broker.ui.document_parts import Part
from contracts.broker.ui.pages import Pages, fitting


MOST_BYTES = 1_000_000
MOST_CHARACTERS = 5_000
"""The longest start of a property that is shown."""
_MOST_RAW_BYTES = 20_000  # of a document whose parts are shown


_MOST_IN_A_LINE = 6  # members of an object
_CHANGES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a document; *address* is None if it is not a URL to follow, such as a template.

    *meaning* is the page that explains the relation, or empty.
    """

    relation: str
    meaning: str
    title: str
    text: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document for display: its title, the page of its own URL or None, and its parts.

    *properties* are names and values, which are texts; *embedded* are lists of documents with the size of each list.
    """

    title: str
    address: str | None
    properties: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    embedded: tuple[tuple[str, int, tuple[DocumentView, ...]], ...]


class Documents:
    """Pages of documents; *base* is the start of each link in them, and *exists* tells whether a path has a method."""

    def __init__(self, pages: Pages, base: str, exists: Callable[..., bool]) -> None:
        self._pages = pages
        self._base = base
        self._exists = exists

    def page(self, path: str, status: int, content: bytes) -> str:
        """Return the page of the JSON document *content* at *path*."""
        failed = status >= HTTPStatus.BAD_REQUEST
        document = _parsed(content) if len(content) <= MOST_BYTES else None
        address, _, query = path.partition("?")
        part = document_parts.part_of(document, query) if isinstance(document, dict) else None
        view = self._view(part.document, [], part.totals) if part else None
        heading = f"{status} {HTTPStatus(status).phrase}" if failed else (view.title if view else "") or unquote(path)
        return self._pages.render(
            "document.html",
            section="" if failed else "api",
            title=heading,
            crumbs=([("Contracts", self._pages.url(urls.INDEX))], heading) if failed else self._crumbs(path),
            view=view,
            failed=failed,
            problems=sentences(document) if failed and isinstance(document, dict) else [],
            is_changeable=any(self._exists(address, each) for each in _CHANGES),
            part=part,
            turns=(self._pages.base + address, {name: value for name, value in parse_qsl(query) if name != "page"}),
            raw=_raw(document, content, part),
            download=self._pages.base + document_parts.download_address(path),
            is_too_large=len(content) > MOST_BYTES,
            size_bytes=len(content),
            command=f"curl -H 'Accept: application/hal+json' '{self._base}{path}'",
            path=path,
            browse=f"{self._pages.url(urls.HAL_BROWSER)}#{path}",
        )

    def _crumbs(self, path: str) -> tuple[list[tuple[str, str | None]], str]:
        """Return the parts of *path* with the pages of those that exist, and the last part."""
        segments = [each for each in path.split("/") if each]
        parents = [
            (unquote(segment), "/" + "/".join(segments[:number])) for number, segment in enumerate(segments[:-1], 1)
        ]
        links = [(name, self._pages.base + parent if self._exists(parent) else None) for name, parent in parents]
        return [("API", self._pages.url(urls.HAL_BROWSER)), *links], unquote(segments[-1]) if segments else "/"

    def _view(
        self, document: Mapping[str, Any], curies: Sequence[Any], totals: Mapping[str, int] | None = None
    ) -> DocumentView:
        """Return *document*, whose embedded documents are shown if the *totals* of their lists are known."""
        linked = document.get("_links")
        linked = linked if isinstance(linked, dict) else {}
        curies = linked.get("curies") or curies
        embedded = document.get("_embedded")
        own = next(iter(_listed(linked.get("self"))), {})
        return DocumentView(
            title=_title(document, own),
            address=self._address(str(own.get("href", ""))),
            properties=tuple(_properties(document)),
            links=tuple(self._links(linked, curies)),
            embedded=tuple(
                (
                    name,
                    (totals or {}).get(name, len(_listed(value))),
                    tuple(self._view(each, curies) for each in (_listed(value) if totals is not None else ())),
                )
                for name, value in (embedded.items() if isinstance(embedded, dict) else ())
            ),
        )

    def _links(self, linked: Mapping[str, Any], curies: Sequence[Any]) -> Iterator[Link]:
        for relation, value in linked.items():
            if relation == "curies":
                continue
            for link in _listed(value):
                href = str(link.get("href", ""))
                names = filter(None, dict.fromkeys(str(link.get(key) or "") for key in ("title", "name")))
                yield Link(
                    relation=relation,
                    meaning=self._meaning(relation, curies),
                    title=" · ".join(names),
                    text=href.removeprefix(self._base) or "/",
                    address=None if link.get("templated") or "{" in href else self._address(href),
                )

    def _meaning(self, relation: str, curies: Sequence[Any]) -> str:
        prefix, _, name = relation.partition(":")
        href = next((str(each.get("href", "")) for each in _listed(curies) if each.get("name") == prefix), "")
        return (self._address(href.replace("{rel}", quote(name, safe=""))) or "") if name and href else ""

    def _address(self, href: str) -> str | None:
        """Return the page of *href*, of this broker or of the web; None if it leads nowhere."""
        if href == self._base or href.startswith(self._base + "/"):
            return self._pages.base + (href.removeprefix(self._base) or "/")
        return href if href.lower().startswith(("https://", "http://")) else None


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode(errors="replace")


def _raw(document: Any, content: bytes, part: Part | None) -> str:
    """Return *document* as text if all of it is shown, and if it is short."""
    is_shown = part is None or (part.last == 1 and len(content) <= _MOST_RAW_BYTES)
    return json.dumps(document, indent=2, ensure_ascii=False) if is_shown else ""


def _title(document: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    candidates = [own.get("title"), own.get("name"), *(document.get(key) for key in ("name", "number", "uuid"))]
    return next((each for each in candidates if isinstance(each, str) and each), "")


def _properties(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if name not in {"_links", "_embedded"}:
            yield name, fitting(_text(value), MOST_CHARACTERS)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _text(value: Any) -> str:
    """Return a property as text; a short object is one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and 0 < len(value) <= _MOST_IN_A_LINE:
        parts = [
            f"{name}: {each if isinstance(each, str) else json.dumps(each)}"
            for name, each in value.items()
            if each is None or isinstance(each, str | int)
        ]
        if len(parts) == len(value):
            return ", ".join(parts)
    return json.dumps(value, indent=2, ensure_ascii=False)
