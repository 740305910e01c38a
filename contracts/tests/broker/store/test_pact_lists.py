"""Lists of pacts."""

from __future__ import annotations

import pytest
from estates import Estate, statements

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pact_filters, pact_lists, pacticipants


@pytest.fixture
def estate(database, clock):
    return Estate(Runtime(settings=Settings(), database=database, now=clock))


@pytest.fixture
def published(estate):
    """Till 1 (main, dev: a), 2 (feat, dev: b), 3 (main: b), 4 (main, prod: a)."""
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.publish("Till", "2", "b", branch="feat", tags=("dev",))
    estate.publish("Till", "3", "b", branch="main")
    estate.publish("Till", "4", "a", branch="main", tags=("prod",))
    return estate


@pytest.fixture
def connection(database):
    with database.writing() as connection:
        yield connection


def ids(connection):
    return pacticipants.find(connection, "Till").id, pacticipants.find(connection, "Ledger").id


def number(pact):
    return pact.consumer_version.number


@pytest.mark.parametrize(
    ("which", "listed"),
    [
        (pact_filters.everything(), ["4", "3", "2", "1"]),
        (pact_filters.tagged("dev"), ["2", "1"]),
        (pact_filters.on_branch("main"), ["4", "3", "1"]),
        (pact_filters.on_branch(), ["4", "3", "1"]),
        (pact_filters.at_head("feat"), ["2"]),
        (pact_filters.at_head(), ["4"]),
        (pact_filters.of_number("3"), ["3"]),
    ],
)
@pytest.mark.usefixtures("published")
def test_the_pacts_of_a_pair_are_listed_newest_first(connection, which, listed):
    assert [number(each) for each in pact_lists.of_pair(connection, *ids(connection), which)] == listed


def test_the_pacts_of_a_provider_are_listed_by_consumer(published, database):
    published.publish("Kiosk", "7", "a")
    with database.reading() as connection:
        provider = ids(connection)[1]
        listed = pact_lists.read(connection, pact_lists.of_provider(provider, pact_filters.everything()))
        assert [(each.consumer.name, number(each)) for each in listed][:2] == [("Kiosk", "7"), ("Till", "1")]
        latest = pact_lists.read(connection, pact_lists.latest_of_provider(provider))
        assert [(each.consumer.name, number(each)) for each in latest] == [("Kiosk", "7"), ("Till", "4")]
        assert [
            number(each) for each in pact_lists.read(connection, pact_lists.latest_of_provider(provider, "dev"))
        ] == ["2"]
        assert [number(each) for each in pact_lists.read(connection, pact_lists.latest())] == ["7", "4"]


def test_pacts_are_found_by_the_versions_of_an_environment(published, database):
    published.environment("test")
    published.deploy("Till", "1", "test")
    published.release("Till", "2", "test")
    published.publish("Till", "5", "e")
    with database.reading() as connection:
        provider = ids(connection)[1]
        here, elsewhere = (
            pact_lists.of_provider(provider, pact_filters.in_environment(each)) for each in ("test", "live")
        )
        assert [number(each) for each in pact_lists.read(connection, here)] == ["1", "2"]
        assert pact_lists.read(connection, elsewhere) == []


def test_a_list_of_pacts_has_pages(published, database):
    published.publish("Kiosk", "7", "a")
    with database.reading() as connection:
        for listing in (
            pact_lists.latest(),
            pact_lists.of_provider(ids(connection)[1], pact_filters.everything()),
            pact_lists.latest_of_provider(ids(connection)[1]),
        ):
            whole = pact_lists.read(connection, listing)
            assert pact_lists.count(connection, listing) == len(whole)
            assert pact_lists.read(connection, listing, limit=1, offset=1) == whole[1:2]


@pytest.mark.usefixtures("published")
def test_lists_cost_one_statement_each(database):
    with database.reading() as connection:
        provider = ids(connection)[1]
        with statements(database) as executed:
            pact_lists.read(connection, pact_lists.of_provider(provider, pact_filters.everything()))
            pact_lists.read(connection, pact_lists.latest())
    assert len(executed) == 2
