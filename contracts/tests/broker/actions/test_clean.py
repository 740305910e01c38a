"""Removing old data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from estates import Estate
from hooks import add_webhook
from sqlalchemy import func, select

from contracts.broker.actions import clean
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import job_lists, jobs, locks, tables
from contracts.model.jobs import JobState
from contracts.model.webhooks import CONTRACT_REQUIRING_VERIFICATION_PUBLISHED


@pytest.fixture
def broker(database, clock):
    """A broker over a database of each kind; its clock stands still."""
    return Runtime(settings=Settings(), database=database, now=clock)


@pytest.fixture
def estate(broker):
    return Estate(broker)


@pytest.fixture
def remaining(broker):
    """What a cleaning keeps, as {application: [numbers]}, after what the settings say."""

    def remaining(**settings):
        cleaner = replace(broker, settings=replace(broker.settings, **settings))
        planned = clean.plan(cleaner)
        assert clean.carry_out(cleaner, planned) == planned.counts
        left = select(tables.pacticipants.c.name, tables.versions.c.number).join_from(
            tables.versions, tables.pacticipants
        )
        numbers = {}
        with broker.database.reading() as connection:
            for name, number in connection.execute(left.order_by(tables.versions.c.id)):
                numbers.setdefault(name, []).append(number)
        return numbers

    return remaining


def test_old_data_without_dependents_is_removed(estate, remaining, clock):
    for number in "123":
        estate.publish("Till", number, number, branch="main")
    clock.forward(days=91)
    assert remaining() == {"Till": ["3"]}


def test_young_data_stays(estate, remaining, clock):
    estate.publish("Till", "1", "a", branch="main")
    clock.forward(days=2)
    for number in "23":
        estate.publish("Till", number, "a", branch="main")
    clock.forward(days=89)
    assert remaining() == {"Till": ["2", "3"]}


def test_deployed_and_released_versions_and_heads_stay_for_any_selectors(estate, remaining, clock):
    estate.environment("live")
    for number in "1234":
        estate.publish("Till", number, number, branch="feat" if number == "3" else "main")
    estate.publish("Till", "5", "5")
    estate.deploy("Till", "1", "live")
    estate.release("Till", "2", "live")
    clock.forward(days=1)
    assert remaining(database_clean_keep_version_selectors=()) == {"Till": ["1", "2", "3", "4", "5"]}


def test_the_latest_pact_of_a_pair_stays_even_if_newer_versions_have_none(estate, remaining, clock):
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "a", provider="Stock")
    estate.version("Till", "3")
    estate.version("Till", "4")
    clock.forward(days=91)
    assert remaining() == {"Till": ["1", "2", "4"]}


def test_a_version_whose_results_count_stays(estate, remaining, clock):
    estate.publish("Till", "1", "a", branch="main")
    for number in ("10", "11", "12"):
        estate.version("Ledger", number, branch="main")
        estate.verify("Till", "1", by=number)
    for number in ("13", "14", "15"):
        estate.version("Ledger", number, branch="main")
    clock.forward(days=91)
    assert remaining() == {"Till": ["1"], "Ledger": ["10", "12", "15"]}


def test_a_version_with_counting_results_for_its_own_contract_stays(estate, remaining, clock):
    """An application alone is compared with each version of itself that verified its contract."""
    estate.publish("Loop", "1", "a", branch="main", provider="Loop")
    for number, success in (("2", False), ("3", True), ("4", True)):
        estate.version("Loop", number, branch="main")
        estate.verify("Loop", "1", by=number, success=success, provider="Loop")
    clock.forward(days=91)
    assert remaining(database_clean_keep_version_selectors=()) == {"Loop": ["1", "2", "3", "4"]}


def test_the_oldest_versions_are_removed_first_up_to_the_limit(estate, remaining, clock):
    for number in "12345":
        estate.publish("Till", number, number, branch="main")
    clock.forward(days=91)
    assert remaining(database_clean_deletion_limit=2) == {"Till": ["3", "4", "5"]}
    assert remaining(database_clean_deletion_limit=2) == {"Till": ["5"]}


def test_a_stale_branch_is_removed_with_the_versions_that_only_it_kept(estate, remaining, clock, broker):
    estate.publish("Till", "1", "a", branch="feat")
    clock.forward(days=60)
    estate.publish("Till", "2", "b", branch="main")
    estate.publish("Till", "3", "b", branch="main")
    clock.forward(days=60)
    assert remaining(database_clean_keep_branch_selectors=()) == {"Till": ["1", "2", "3"]}
    assert remaining() == {"Till": ["2", "3"]}
    clock.forward(days=400)
    assert remaining() == {"Till": ["3"]}
    with broker.database.reading() as connection:
        assert list(connection.scalars(select(tables.branches.c.name))) == ["main"]


def test_superseded_revisions_and_results_are_removed(estate, remaining, clock, broker):
    lenient = replace(broker, settings=replace(broker.settings, allow_dangerous_contract_modification=True))
    for content in "abc":
        Estate(lenient).publish("Till", "1", content, branch="main")
    for success in (False, False, True):
        estate.verify("Till", "1", by="10", success=success)
    clock.forward(days=8)
    assert remaining() == {"Till": ["1"], "Ledger": ["10"]}
    with broker.database.reading() as connection:
        for table in (tables.pact_publications, tables.pact_versions, tables.verifications):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1, table.name


def test_jobs_are_removed_some_days_after_they_are_done_or_unwanted(estate, remaining, clock, broker):
    def left():
        with broker.database.reading() as connection:
            return {each.state: each.consumer_version for each in job_lists.search(connection, limit=10, offset=0)}

    add_webhook(broker, events=(CONTRACT_REQUIRING_VERIFICATION_PUBLISHED,))
    estate.publish("Till", "0", "0")
    estate.version("Ledger", "10", branch="main")
    for number, state in ((1, JobState.DONE), (2, JobState.UNWANTED), (3, JobState.DEAD), (4, JobState.DISPATCHED)):
        estate.publish("Till", str(number), str(number), branch="main")
        with broker.database.writing() as connection:
            newest = job_lists.search(connection, limit=1, offset=0)[0]
            jobs.settle(connection, [newest.id], state, clock())
            connection.execute(tables.triggered_webhooks.update().values(next_attempt_at=None))
    clock.forward(days=7)
    remaining()
    assert len(left()) == 4
    clock.forward(seconds=1)
    remaining()
    assert left() == {JobState.DEAD: "3", JobState.DISPATCHED: "4"}
    with broker.database.reading() as connection:
        uuids = set(connection.scalars(select(tables.triggered_webhooks.c.uuid)))
        jobs_left = job_lists.search(connection, limit=10, offset=0)
    assert {each.delivery_uuid for each in jobs_left} - {None} <= uuids


def test_decisions_about_webhooks_are_removed_after_their_time(estate, remaining, clock, broker):
    """They are all removed, beyond the limit: there is one for each event."""

    def count():
        with broker.database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(tables.webhook_decisions))

    add_webhook(broker)
    for number in "123":
        estate.publish("Till", number, "a", branch="main")
    clock.forward(days=90)
    estate.publish("Till", "4", "a", branch="main")
    remaining(database_clean_keep_version_selectors=(), database_clean_deletion_limit=0)
    assert count() == 4
    clock.forward(seconds=1)
    remaining(database_clean_keep_version_selectors=(), database_clean_deletion_limit=0)
    assert count() == 1


def test_a_superseded_success_that_ended_pending_stays(estate, remaining, clock, broker):
    estate.publish("Till", "1", "a", branch="main")
    estate.version("Ledger", "10", branch="main")
    for success in (True, False):
        estate.verify("Till", "1", by="10", success=success)
    clock.forward(days=8)
    remaining()
    with broker.database.reading() as connection:
        assert list(connection.scalars(select(tables.verifications.c.success))) == [True, False]


def test_data_that_came_into_use_after_the_plan_stays(estate, broker, clock):
    estate.environment("live")
    for number in "12345":
        estate.publish("Till", number, number, branch="main")
    clock.forward(days=91)
    planned = clean.plan(broker)
    assert planned.counts["versions"] == 4
    clock.forward(minutes=1)
    estate.deploy("Till", "1", "live")
    estate.version("Till", "2", tags=("prod",))
    estate.verify("Till", "3", by="10")
    assert clean.carry_out(broker, planned)["versions"] == 2
    with broker.database.reading() as connection:
        left = connection.scalars(select(tables.versions.c.number).order_by(tables.versions.c.id)).all()
    assert left == ["1", "2", "5", "10"]


def test_the_provider_version_of_a_content_that_is_published_again_stays(estate, broker, clock):
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10")
    estate.publish("Till", "2", "b")
    estate.version("Ledger", "11")
    clock.forward(days=91)
    planned = clean.plan(broker)
    clock.forward(minutes=1)
    estate.publish("Till", "3", "a")
    assert clean.carry_out(broker, planned)["versions"] == 1
    with broker.database.reading() as connection:
        left = connection.scalars(select(tables.versions.c.number).order_by(tables.versions.c.id)).all()
    assert left == ["10", "2", "11", "3"]


def test_only_one_process_cleans_at_a_time(broker):
    planned = clean.plan(broker)
    with locks.cleaning(broker.database) as locked:
        assert locked
        with pytest.raises(clean.Busy):
            clean.carry_out(broker, planned)
    clean.carry_out(broker, planned)


def test_planning_changes_nothing_and_can_be_repeated(estate, broker, clock):
    for number in "12":
        estate.publish("Till", number, number, branch="main")
    clock.forward(days=91)
    assert clean.plan(broker) == clean.plan(broker)
    assert clean.plan(broker).counts["versions"] == 1


def test_the_plan_lists_kept_and_removed_versions_of_each_application(estate, broker, clock):
    for number in "123":
        estate.publish("Till", number, number, branch="main")
    estate.version("Ledger", "10", tags=("prod",))
    clock.forward(days=91)
    lines = [
        (each.pacticipant, each.reason, each.count, each.oldest.number, each.newest.number)
        for each in clean.plan(broker).shares
    ]
    assert lines == [
        ("Ledger", "is the latest of its application", 1, "10", "10"),
        ("Till", "is the head of a branch", 1, "3", "3"),
        ("Till", None, 2, "1", "2"),
    ]
