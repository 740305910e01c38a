"""Strict JSON: a text that two readers could understand differently is refused.

Source: RFC 8259, section 4 (a name given twice), section 6 (no NaN, no Infinity) and section 8.1 (UTF-8).
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any, NoReturn


MOST_LEVELS = 50  # of a request's body and of a contract

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class NotReadable(ValueError):
    """The bytes are not strict JSON; the message is a predicate: "is not UTF-8"."""


def parse(content: bytes, *, most_levels: int = MOST_LEVELS, unique_keys: bool = False) -> Any:
    """Return the JSON value of *content*; with *unique_keys*, a key twice in one object is an error.

    Raises:
        NotReadable: if it is not JSON in UTF-8, nests deeper than *most_levels*, or holds half of a surrogate pair or a
            number that is too large.
    """
    text = _decoded(content)
    try:
        value = json.loads(
            text,
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_unique if unique_keys else None,
        )
    except NotReadable:
        raise
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"is not JSON: {_reason(error)}") from None
    if _deeper(value, most_levels):
        raise NotReadable(f"nests deeper than {most_levels} levels")
    if _SURROGATE.search(content):
        _require_whole_characters(value)
    return value


def without_mark(content: bytes) -> bytes:
    """*content* without a UTF-8 byte order mark, which .NET and PowerShell write and RFC 8259 lets readers skip."""
    return content.removeprefix(codecs.BOM_UTF8)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        for mark, name in _WIDE_MARKS.items():
            if content.startswith(mark):
                raise NotReadable(f"is not UTF-8 but {name}") from None
        before = content[max(0, error.start - 20) : error.start].decode(errors="replace")
        raise NotReadable(f"is not UTF-8: byte {error.start + 1} cannot be read, after '{before}'") from None


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it nests too deeply"
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    return str(error).partition(";")[0]  # the rest is advice for programmers, about too many digits


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotReadable(f"names the key {twice!r} twice in one object, and readers disagree about which one counts")
    return members


def _deeper(value: object, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [inner for each in layer for inner in _inside(each)]
        if not layer:
            return False
    return True


def _inside(value: object) -> list[Any]:
    """Return the arrays and objects directly inside *value*."""
    match value:
        case dict():
            return [each for each in value.values() if isinstance(each, dict | list)]
        case list():
            return [each for each in value if isinstance(each, dict | list)]
        case _:
            return []


def _require_whole_characters(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotReadable("holds half of a surrogate pair, which is not a character") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


def _finite(digits: str) -> float:
    """Return the number; refuse one that is too large, because infinity would be stored as null."""
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)
