"""Differences as text."""

from __future__ import annotations

import pytest
from estates import Estate


PAIR = "/pacts/provider/Ledger/consumer/Till"
TEXT = {"Accept": "text/plain"}


@pytest.fixture(autouse=True)
def estate(broker):
    estate = Estate(broker)
    for number, content in (("1", "a"), ("2", "b"), ("3", "b")):
        estate.publish("Till", number, content)
    return estate


def test_a_diff_shows_the_changes_and_both_versions(http):
    answer = http.get(f"{PAIR}/version/3/diff/previous-distinct", headers=TEXT)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    lines = answer.text.splitlines()
    assert lines[0] == "Till and Ledger: from version 1 (2026-11-23) to 3 (2026-11-23)"
    assert '-      "description": "a",' in lines
    assert '+      "description": "b",' in lines
    assert lines[-3:] == [
        "Links",
        f"  old: http://testserver{PAIR}/version/1",
        f"  new: http://testserver{PAIR}/version/3",
    ]


def test_whole_documents_are_compared_on_request(http):
    assert '"_id"' in http.get(f"{PAIR}/version/3/diff/previous-distinct?raw=true", headers=TEXT).text


def test_any_version_can_be_compared_with(http):
    assert "Nothing that is compared differs" in http.get(f"{PAIR}/version/3/diff/version/2", headers=TEXT).text


def test_contents_are_compared(http):
    shas = [http.get(f"{PAIR}/version/{each}").json()["_links"]["pb:pact-version"]["name"] for each in "21"]
    answer = http.get(f"{PAIR}/pact-version/{shas[0]}/diff/pact-version/{shas[1]}", headers=TEXT)
    assert "from version 1" in answer.text


@pytest.mark.parametrize("path", ["/version/1/diff/previous-distinct", "/version/1/diff/version/9"])
def test_without_anything_to_compare_with_a_sentence_says_so(http, path):
    answer = http.get(PAIR + path, headers=TEXT)
    assert answer.status_code == 200
    assert "nothing to compare" in answer.text


def test_a_diff_is_text_only(http):
    path = f"{PAIR}/version/3/diff/previous-distinct"
    assert http.get(path, headers={"Accept": "application/hal+json"}).status_code == 406


def test_a_version_that_is_not_there_is_not_found(http):
    assert http.get(f"{PAIR}/version/9/diff/previous-distinct", headers=TEXT).status_code == 404
