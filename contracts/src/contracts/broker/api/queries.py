"""Nested query strings, as Rack reads them: `q[][pacticipant]=A&q[][version]=1` is a list of hashes.

A new element of a list of hashes starts when a key that the current element holds already repeats. Of a scalar given
twice the last wins. Source: Pact Broker protocol, URL encoding.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from contracts.model.errors import InvalidQuery


_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_PARTS = 20


def parse(query: str) -> dict[str, Any]:
    """*query* as nested dictionaries and lists of strings.

    Raises:
        InvalidQuery: if one name is used both for a plain value and for a list or hash, or it is not UTF-8.
    """
    nested: dict[str, Any] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise InvalidQuery([f"The query string cannot be read: {error}"]) from None
    for key, value in pairs:
        found = _KEY.match(key)
        name, parts = (found[1], _PART.findall(found[2])) if found else (key, [])
        if len(parts) > _MOST_PARTS:
            raise InvalidQuery([f"The query's parameter {name} nests too deeply"])
        _put(nested, name, parts, value)
    return nested


def _put(into: dict[str, Any], name: str, parts: list[str], value: str) -> None:
    if not parts:
        into[name] = value
        return
    first, *rest = parts
    if first:
        _put(_inside(into, name, dict), first, rest, value)
        return
    elements: list[Any] = _inside(into, name, list)
    if not rest:
        elements.append(value)
        return
    key, *deeper = rest
    if not elements or not isinstance(elements[-1], dict) or (not deeper and key in elements[-1]):
        elements.append({})
    _put(elements[-1], key, deeper, value)


def _inside(into: dict[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401, a list or a dictionary
    held = into.setdefault(name, kind())
    if not isinstance(held, kind):
        raise InvalidQuery([f"The query's parameter {name} is given in two different forms"])
    return held
