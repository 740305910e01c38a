"""HAL documents: links, templates and typed reading, free of I/O.

A link object is `{"href", "title"?, "name"?, "templated"?}`, and a relation holds one or a list of
them. Templates are RFC 6570 level 1; values are percent-encoded to the last reserved character,
because names hold slashes, spaces and plus signs. Source: Pact Broker protocol, HAL link forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contracts.client.errors import NotSupported, UnexpectedAnswer, UsageError


JsonObject = dict[str, Any]

_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where one relation leads; *name* is the machine's identity of the target, *title* for people."""

    href: str
    name: str | None = None
    title: str | None = None


def links(document: JsonObject, relation: str) -> tuple[Link, ...]:
    """Every link of *relation*, in order; none where the relation is absent.

    Raises:
        UnexpectedAnswer: if the relation holds something else than links.
    """
    found = mapping(document, "_links", {}).get(relation, [])
    items = found if isinstance(found, list) else [found]
    return tuple(
        Link(href=text(item, "href"), name=get_text(item, "name"), title=get_text(item, "title"))
        for item in objects(items, relation)
    )


def get_link(document: JsonObject, relation: str) -> Link | None:
    """The first link of *relation*, or None."""
    found = links(document, relation)
    return found[0] if found else None


def find_link(document: JsonObject, relation: str, what: str | None = None) -> Link:
    """The first link of *relation*.

    Raises:
        NotSupported: if there is none; *what* says for a person what needs it.
    """
    found = get_link(document, relation)
    if found is None:
        raise NotSupported(relation, what)
    return found


def segment(value: str) -> str:
    """*value* as one path segment or query value: every reserved character percent-encoded.

    Raises:
        UsageError: for an empty value and for "." and "..", which no URL can name: HTTP libraries
            resolve them as dot segments even when they are encoded.
    """
    if value in {"", ".", ".."}:
        raise UsageError(f"{value!r} cannot be used as a name: no URL of the broker can hold it.")
    return quote(value, safe="")


def expand(template: str, variables: Mapping[str, str]) -> str:
    """*template* with each `{name}` replaced by its encoded value.

    Raises:
        UsageError: if a value is one that a URL cannot hold.
        UnexpectedAnswer: if the template needs a variable that is not given.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in variables:
            raise UnexpectedAnswer(f"The broker's link {template!r} needs {name!r}, which this client does not know.")
        return segment(variables[name])

    return _VARIABLE.sub(value, template)


def embedded(document: JsonObject, name: str) -> list[JsonObject]:
    """The embedded list *name*; empty where it is absent."""
    return objects(mapping(document, "_embedded", {}).get(name, []), name)


def objects(value: object, name: str) -> list[JsonObject]:
    """*value*, read as a list of JSON objects."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _unlike(name, "a list of objects")


def mapping(document: JsonObject, key: str, default: JsonObject | None = None) -> JsonObject:
    """The object under *key*; *default* where the key is absent or null."""
    value = document.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, dict):
        return value
    raise _unlike(key, "an object")


def get_mapping(document: JsonObject, key: str) -> JsonObject | None:
    """The object under *key*, or None where the key is absent or null."""
    return None if document.get(key) is None else mapping(document, key)


def text(document: JsonObject, key: str) -> str:
    """The text under *key*."""
    value = document.get(key)
    if isinstance(value, str):
        return value
    raise _unlike(key, "a text")


def get_text(document: JsonObject, key: str) -> str | None:
    """The text under *key*, or None where the key is absent or null."""
    return None if document.get(key) is None else text(document, key)


def truth(document: JsonObject, key: str) -> bool:
    """The JSON true or false under *key*; nothing else counts as either."""
    value = document.get(key)
    if isinstance(value, bool):
        return value
    raise _unlike(key, "true or false")


def get_truth(document: JsonObject, key: str) -> bool | None:
    """The JSON true or false under *key*, or None where it is null; the key must be there."""
    if key in document and document[key] is None:
        return None
    return truth(document, key)


def _unlike(key: str, expected: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The broker's answer is not what a Pact Broker sends: {key!r} is not {expected}. "
        "Check that the base URL leads to a Pact Broker."
    )
