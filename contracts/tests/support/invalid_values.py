"""Invalid texts, documents and bytes of clients, as Hypothesis strategies."""

from __future__ import annotations

import copy
import json
import random
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st


Place = tuple[str | int, ...]


def _incompressible(length: int) -> str:
    """Text that no database can compress, which PostgreSQL cannot put into an index."""
    return "".join(random.Random(length).choices(string.ascii_letters + string.digits, k=length))  # noqa: S311, no secret


def _nested(levels: int) -> list[Any]:
    document: list[Any] = []
    for _ in range(levels):
        document = [document]
    return document


TEXTS = (
    *("", " ", "\0", "a\0b", "\n", "a\r\nb", "\t", "\x7f", "é", "\N{PILE OF POO}", "\u202e", "\ufeff"),
    *("..", "/", "a/b", "%", "%00", "+", "?", "#", "null", "true", "0", "-1", "1e999", "NaN", "9" * 30, "9" * 5000),
    *("0" * 20 + "1", "1" + "0" * 18, "\N{ARABIC-INDIC DIGIT ONE}", "\N{SUPERSCRIPT TWO}", "latest", "all"),
    *("http://[", "http://a:99999/", "${x}", "'; --", '"', "{{1}}", "2026-13-45", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-14:00", "x" * 3000, _incompressible(3000), _incompressible(100_000)),
)
VALUES = (
    *(None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 1e308),
    *([], {}, [None], [[]], [{}], {"": ""}, {"\0": "\0"}, {"a": None}, _nested(45), _nested(60), ["x"] * 1000),
    *("\ud800", {"name": "\udfff"}),
)

texts = st.sampled_from(TEXTS) | st.text(max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = (
    st.sampled_from(VALUES)
    | texts
    | st.recursive(
        st.none() | st.booleans() | numbers | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=5,
    )
)

# as they are sent: what cannot come out of an encoder
BODIES = (
    *(
        b"",
        b" ",
        b"null",
        b"[]",
        b"{}",
        b'"a"',
        b"1",
        b"{",
        b'{"name":',
        b"\xff",
        b'{"name":"\xff"}',
        b"\xef\xbb\xbf{}",
    ),
    *(b'{"name":NaN}', b'{"name":Infinity}', b'{"name":-Infinity}', b'{"name":1e999}', b'{"name":-1e999}'),
    *(b'{"name":"\0"}', b'{"name":"\\ud800"}', b'{"name":"\\u0000"}', b'{"na\\ud800me":1}', b'{"name":1,"name":"a"}'),
    *(b"1" * 5000, b'{"name":' + b"1" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 100_000, b"[" * 50 + b"]" * 50),
    *('{"name":"a"}'.encode("utf-16"), b"name=a&b=c", b"<a/>", b"\0", b"\x1f\x8b\x08"),
)
bodies = st.sampled_from(BODIES) | st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode())

# a segment of a path, or a part of a query, that no encoder writes
RAW = (
    b"%",
    b"%z",
    b"%FF",
    b"%C3",
    b"%ED%A0%80",
    b"%00",
    b"%0A",
    b"%0d",
    b"%2e%2e",
    b"%252F",
    b"\xff",
    b"\xc3\xa9",
    b" ",
)
segments = st.sampled_from(RAW) | texts.map(lambda text: quote(text, safe="", errors="replace").encode())


def places(document: object, here: Place = ()) -> Iterator[Place]:
    """The places in *document*: the whole, each value, each element."""
    yield here
    match document:
        case dict():
            for key, value in document.items():
                yield from places(value, (*here, key))
        case list():
            for index, value in enumerate(document):
                yield from places(value, (*here, index))


def replaced(document: Any, place: Place, value: object) -> Any:
    """Return *document* with *value* at *place*."""
    if not place:
        return value
    changed = copy.deepcopy(document)
    *way, last = place
    inner = changed
    for part in way:
        inner = inner[part]
    inner[last] = value
    return changed


def without(document: Any, place: Place) -> Any:
    """Return *document* without the value at *place*; without a place, an empty one."""
    if not place:
        return {}
    changed = copy.deepcopy(document)
    *way, last = place
    inner = changed
    for part in way:
        inner = inner[part]
    del inner[last]
    return changed


def doubled(document: Any, value: object) -> bytes:
    """Return the object *document* as JSON with each of its keys twice, first with *value*."""
    pairs = [f"{json.dumps(key)}:{json.dumps(each)}" for key, right in document.items() for each in (value, right)]
    return ("{" + ",".join(pairs) + "}").encode()
