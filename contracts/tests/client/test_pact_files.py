"""Pact files: what a broker would refuse is refused by the name of the file."""

from __future__ import annotations

import codecs
import json

import pytest

from contracts.client import pact_files
from contracts.client.pact_files import NotPublishable


PACT = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": [{"description": "a"}]}
TEXT = json.dumps(PACT)


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(codecs.BOM_UTF8 + TEXT.encode())
    assert pact_files.read_pact(path).content == TEXT.encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.encode("utf-16"), "is not UTF-8 but UTF-16"),
        (TEXT.replace("web", "wéb").encode("latin-1"), "is not UTF-8"),
        (TEXT.replace('"a"', "NaN").encode(), "NaN is not a JSON value"),
        (TEXT.replace('"a"', "[" * 60 + "]" * 60).encode(), "nests deeper than 50 levels"),
        (TEXT.replace('"a"', '"\\ud800"').encode(), "half of a surrogate pair"),
        (TEXT.replace('"description"', '"x": 1, "x": 2, "description"').encode(), "names the key 'x' twice"),
        (TEXT.replace("web", "w\\u0000").encode(), "the name of the consumer cannot contain null"),
        (TEXT.replace("api", "..").encode(), "the name of the provider cannot be dots alone"),
        (TEXT.replace("api", "a" * 501).encode(), "cannot be longer than 500 characters"),
        (b'"a text"', "is not a pact"),
    ],
)
def test_a_pact_that_no_broker_accepts_is_refused_with_its_file(tmp_path, content, words):
    (tmp_path / "good.json").write_text(TEXT)
    path = tmp_path / "wrong.json"
    path.write_bytes(content)
    with pytest.raises(NotPublishable) as raised:
        pact_files.read_all([tmp_path])
    assert str(raised.value).startswith(str(path))
    assert words in str(raised.value)


def test_every_file_that_cannot_be_published_is_named_up_to_a_screenful(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}.json").write_text("{")
    with pytest.raises(NotPublishable) as raised:
        pact_files.read_all([tmp_path])
    lines = str(raised.value).splitlines()
    assert len(lines) == 21
    assert lines[0].startswith(f"{tmp_path / '00.json'} is not JSON")
    assert lines[-1] == "… and 10 more files."


def test_a_folder_in_a_folder_is_not_a_pact_file(tmp_path):
    (tmp_path / "old.json").mkdir()
    (tmp_path / "a.json").write_text(TEXT)
    assert pact_files.files([tmp_path]) == [tmp_path / "a.json"]
