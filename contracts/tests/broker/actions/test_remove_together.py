"""Removing while others publish, on both databases: what was published stays, heads are what a search finds.

Where a database lets two write at once, the second transaction begins when the first has done its work and has not
ended; it goes on until it waits for the first, or is done.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
from estates import Estate, contracts
from processes import wait_for
from sqlalchemy import func, select, text

from contracts.broker.actions import decide, forget, publish, remove
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import (
    branches,
    integrations,
    orphans,
    pact_filters,
    pacticipants,
    pacts,
    publications,
    tags,
    versions,
)
from contracts.broker.store.cleaning import plan
from contracts.broker.store.tables import pact_versions, tag_heads
from contracts.model.criteria import Numbered
from contracts.model.errors import Unavailable
from contracts.model.matrix import Selector, VersionFilter


@pytest.fixture
def broker(database, clock):
    return Runtime(settings=Settings(), database=database, now=clock)


@pytest.fixture
def estate(broker):
    """Till 1, with a contract that nobody has verified."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    return estate


@pytest.fixture
def concurrently(database):
    """Run *first*, then *others*, each in a transaction of its own, until they wait or are done, then end the first."""

    def concurrently(first, *others, finally_=lambda _: None):
        def run(work):
            with database.writing() as connection:
                work(connection)

        with ThreadPoolExecutor(len(others)) as pool:
            with database.writing() as connection:
                first(connection)
                begun = [pool.submit(run, each) for each in others]
                wait_for(lambda: _waiting(database) + sum(each.done() for each in begun) >= len(others))
                finally_(connection)
            wait(begun)
        for each in begun:
            each.result()

    return concurrently


def _waiting(database):
    if database.sqlite:  # a writer waits for its turn
        return 2
    with database.reading() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return connection.scalar(text(waiting))


def publishing(estate, number, content="a", **more):
    publication = contracts("Till", number, content, **more)
    return lambda connection: publish.publish(estate.broker, connection, publication, base_url="http://broker")


def version_of(connection, number):
    return versions.find_of(connection, "Till", number)


def remove_version(connection):
    remove.version(connection, version_of(connection, "1"))


def remove_pact(connection):
    pact = pacts.find(connection, "Ledger", "Till", "1")
    publications.remove(connection, pact.consumer.id, pact.provider.id, pact_filters.of_number("1"))


def forget_pair(connection):
    parties = (pacticipants.find(connection, each) for each in ("Till", "Ledger"))
    forget.pair(connection, *parties, datetime.now(UTC))


def clean_up(connection):
    version = version_of(connection, "1")
    plan.remove_versions(connection, [version.id], version.created_at + timedelta(days=1))


@pytest.mark.parametrize("removal", [remove_version, remove_pact, clean_up])
@pytest.mark.parametrize("order", ["published first", "removed first"])
def test_a_pact_that_is_published_while_the_only_other_one_goes_stays(estate, concurrently, database, removal, order):
    published = publishing(estate, "2", branch="main")
    if order == "published first":
        concurrently(published, removal)
    else:
        concurrently(removal, published)
    assert estate.pact("Till", "2").consumer_version.number == "2"
    selector = Selector(pacticipant="Till", version_filter=VersionFilter(criteria=(Numbered(number="2"),)))
    with database.reading() as connection:
        answer = decide.can_i_deploy(connection, selector, decide.to_tag("prod"))
    assert answer.verdict.deployable is not True


def test_a_pair_that_is_published_while_it_is_forgotten_is_there_as_a_whole(estate, concurrently, database):
    def begin(connection):
        consumer, provider = (pacticipants.find(connection, each) for each in ("Till", "Ledger"))
        integrations.touch(connection, consumer.id, [provider.id], estate.broker.now())
        publications.remove_pair(connection, consumer.id, provider.id)

    def end(connection):
        both = [pacticipants.find(connection, each).id for each in ("Till", "Ledger")]
        integrations.remove(connection, *both)
        orphans.remove_versions(connection, both)

    concurrently(begin, publishing(estate, "2", "b"), finally_=end)
    assert estate.pact("Till", "2").consumer_version.number == "2"
    with database.reading() as connection:
        assert [(each.consumer.name, each.provider.name) for each in integrations.relations(connection)] == [
            ("Till", "Ledger")
        ]


def test_a_pair_that_is_forgotten_while_it_is_published_goes_as_a_whole(estate, concurrently, database):
    concurrently(publishing(estate, "2", "b"), forget_pair)
    with database.reading() as connection:
        assert pacticipants.names(connection) == []
        assert connection.scalar(select(func.count()).select_from(pact_versions)) == 0


def test_an_application_that_comes_into_use_stays(estate, concurrently, database):
    """Its other pair is new, and nobody else sees it yet."""
    concurrently(publishing(estate, "2", "b", provider="Stock"), forget_pair)
    assert estate.pact("Till", "2", "Stock").consumer_version.number == "2"
    with database.reading() as connection:
        assert pacticipants.names(connection) == ["Stock", "Till"]


def test_forgetting_everything_includes_concurrent_publications(estate, concurrently, database):
    publication = contracts("Kiosk", "1", "a")
    concurrently(
        lambda connection: publish.publish(estate.broker, connection, publication, base_url="http://broker"),
        forget.everything,
    )
    with database.reading() as connection:
        assert pacticipants.names(connection) == []


def take_from_branch(connection):
    version = version_of(connection, "1")
    branch = branches.find(connection, version.pacticipant_id, "main")
    remove.branch_version(connection, branch.id, version.id)


@pytest.mark.parametrize("removal", [remove_version, take_from_branch])
def test_a_branch_does_not_go_back_while_its_head_is_taken(estate, concurrently, database, removal):
    concurrently(publishing(estate, "2", branch="main"), removal)
    with database.reading() as connection:
        newest = version_of(connection, "2")
        assert branches.find(connection, newest.pacticipant_id, "main").head_version_id == newest.id


def test_a_tag_can_be_taken_from_two_versions_at_once(estate, concurrently, database):
    for number in "23":
        estate.publish("Till", number, "a", tags=("dev",))
    concurrently(*(_untagging(number) for number in "32"))
    with database.reading() as connection:
        heads = list(connection.execute(select(tag_heads.c.name, tag_heads.c.version_id)))
        assert heads == [("dev", version_of(connection, "1").id)]


def _untagging(number):
    return lambda connection: remove.tag(connection, version_of(connection, number), "dev")


def test_versions_that_are_tagged_in_two_orders_do_not_wait_for_each_other(estate, concurrently, database):
    estate.publish("Till", "2", "a", tags=("a", "b"))

    def hold(connection):
        tags.lock_head(connection, pacticipants.find(connection, "Till").id, "a")

    pairs = [publishing(estate, f"3{''.join(each)}", provider=each[0], tags=each) for each in (("a", "b"), ("b", "a"))]
    concurrently(hold, *pairs)
    with database.reading() as connection:
        newest = versions.latest(connection, pacticipants.find(connection, "Till").id)
        heads = dict(connection.execute(select(tag_heads.c.name, tag_heads.c.version_id)).all())
        assert heads["a"] == heads["b"] == newest.id


def test_the_slower_writer_is_asked_to_try_again(estate, database):
    """What a version was given when it was removed: PostgreSQL finds that it refers to nothing."""
    if database.sqlite:
        pytest.skip("one writes at a time")
    with database.reading() as connection:
        version = version_of(connection, "1")
    with database.writing() as connection:
        remove_version(connection)
    with pytest.raises(Unavailable, match="nothing was changed, try again"), database.writing() as connection:
        tags.add(connection, version.pacticipant_id, version.id, ["prod"], estate.broker.now())
