"""Selected pacts, merged into items with their reasons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import selections
from contracts.model.metadata import SelectorMetadata
from contracts.model.pacts import Pact, PacticipantRef
from contracts.model.selections import Selected, merge
from contracts.model.versions import VersionRef


def pact(consumer, number, content):
    return Pact(
        id=number,
        consumer=PacticipantRef(id=ord(consumer[0]), name=consumer),
        provider=PacticipantRef(id=1, name="Ledger"),
        consumer_version=VersionRef(id=number, pacticipant=consumer, number=str(number)),
        pact_version_id=content,
        sha=f"sha{content}",
        revision_number=1,
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


EVERY = [
    Selected(pact=pact("Zoo", 1, 10), reason=selections.newest()),
    Selected(pact=pact("Ant", 2, 20), reason=selections.main_branch_head("main")),
    Selected(pact=pact("Ant", 5, 20), reason=selections.branch_head("main")),
    Selected(pact=pact("Ant", 5, 20), reason=selections.tag_head("main")),
    Selected(pact=pact("Ant", 5, 20), reason=selections.tagged("main")),
    Selected(pact=pact("Ant", 2, 20), reason=selections.deployed("live")),
    Selected(pact=pact("Ant", 3, 20), reason=selections.released("live")),
    Selected(pact=pact("Ant", 4, 30), reason=selections.newest()),
]


@given(st.permutations(EVERY + EVERY))
def test_the_order_of_selecting_changes_nothing(selected):
    assert merge(selected) == merge(EVERY)


def test_a_content_is_one_item_with_its_latest_version():
    items = [(each.pact.consumer.name, each.pact.consumer_version.number) for each in merge(EVERY)]
    assert items == [("Ant", "4"), ("Ant", "5"), ("Zoo", "1")]


def test_an_item_has_every_reason_once_in_order_of_rank():
    (item,) = merge([each for each in EVERY if each.pact.pact_version_id == 20] * 2)
    assert item.short_description == (
        "latest from main branch, latest from branch main, latest with tag main, one of main, "
        "deployed to live, released in live"
    )
    assert [each.metadata.consumer_version_id for each in item.selected] == [2, 5, 5, 5, 2, 3]


@pytest.mark.parametrize(
    ("reason", "criterion", "metadata"),
    [
        (
            selections.newest(),
            "the latest version that has a pact with this provider (7)",
            SelectorMetadata(latest=True),
        ),
        (
            selections.main_branch_head("main", "Ant"),
            "the head of the main branch of Ant, main (7)",
            SelectorMetadata(branch="main", latest=True),
        ),
        (
            selections.branch_head("feat", "Ant"),
            "the head of branch feat of Ant (7)",
            SelectorMetadata(branch="feat", latest=True),
        ),
        (
            selections.tag_head("prod"),
            "the latest version with tag prod (7)",
            SelectorMetadata(tag="prod", latest=True),
        ),
        (
            selections.tag_head("prod", instead_of="dev"),
            "the latest version with tag prod, because no pact has tag dev (7)",
            SelectorMetadata(tag="prod", latest=True),
        ),
        (
            selections.tagged("prod", "Ant"),
            "one of all versions of Ant with tag prod (7)",
            SelectorMetadata(tag="prod"),
        ),
        (
            selections.deployed("live"),
            "the version that is deployed to live now (7)",
            SelectorMetadata(environment="live"),
        ),
        (
            selections.released("live"),
            "a version that is released and supported in live now (7)",
            SelectorMetadata(environment="live"),
        ),
    ],
)
def test_a_reason_has_a_phrase_and_metadata(reason, criterion, metadata):
    selected = Selected(pact=pact("Ant", 7, 1), reason=reason)
    assert selected.criterion == criterion
    assert reason.metadata == metadata
    assert selected.metadata.consumer_version_id == 7


def test_the_short_reason_for_all_tagged_versions_names_the_consumer():
    assert selections.tagged("prod", "Ant").short == "one of Ant prod"
