"""Pacts for verification: selected, then work in progress."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from consumer_selectors import all_branches, all_tagged, branch, in_environment, latest, latest_tag, main_branch
from estates import Estate, scans

from contracts.broker.actions.select import pacts_for_verification
from contracts.broker.store import pacticipants
from contracts.model.pending import ProviderRef
from contracts.model.verifiable import VerificationQuestion


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MAIN = ProviderRef(branch="main")


@pytest.fixture
def ask(broker):
    """The pacts that answer a question: consumer and version, whether pending, whether in progress."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "a", branch="feat")
    estate.publish("Till", "3", "b", branch="x", tags=("t",))
    estate.publish("Till", "4", "b", branch="y")
    estate.publish("Kiosk", "1", "b", branch="y")

    def ask(**question):
        with broker.database.reading() as connection:
            provider = pacticipants.find(connection, "Ledger")
            pacts = pacts_for_verification(broker, connection, provider.id, VerificationQuestion(**question))
        return [
            (
                f"{each.item.pact.consumer.name} {each.item.pact.consumer_version.number}",
                each.pending and each.pending.pending,
                each.wip,
            )
            for each in pacts
        ]

    return ask


def test_selected_pacts_come_before_work_in_progress_each_by_consumer_and_version(ask):
    assert ask(provider=MAIN, selectors=(branch("main"),), wip_since=LONG_AGO) == [
        ("Till 1", True, False),
        ("Kiosk 1", True, True),
        ("Till 4", True, True),
    ]


def test_the_same_content_of_another_consumer_stays_in_progress(ask):
    selectors = (branch("y", consumer="Kiosk"),)
    assert ask(provider=MAIN, selectors=selectors, wip_since=LONG_AGO, include_pending=False) == [
        ("Kiosk 1", None, False),
        ("Till 2", None, True),
        ("Till 4", None, True),
    ]


def test_a_provider_that_says_nothing_of_itself_has_no_work_in_progress(ask):
    assert ask(provider=ProviderRef(), selectors=(latest(),), wip_since=LONG_AGO) == [
        ("Kiosk 1", True, False),
        ("Till 4", True, False),
    ]


def test_without_selectors_the_default_is_selected(ask):
    assert ask(provider=MAIN) == [("Kiosk 1", True, False), ("Till 1", True, False)]


@pytest.mark.parametrize("provider", [MAIN, ProviderRef(tags=("dev", "prod"))])
def test_no_table_is_read_from_beginning_to_end(ask, broker, provider):
    every = (
        main_branch(),
        branch("feat", consumer="Till"),
        all_branches(consumer="Till"),
        latest_tag("t", fallback="u"),
        all_tagged("t"),
        latest(),
        in_environment(),
    )
    with scans(broker.database) as scanned_tables:
        ask(provider=provider, selectors=every, wip_since=LONG_AGO)
        ask(provider=provider, wip_since=LONG_AGO)
    assert scanned_tables == []
