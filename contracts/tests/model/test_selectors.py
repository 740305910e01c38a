"""Consumer version selectors and their validation."""

from __future__ import annotations

import pytest
from consumer_selectors import all_branches, all_tagged, branch, in_environment, latest, latest_tag, main_branch

from contracts.model.errors import InvalidFields
from contracts.model.selectors import parse, require_environments


@pytest.mark.parametrize(
    ("document", "selector"),
    [
        ({"mainBranch": True}, main_branch()),
        ({"mainBranch": True, "latest": True, "consumer": "Till"}, main_branch(consumer="Till")),
        ({"matchingBranch": True, "consumer": "Till"}, branch("own", consumer="Till")),
        ({"branch": "main"}, branch("main")),
        ({"branch": "main", "latest": True, "fallbackBranch": "old"}, branch("main", fallback="old")),
        ({"branch": True}, all_branches()),
        ({"tag": "prod"}, all_tagged("prod")),
        ({"tag": "prod", "latest": False}, all_tagged("prod")),
        ({"tag": "prod", "latest": True, "fallbackTag": "dev"}, latest_tag("prod", fallback="dev")),
        ({"latest": True, "consumer": "Till"}, latest(consumer="Till")),
        ({"deployed": True}, in_environment(presence="deployed")),
        ({"released": True, "environment": "live"}, in_environment(presence="released", environment="live")),
        ({"deployedOrReleased": True}, in_environment()),
        ({"environment": "live", "unknown": 1}, in_environment("live")),
    ],
)
def test_a_document_is_one_selector(document, selector):
    assert parse([document], "own") == (selector,)


@pytest.mark.parametrize(
    ("document", "messages"),
    [
        ("x", ["must be a hash"]),
        ({}, ["needs one of"]),
        ({"consumer": "Till"}, ["needs one of"]),
        ({"latest": False}, ["needs one of"]),
        ({"fallbackTag": "x"}, ["needs one of", "fallbackTag needs latest", "fallbackTag needs a tag"]),
        ({"mainBranch": False}, ["mainBranch must be one of: true"]),
        ({"deployed": "true"}, ["deployed must be one of: true"]),
        ({"tag": "prod", "latest": "true"}, ["latest must be one of: true, false"]),
        ({"tag": ""}, ["tag must be filled"]),
        ({"tag": None}, ["tag must be filled"]),
        ({"tag": True}, ["tag must be a string"]),
        ({"branch": 1}, ["branch must be a string"]),
        ({"branch": "a\0b"}, ["branch cannot contain null characters"]),
        ({"latest": True, "consumer": 1}, ["consumer must be a string"]),
        ({"environment": ""}, ["environment must be filled"]),
        ({"mainBranch": True, "latest": False}, ["mainBranch takes the latest"]),
        ({"mainBranch": True, "tag": "prod"}, ["not with tag"]),
        ({"matchingBranch": True, "branch": "main"}, ["not with branch"]),
        ({"tag": "prod", "branch": "main"}, ["tag and branch cannot"]),
        ({"branch": "main", "latest": False}, ["branch takes the latest"]),
        ({"tag": "prod", "fallbackTag": "dev"}, ["fallbackTag needs latest"]),
        ({"latest": True, "fallbackTag": "dev"}, ["fallbackTag needs a tag"]),
        ({"latest": True, "fallbackBranch": "dev"}, ["fallbackBranch needs a branch"]),
        ({"branch": True, "fallbackBranch": "dev"}, ["fallbackBranch needs a branch"]),
        ({"branch": "main", "fallbackbranch": "dev"}, ["fallbackbranch is unknown: did you mean fallbackBranch?"]),
        ({"latest": True, "fallback_tag": "dev"}, ["fallback_tag is unknown: did you mean fallbackTag?"]),
        ({"latest": True, "consumers": "Till"}, ["consumers is unknown: did you mean consumer?"]),
        (
            {"branch": "main", "fallbackBranch": "dev", "latest": False},
            ["branch takes the latest", "fallbackBranch takes the latest"],
        ),
        ({"tag": "prod", "deployed": True}, ["tag and deployed cannot"]),
        ({"deployed": True, "released": True}, ["deployed and released cannot"]),
    ],
)
def test_every_problem_is_reported_with_the_index_of_its_selector(document, messages):
    with pytest.raises(InvalidFields) as refused:
        parse([{"latest": True}, document], "own")
    texts = refused.value.errors["consumerVersionSelectors"]
    assert len(texts) == len(messages)
    for text, message in zip(texts, messages, strict=True):
        assert message in text
        assert text.endswith("(at index 1)")


@pytest.mark.parametrize("branch", [None, ""])
def test_a_matching_branch_needs_the_branch_of_the_provider(branch):
    with pytest.raises(InvalidFields, match="needs the providerVersionBranch"):
        parse([{"matchingBranch": True}], branch)


def test_the_messages_are_under_the_name_of_the_list_in_the_request():
    with pytest.raises(InvalidFields) as refused:
        parse([{}], None, "consumer_version_selectors")
    assert list(refused.value.errors) == ["consumer_version_selectors"]


def test_an_unknown_environment_is_named_with_its_index():
    selectors = (latest(), in_environment(), in_environment("live"), in_environment("moon"))
    with pytest.raises(InvalidFields) as refused:
        require_environments(selectors, {"live"})
    (message,) = refused.value.errors["consumerVersionSelectors"]
    assert "'moon'" in message
    assert message.endswith("(at index 3)")
    require_environments(selectors, {"live", "moon"})
