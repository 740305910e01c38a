"""Nested query strings, parsed as Rack does: `q[][pacticipant]=A&q[][version]=1` is a list of hashes.

A key after a bracket may lack its own brackets: `q[]pacticipant=A` means `q[][pacticipant]=A`.
In a list of hashes, a key that the current element already has starts a new element. A repeated scalar has its last
value. Source: Pact Broker protocol, URL encoding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from contracts.model.errors import InvalidQuery


_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_UNBRACKETED = re.compile(r"\]([^\[\]]+)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_PARTS = 20
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")

WAIT = "wait"
"""The parameter with the seconds that a response may wait for changes."""
LARGEST_COUNT = 2**31 - 1
COUNT: Mapping[str, Any] = MappingProxyType({"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of a query: its *name* in the URL, such as `exclude[]`, and the JSON *schema* of one value."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})

    @property
    def key(self) -> str:
        """The key in the parsed query."""
        return self.name.partition("[")[0]

    @property
    def repeated(self) -> bool:
        """Whether it may be repeated."""
        return "[]" in self.name


def texts(*names: str) -> tuple[Parameter, ...]:
    """Return parameters that take any text."""
    return tuple(Parameter(name=name) for name in names)


def parse(query: str) -> dict[str, Any]:
    """Return *query* as nested dictionaries and lists of strings.

    Raises:
        InvalidQuery: if it is not UTF-8, or uses one name for both a plain value and a list or hash.
    """
    nested: dict[str, Any] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise InvalidQuery([f"The query string is invalid: {error}"]) from None
    for key, value in pairs:
        match = _KEY.match(_UNBRACKETED.sub(r"][\1]", key))
        name, parts = (match[1], _PART.findall(match[2])) if match else (key, [])
        if len(parts) > _MOST_PARTS:
            raise InvalidQuery([f"The query's parameter {name} nests too deeply"])
        _put(nested, name, parts, value)
    return nested


def text(query: Mapping[str, Any], name: str) -> str | None:
    """Return the plain value of *name* in a parsed *query*; None if it is absent.

    Raises:
        InvalidQuery: if it is a list or a hash.
    """
    value = query.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidQuery([f"The query's parameter {name} must be a single value"])


def count_problem(value: object) -> str | None:
    """Return why *value* is not a count (a whole number from 1); None if it is one."""
    if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
        return "must be an integer"
    digits = value.lstrip("0")
    if digits.startswith("-") or not digits:
        return "must be greater than or equal to 1"
    if len(digits) > len(str(LARGEST_COUNT)) or int(digits) > LARGEST_COUNT:
        return f"must be less than or equal to {LARGEST_COUNT}"
    return None


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


def _inside(into: dict[str, Any], name: str, kind: type) -> Any:
    element = into.setdefault(name, kind())
    if not isinstance(element, kind):
        raise InvalidQuery([f"The query's parameter {name} is given in two different forms"])
    return element
