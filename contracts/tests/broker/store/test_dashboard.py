"""What the dashboard shows."""

from __future__ import annotations

import pytest
from estates import Estate, statements

from contracts.broker.actions import remove
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import dashboard, pacticipants, versions


@pytest.fixture
def estate(database, clock):
    return Estate(Runtime(settings=Settings(), database=database, now=clock))


def shown(estate):
    with estate.broker.database.reading() as connection:
        items = dashboard.newest(connection, limit=30)
    return {f"{each.pact.consumer.name} {each.pact.consumer_version.number}": each for each in items}


def test_the_latest_pact_of_each_pair_is_shown_the_newest_version_first(estate):
    estate.publish("Till", "1", "a")
    estate.publish("Till", "2", "b")
    estate.publish("Kiosk", "1", "a")
    assert list(shown(estate)) == ["Kiosk 1", "Till 2"]


def test_the_latest_pact_of_each_tag_is_shown_with_its_tags(estate):
    estate.publish("Till", "1", "a", tags=("prod", "dev"))
    estate.publish("Till", "2", "b", tags=("dev",))
    estate.publish("Till", "3", "c")
    estate.version("Till", "4", tags=("prod",))
    assert {name: each.tags for name, each in shown(estate).items()} == {
        "Till 3": (),
        "Till 2": ("dev",),
        "Till 1": ("prod",),
    }


def test_several_heads_stand_in_the_order_in_which_the_version_joined_them(estate):
    estate.publish("Till", "1", "a", branch="z")
    estate.version("Till", "1", branch="a")
    assert shown(estate)["Till 1"].branches == ("z", "a")


def test_versions_in_an_environment_are_shown(estate):
    for number in "1234":
        estate.publish("Till", number, number)
    estate.environment("test")
    estate.deploy("Till", "1", "test")
    estate.release("Till", "2", "test")
    assert list(shown(estate)) == ["Till 4", "Till 2", "Till 1"]
    estate.deploy("Till", "4", "test")
    assert list(shown(estate)) == ["Till 4", "Till 2"]


def test_branches_and_tags_are_those_that_the_version_is_the_head_of(estate):
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10")
    estate.version("Ledger", "10", branch="main", tags=("prod", "dev"))
    item = shown(estate)["Till 1"]
    assert (item.branches, item.result_branches, item.result_tags) == (("main",), ("main",), ("dev", "prod"))
    estate.version("Ledger", "11", branch="main", tags=("dev",))
    estate.publish("Till", "2", "b", branch="main")
    item = shown(estate)["Till 1"]
    assert (item.branches, item.result_branches, item.result_tags) == ((), (), ("prod",))


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_pages_together_are_the_whole_list(estate, size):
    estate.environment("test")
    estate.publish("Till", "1", "a", tags=("prod", "old"))
    estate.publish("Desk", "1", "a")
    estate.publish("Kiosk", "1", "a")
    estate.publish("Kiosk", "1", "b", provider="Stock")
    estate.deploy("Kiosk", "1", "test")
    for number in "23456":
        estate.publish("Kiosk", number, number, tags=("dev", f"t{number}"))
    estate.version("Till", "7", tags=("prod",))
    everything = [
        *((each, "Ledger") for each in ("Kiosk 6", "Kiosk 5", "Kiosk 4", "Kiosk 3", "Kiosk 2")),
        ("Kiosk 1", "Stock"),
        ("Kiosk 1", "Ledger"),
        ("Desk 1", "Ledger"),
        ("Till 1", "Ledger"),
    ]
    with estate.broker.database.reading() as connection:
        rows = [
            dashboard.newest(connection, limit=size, offset=begin) for begin in range(0, len(everything) + size, size)
        ]
    assert [
        (f"{each.pact.consumer.name} {each.pact.consumer_version.number}", each.pact.provider.name)
        for page in rows
        for each in page
    ] == everything


def test_several_tags_of_one_version_hide_no_older_pact(estate):
    estate.publish("Till", "1", "a")
    estate.publish("Kiosk", "1", "a", tags=("dev", "prod"))
    assert list(shown(estate)) == ["Kiosk 1", "Till 1"]


def test_a_pair_without_its_newest_pact_is_shown_with_the_one_before(estate):
    for number in "12":
        estate.publish("Till", number, number)
    estate.publish("Kiosk", "1", "a")
    with estate.broker.database.writing() as connection:
        remove.version(connection, versions.find(connection, pacticipants.find(connection, "Till").id, "2"))
    assert list(shown(estate)) == ["Kiosk 1", "Till 1"]


def test_a_pair_is_shown_alone(estate):
    estate.environment("test")
    for number in "123":
        estate.publish("Till", number, number, tags=(f"t{number}",) if number == "1" else ())
        estate.publish("Till", number, number, provider="Stock", branch="main")
    estate.deploy("Till", "2", "test")
    with estate.broker.database.reading() as connection:
        till, ledger = (pacticipants.find(connection, each).id for each in ("Till", "Ledger"))
        items = dashboard.of_pair(connection, till, ledger, limit=30)
        part = dashboard.of_pair(connection, till, ledger, limit=1, offset=1)
        nothing = dashboard.of_pair(connection, ledger, till, limit=30)
    assert [(each.pact.consumer_version.number, each.pact.provider.name) for each in items] == [
        ("3", "Ledger"),
        ("2", "Ledger"),
        ("1", "Ledger"),
    ]
    assert part == items[1:2]
    assert nothing == []


@pytest.mark.parametrize(
    ("results", "status"),
    [([], "never"), ([True], "success"), ([False], "failed"), ([False, True], "success")],
)
def test_the_status_is_that_of_the_last_result(estate, results, status):
    estate.publish("Till", "1", "a")
    for number, success in enumerate(results):
        estate.verify("Till", "1", by=str(number), success=success)
    assert shown(estate)["Till 1"].status == status


def test_pairs_and_history_cost_no_statement(estate):
    def count():
        with statements(estate.broker.database) as executed:
            shown(estate)
        return len(executed)

    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.verify("Till", "1", by="10")
    few = count()
    for number in "234":
        estate.publish("Till", number, number, branch="main", tags=(f"t{number}",))
        estate.publish("Kiosk", number, number, provider="Stock")
    assert count() == few <= 6
