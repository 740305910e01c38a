"""The notices about a pact in a provider's build."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.model import selections
from contracts.model.metadata import Metadata, SelectorMetadata
from contracts.model.pacts import Pact, PacticipantRef
from contracts.model.pending import Pending, ProviderRef
from contracts.model.selections import Item, Selected
from contracts.model.verifiable import Verifiable, instructions
from contracts.model.versions import VersionRef


BEFORE = "before_verification"
AFTER = [
    "after_verification:success_true_published_false",
    "after_verification:success_false_published_false",
    "after_verification:success_true_published_true",
    "after_verification:success_false_published_true",
]


@pytest.fixture
def item():
    pact = Pact(
        id=1,
        consumer=PacticipantRef(id=1, name="Till"),
        provider=PacticipantRef(id=2, name="Ledger"),
        consumer_version=VersionRef(id=3, pacticipant="Till", number="1"),
        pact_version_id=4,
        sha="abc",
        revision_number=1,
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    return Item(pact=pact, selected=(Selected(pact=pact, reason=selections.main_branch_head("main")),))


def notices_of(verifiable):
    return list(instructions(verifiable, ProviderRef(branch="main"), "http://broker/pact"))


def test_without_pending_status_the_only_notice_says_why_it_is_verified(item):
    (why,) = notices_of(Verifiable(item=item, pending=None))
    assert why.when == BEFORE
    assert "http://broker/pact" in why.text
    assert why.text.endswith("    * the head of the main branch, main (1)")


def test_a_pact_that_was_verified_fails_the_build(item):
    _, consequence = notices_of(Verifiable(item=item, pending=Pending(pending=False, subject="S")))
    assert consequence.when == BEFORE
    assert "by S before" in consequence.text
    assert "the build fails" in consequence.text


def test_a_pending_pact_does_not_fail_the_build_and_has_a_notice_for_each_outcome(item):
    notices = notices_of(Verifiable(item=item, pending=Pending(pending=True, subject="S")))
    assert [each.when for each in notices] == [BEFORE, BEFORE, *AFTER]
    assert "no published success by S" in notices[1].text
    assert "does not fail" in notices[1].text
    outcomes = {each.when: each.text for each in notices[2:]}
    assert outcomes[AFTER[1]] == outcomes[AFTER[3]]
    assert "no longer pending" in outcomes[AFTER[2]]


def test_work_in_progress_says_that_no_selector_asks_for_it(item):
    notices = notices_of(Verifiable(item=item, pending=Pending(pending=True, subject="S"), wip=True))
    assert "no selector asks for it" in notices[0].text
    assert "is work in progress" in notices[1].text


def test_the_url_has_the_reasons_and_the_pending_status_or_only_work_in_progress(item):
    pending = Pending(pending=True, subject="S")
    selector = SelectorMetadata(branch="main", latest=True, consumer_version_id=3)
    assert Verifiable(item=item, pending=None).metadata == Metadata(selectors=(selector,))
    assert Verifiable(item=item, pending=pending).metadata == Metadata(selectors=(selector,), pending=True)
    assert Verifiable(item=item, pending=pending, wip=True).metadata == Metadata(wip=True)
