"""Strict JSON: a text that two readers could understand differently is refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import strict_json
from contracts.model.strict_json import NotReadable


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        ('{"a": "ü"}'.encode("latin-1"), "is not UTF-8: byte 8 cannot be read, after"),
        ("{}".encode("utf-16"), "is not UTF-8 but UTF-16"),
        ("{}".encode("utf-32"), "is not UTF-8 but UTF-32"),
        ("{}".encode("utf-16-le"), "is not JSON"),
        (b"\xef\xbb\xbf{}", "is not JSON"),
        (b"[-Infinity]", "-Infinity is not a JSON value"),
        (b"[1e400]", "1e400 is not a JSON value"),
        (b"9" * 5000, "is not JSON: Exceeds the limit"),
        (b"[" * 100_000, "it nests too deeply"),
        (b"[" * 51 + b"]" * 51, "nests deeper than 50 levels"),
        (b'["\\ud83d"]', "half of a surrogate pair"),
        (b'{"\\udc00": 1}', "half of a surrogate pair"),
    ],
)
def test_a_text_that_is_not_strict_json_is_refused_with_the_reason(content, words):
    with pytest.raises(NotReadable) as raised:
        strict_json.parse(content)
    assert words in str(raised.value)


def test_a_key_twice_in_one_object_is_refused_on_request():
    assert strict_json.parse(b'{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(NotReadable, match="names the key 'a' twice"):
        strict_json.parse(b'[{"b": {"a": 1, "a": 2}}]', unique_keys=True)


def test_only_one_utf_8_byte_order_mark_is_skipped():
    assert strict_json.without_mark(b"\xef\xbb\xbf\xef\xbb\xbf{}") == b"\xef\xbb\xbf{}"
    assert strict_json.without_mark(b"{}") == b"{}"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_json)
def test_every_value_that_json_can_write_is_read_back(value):
    assert strict_json.parse(json.dumps(value).encode(), unique_keys=True) == value


@given(st.binary() | st.text(alphabet='[]{}",:0123456789eE\\u d', max_size=30).map(str.encode))
def test_accepted_bytes_are_json_for_every_reader(content):
    with contextlib.suppress(NotReadable):
        assert json.loads(json.dumps(strict_json.parse(content), allow_nan=False)) == json.loads(content)
