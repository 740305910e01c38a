"""Work in progress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from estates import Estate, statements

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, pending, wip
from contracts.broker.store.tables import tag_heads
from contracts.model.metadata import Metadata
from contracts.model.pending import ProviderRef


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def estate(database, clock):
    """Till with heads of two branches and of a tag, and a version that heads nothing."""
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "0", "old", branch="feat")
    estate.publish("Till", "1", "a", branch="main")
    estate.publish("Till", "2", "b", branch="feat")
    estate.version("Till", "3", branch="side")
    clock.forward(hours=1)
    estate.publish("Till", "3", "c", tags=("tagged",))
    return estate


@pytest.fixture
def unverified(estate, clock):
    """What is work in progress for a provider, sorted."""

    def unverified(*, since=LONG_AGO, **provider):
        clock.forward(seconds=1)
        reference = ProviderRef(**provider)
        with estate.broker.database.reading() as connection:
            ledger = pacticipants.find(connection, "Ledger").id
            pacts_in_progress = wip.unverified(
                connection,
                ledger,
                reference,
                pending.beginnings(connection, ledger, reference),
                since=since,
                executed_after=clock() - timedelta(days=30),
            )
        return sorted(f"{each.pact.consumer_version.number} {each.reason.short}" for each in pacts_in_progress)

    return unverified


ALL = [
    "1 latest from branch main",
    "2 latest from branch feat",
    "3 latest from branch side",
    "3 latest with tag tagged",
]


def test_the_heads_of_branches_and_tags_are_in_progress(unverified):
    assert unverified(branch="main") == ALL
    assert unverified(tags=("dev",)) == ALL


def test_a_version_that_heads_several_is_in_progress_once_for_each(estate, unverified):
    estate.version("Till", "3", branch="other", tags=("next", "last"))
    estate.version("Till", "2", branch="main")
    estate.publish("Kiosk", "0", "a", branch="main", tags=("first", "second"))
    estate.publish("Kiosk", "4", "b", branch="main")
    assert unverified(branch="main") == [
        "0 latest with tag first",
        "0 latest with tag second",
        "2 latest from branch feat",
        "2 latest from branch main",
        "3 latest from branch other",
        "3 latest from branch side",
        "3 latest with tag last",
        "3 latest with tag next",
        "3 latest with tag tagged",
        "4 latest from branch main",
    ]


def test_only_what_was_published_after_the_date(unverified, clock):
    assert unverified(branch="main", since=clock() - timedelta(minutes=1)) == ALL[2:]
    assert unverified(branch="main", since=clock() + timedelta(minutes=1)) == []


@pytest.mark.parametrize(("success", "metadata"), [(False, Metadata()), (True, Metadata(wip=True))])
def test_neither_a_failure_nor_a_success_in_progress_ends_it(estate, unverified, success, metadata):
    estate.version("Ledger", "10", branch="main", tags=("dev",))
    estate.verify("Till", "2", by="10", success=success, metadata=metadata)
    assert unverified(branch="main") == ALL
    assert unverified(tags=("dev",)) == ALL


def test_a_success_on_the_branch_ends_it(estate, unverified):
    estate.version("Ledger", "10", branch="main")
    unverified(branch="main")
    estate.verify("Till", "2", by="10")
    assert unverified(branch="main") == [ALL[0], *ALL[2:]]


def test_a_success_on_another_branch_ends_it_for_a_branch_whose_first_version_came_later(estate, unverified):
    estate.version("Ledger", "9", branch="early")
    estate.version("Ledger", "10", branch="main")
    unverified(branch="main")
    estate.verify("Till", "2", by="10")
    assert unverified(branch="early") == ALL
    assert unverified(branch="unborn") == [ALL[0], *ALL[2:]]


def test_a_success_that_was_executed_too_long_ago_is_forgotten(estate, unverified, clock):
    estate.version("Ledger", "10", branch="main")
    estate.verify("Till", "2", by="10", executed_at=clock() - timedelta(days=31))
    assert unverified(branch="main") == ALL


def test_with_tags_the_success_must_come_after_the_tag(estate, unverified):
    estate.version("Ledger", "10")
    estate.verify("Till", "2", by="10")
    estate.version("Ledger", "10", tags=("dev",))
    assert unverified(tags=("dev",)) == ALL
    estate.verify("Till", "2", by="10")
    assert unverified(tags=("dev",)) == [ALL[0], *ALL[2:]]


def test_a_tag_that_is_used_later_inherits_and_one_of_several_that_lacks_a_success_suffices(estate, unverified):
    estate.version("Ledger", "9", tags=("early",))
    estate.version("Ledger", "10", tags=("dev",))
    unverified(branch="main")
    estate.verify("Till", "2", by="10")
    assert unverified(tags=("unused",)) == [ALL[0], *ALL[2:]]
    assert unverified(tags=("early",)) == ALL
    assert unverified(tags=("dev", "early")) == ALL


def test_a_pact_that_heads_nothing_is_not_in_progress(unverified, database):
    with database.writing() as connection:
        connection.execute(tag_heads.delete())
    assert "0 latest from branch feat" not in unverified(branch="main")
    assert unverified(branch="main") == ALL[:3]


def test_it_takes_one_statement(unverified, database):
    with statements(database) as executed:
        unverified(branch="main")
    assert len([each for each in executed if "heads" in each]) == 1
