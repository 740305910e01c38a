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
    """One link; *name* identifies its target to programs, *title* describes it to people."""

    href: str
    name: str | None = None
    title: str | None = None


def links(document: JsonObject, relation: str) -> tuple[Link, ...]:
    """Return every link of *relation*, in order; none if the document lacks it.

    Raises:
        UnexpectedAnswer: if the relation contains anything but links.
    """
    values = mapping(document, "_links", {}).get(relation, [])
    items = values if isinstance(values, list) else [values]
    return tuple(
        Link(href=text(item, "href"), name=get_text(item, "name"), title=get_text(item, "title"))
        for item in objects(items, relation)
    )


def get_link(document: JsonObject, relation: str) -> Link | None:
    """Return the first link of *relation*; None if there is none."""
    candidates = links(document, relation)
    return candidates[0] if candidates else None


def find_link(document: JsonObject, relation: str, what: str | None = None) -> Link:
    """Return the first link of *relation*.

    Raises:
        NotSupported: if there is none; *what* names the feature that needs it.
    """
    link = get_link(document, relation)
    if link is None:
        raise NotSupported(relation, what)
    return link


def segment(value: str) -> str:
    """Encode *value* as one path segment or query value: every reserved character is percent-encoded.

    Raises:
        UsageError: for an empty value and for "." and "..", which no URL can name: HTTP libraries
            resolve them as dot segments even when they are encoded.
    """
    if value in {"", ".", ".."}:
        raise UsageError(f"{value!r} cannot be used as a name: a URL cannot contain it.")
    return quote(value, safe="")


def expand(template: str, variables: Mapping[str, str]) -> str:
    """Replace each `{name}` of *template* by its encoded value.

    Raises:
        UsageError: if a URL cannot contain a value.
        UnexpectedAnswer: if the template needs a variable that is missing.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in variables:
            raise UnexpectedAnswer(f"The broker's link {template!r} needs {name!r}, which this client does not know.")
        return segment(variables[name])

    return _VARIABLE.sub(value, template)


def embedded(document: JsonObject, name: str) -> list[JsonObject]:
    """Return the embedded list *name*; empty if it is absent."""
    return objects(mapping(document, "_embedded", {}).get(name, []), name)


def objects(value: object, name: str) -> list[JsonObject]:
    """Read *value* as a list of JSON objects."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise _unlike(name, "a list of objects")


def mapping(document: JsonObject, key: str, default: JsonObject | None = None) -> JsonObject:
    """Return the object under *key*; *default* if the key is absent or null."""
    value = document.get(key)
    if value is None and default is not None:
        return default
    if isinstance(value, dict):
        return value
    raise _unlike(key, "an object")


def get_mapping(document: JsonObject, key: str) -> JsonObject | None:
    """Return the object under *key*; None if the key is absent or null."""
    return None if document.get(key) is None else mapping(document, key)


def text(document: JsonObject, key: str) -> str:
    """Return the text under *key*."""
    value = document.get(key)
    if isinstance(value, str):
        return value
    raise _unlike(key, "a text")


def get_text(document: JsonObject, key: str) -> str | None:
    """Return the text under *key*; None if the key is absent or null."""
    return None if document.get(key) is None else text(document, key)


def truth(document: JsonObject, key: str) -> bool:
    """Return the JSON true or false under *key*; no other value counts as either."""
    value = document.get(key)
    if isinstance(value, bool):
        return value
    raise _unlike(key, "true or false")


def get_truth(document: JsonObject, key: str) -> bool | None:
    """Return the JSON true or false under *key*; None if it is null. The key must exist."""
    if key in document and document[key] is None:
        return None
    return truth(document, key)


def _unlike(key: str, expected: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The response is not what a Pact Broker sends: {key!r} is not {expected}. "
        "Check that the base URL is that of a Pact Broker."
    )
