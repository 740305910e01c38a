"""Selectors in the protocol's words: everything in one takes effect, or it is refused."""

from __future__ import annotations

import pytest

from contracts.client import UsageError
from contracts.client.selectors import Branch, Latest, MainBranch, parse


@pytest.mark.parametrize(
    "document",
    [
        {"mainBranch": True},
        {"mainBranch": True, "consumer": "web"},
        {"matchingBranch": True},
        {"branch": "feat/x", "fallbackBranch": "main"},
        {"deployedOrReleased": True, "environment": "production"},
        {"deployed": True},
        {"released": True},
        {"latest": True},
        {"latest": True, "tag": "prod", "fallbackTag": "main"},
        {"tag": "prod"},
    ],
)
def test_a_selector_is_read_and_written_alike(document):
    assert parse(document).document() == document


def test_the_latest_of_a_branch_is_its_head():
    assert parse({"branch": "x", "latest": True}) == Branch(name="x")


def test_kinds_are_classes():
    assert parse({"mainBranch": True, "consumer": "web"}) == MainBranch(consumer="web")
    assert parse({"latest": True, "tag": "t"}) == Latest(tag="t")


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "main",
        {"mainBranch": False},
        {"mainBranch": "true"},
        {"mainBranch": True, "branch": "x"},
        {"mainBranch": True, "enviroment": "x"},
        {"branch": ""},
        {"branch": None},
        {"latest": True, "environment": "x"},
    ],
)
def test_a_selector_without_effect_is_refused(document):
    with pytest.raises(UsageError, match="selector"):
        parse(document)
