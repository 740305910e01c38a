"""The results that a provider's version needs when it comes into use."""

from __future__ import annotations

import pytest
from estates import Estate, scans, statements

from contracts.broker.store import job_lists, job_needs, pacticipants
from contracts.model.jobs import JobState


@pytest.fixture
def estate(broker):
    """Till 1 is on main, Till 2 on a feature branch, Till 3 in live, and Shop 1 is tagged as its main branch."""
    estate = Estate(broker)
    with broker.database.writing() as connection:
        for name in ("Till", "Shop", "Ledger"):
            pacticipant = pacticipants.ensure(connection, name, broker.now())
            pacticipants.set_main_branch(connection, pacticipant.id, "trunk", broker.now())
    estate.environment("live")
    estate.publish("Till", "3", "old")
    estate.deploy("Till", "3", "live")
    estate.publish("Till", "1", "a", branch="trunk")
    estate.publish("Till", "2", "b", branch="feature")
    estate.publish("Shop", "1", "c", tags=("trunk",))
    return estate


@pytest.fixture
def needs(broker):
    """The consumer versions and reasons of the jobs of Ledger's version when called."""

    def needs(version):
        with broker.database.reading() as connection:
            jobs = job_lists.search(connection, pacticipant="Ledger", version=version, limit=20, offset=0)
        return {(each.consumer, each.consumer_version): each.reasons for each in jobs}

    return needs


CURRENT = {("Till", "1"), ("Till", "3"), ("Shop", "1")}


@pytest.mark.parametrize(
    ("come_into_use", "reason"),
    [
        (lambda estate: estate.version("Ledger", "10", branch="trunk"), "latest from main branch"),
        (lambda estate: estate.version("Ledger", "10", tags=("trunk",)), "latest from main branch"),
        (lambda estate: estate.deploy("Ledger", "10", "live"), "deployed in live"),
        (lambda estate: estate.version("Ledger", "10", tags=("live",)), "deployed in live"),
        (lambda estate: estate.release("Ledger", "10", "live"), "released in live"),
    ],
    ids=["main branch", "main tag", "deployed", "tagged as deployed", "released"],
)
def test_a_version_in_use_needs_results_of_main_branches_and_of_what_is_deployed(estate, needs, come_into_use, reason):
    estate.version("Ledger", "10")
    assert needs("10") == {}
    come_into_use(estate)
    assert needs("10") == dict.fromkeys(CURRENT, (reason,))


def test_a_version_needs_no_result_that_it_has(estate, needs):
    estate.verify("Till", "1", by="10", success=False)
    estate.version("Ledger", "10", branch="trunk")
    assert set(needs("10")) == CURRENT - {("Till", "1")}


def test_a_feature_branch_of_the_provider_needs_nothing(estate, needs):
    estate.version("Ledger", "10", branch="feature")
    assert needs("10") == {}


def test_a_second_use_keeps_the_deadline_of_the_first(estate, broker, clock):
    estate.version("Ledger", "10", branch="trunk")
    clock.forward(minutes=10)
    estate.deploy("Ledger", "10", "live")
    with broker.database.reading() as connection:
        deadline = job_lists.next_deadline(connection)
    clock.forward(minutes=20)
    assert deadline == clock()


@pytest.mark.parametrize(("provider", "most"), [("Till", 1), ("Ledger", 2)])
def test_the_needs_take_one_statement_and_one_to_record_them(estate, broker, provider, most):
    estate.version(provider, "10")
    with statements(broker.database) as bare:
        estate.version(provider, "10", branch="feature")
    with statements(broker.database) as executed:
        estate.version(provider, "10", branch="trunk")
    assert len(executed) - len(bare) <= most


def test_needs_are_found_by_indexes(estate, broker):
    if not broker.database.sqlite:
        pytest.skip("PostgreSQL reads small tables whole")
    with scans(broker.database) as tables, broker.database.reading() as connection:
        owner = pacticipants.find(connection, "Ledger")
        job_needs.lacking(connection, owner.id, 1)
        job_needs.needed(connection, [1])
        job_needs.idle(connection, JobState.NEEDED, 0, 10)
    assert tables == []
    assert estate
