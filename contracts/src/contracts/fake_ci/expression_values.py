"""The values of GitHub's expressions: how they are compared, converted and written, and the functions on them.

Source: GitHub's documentation of workflow expressions: operators, functions, object filters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any


class All(list[Any]):
    """The result of `.*`: a property of it is the list of that property of each item."""


def item(value: Any, key: Any) -> Any:
    """Return a property of an object, ignoring case, or an item of a list; None if it does not exist."""
    if isinstance(value, All):
        return All(item(each, key) for each in value)
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and 0 <= key < len(value) else None
    if not isinstance(value, Mapping):
        return None
    name = text(key).casefold()
    return next((each for other, each in value.items() if str(other).casefold() == name), None)


def truth(value: Any) -> bool:
    """Return whether GitHub takes *value* as true."""
    return isinstance(value, (Mapping, list)) or bool(value)


def equal(left: Any, right: Any) -> bool:
    """Compare as GitHub does: strings without regard to case, values of different types as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if type(left) is type(right):
        return bool(left == right)
    return number(left) == number(right)


def number(value: Any) -> float:
    """Return *value* as the number that GitHub compares."""
    try:
        return float(0 if value is None or value == "" else value)
    except (TypeError, ValueError):
        return float("nan")


def text(value: Any) -> str:
    """Return *value* as GitHub writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case Mapping():
            return "Object"
        case _:
            return "Array"


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<=": lambda left, right: number(left) <= number(right),
    ">=": lambda left, right: number(left) >= number(right),
    "<": lambda left, right: number(left) < number(right),
    ">": lambda left, right: number(left) > number(right),
}


def _contains(place: Any, item: Any) -> bool:
    if isinstance(place, list):
        return any(equal(each, item) for each in place)
    return text(item).casefold() in text(place).casefold()


def _join(items: Any, separator: Any = ",") -> str:
    return text(separator).join(map(text, items if isinstance(items, list) else [items]))


def _format(pattern: Any, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda place: text(values[int(place[1])]), text(pattern))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": _contains,
    "endsWith": lambda value, end: text(value).casefold().endswith(text(end).casefold()),
    "format": _format,
    "fromJSON": lambda value: None if value is None else json.loads(text(value)),
    "join": _join,
    "startsWith": lambda value, start: text(value).casefold().startswith(text(start).casefold()),
    "toJSON": lambda value: json.dumps(value, indent=2),
}
"""The functions by name; a call with wrong arguments raises TypeError, ValueError or IndexError."""
