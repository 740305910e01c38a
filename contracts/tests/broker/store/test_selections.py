"""Selectors, resolved."""

from __future__ import annotations

import pytest
from consumer_selectors import all_branches, all_tagged, branch, in_environment, latest, latest_tag, main_branch
from estates import Estate, statements
from sqlalchemy import delete

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, selections
from contracts.broker.store.tables import branches, pact_publications


@pytest.fixture
def estate(database, clock):
    return Estate(Runtime(settings=Settings(), database=database, now=clock))


@pytest.fixture
def branched(estate):
    """Till with main (a, b, d) and feat (c), Kiosk with main (k, l) and x (m)."""
    estate.publish("Till", "1", "a", branch="main", tags=("prod", "main"))
    estate.publish("Till", "2", "b", branch="main", tags=("main",))
    estate.publish("Till", "3", "c", branch="feat", tags=("feat",))
    estate.publish("Till", "4", "d", branch="main", tags=("main",))
    estate.publish("Kiosk", "1", "k", branch="main", tags=("prod",))
    estate.publish("Kiosk", "2", "l", branch="main")
    estate.publish("Kiosk", "3", "m", branch="x")
    return estate


def resolved(estate, *selectors, provider="Ledger"):
    with estate.broker.database.reading() as connection:
        provider_id = pacticipants.find(connection, provider).id
        if not selectors:
            return selections.resolve_default(connection, provider_id)
        return selections.resolve(connection, provider_id, selectors)


def selection(estate, *selectors):
    """Which consumer versions are selected, and the short reason of each, sorted."""
    return sorted(
        f"{each.pact.consumer.name} {each.pact.consumer_version.number}: {each.reason.short}"
        for each in resolved(estate, *selectors)
    )


def test_the_main_branch_is_each_consumers_own(branched):
    assert selection(branched, main_branch()) == ["Kiosk 2: latest from main branch", "Till 4: latest from main branch"]
    assert selection(branched, main_branch(consumer="Till")) == ["Till 4: latest from main branch"]


def test_a_branch_is_its_head_only(branched):
    assert selection(branched, branch("feat")) == ["Till 3: latest from branch feat"]
    assert selection(branched, branch("feat", consumer="Kiosk")) == []
    assert selection(branched, branch("none")) == []


def test_a_consumer_without_a_pact_on_the_branch_falls_back_by_itself(branched):
    assert selection(branched, branch("feat", fallback="main")) == [
        "Kiosk 2: latest from branch main",
        "Till 3: latest from branch feat",
    ]
    assert selection(branched, branch("none", fallback="x")) == ["Kiosk 3: latest from branch x"]
    assert selection(branched, branch("none", fallback="feat", consumer="Kiosk")) == []
    assert selection(branched, branch("main", fallback="main", consumer="Till")) == ["Till 4: latest from branch main"]
    (kiosk,) = resolved(branched, branch("none", fallback="x"))
    assert "because branch none has no pact" in kiosk.reason.phrase


def test_a_head_without_a_pact_with_the_provider_hides_the_versions_before_it(branched):
    branched.version("Till", "5", branch="main")
    assert selection(branched, main_branch()) == ["Kiosk 2: latest from main branch"]


def test_an_older_version_that_joins_a_branch_is_its_head(branched):
    branched.version("Till", "3", branch="main")
    assert selection(branched, branch("main", consumer="Till")) == ["Till 3: latest from branch main"]


def test_the_latest_version_of_every_branch_is_selected(branched):
    assert selection(branched, all_branches()) == [
        "Kiosk 2: latest from branch main",
        "Kiosk 3: latest from branch x",
        "Till 3: latest from branch feat",
        "Till 4: latest from branch main",
    ]
    assert len(selection(branched, all_branches(consumer="Till"))) == 2


def test_the_latest_with_a_tag_and_all_with_it(branched):
    assert selection(branched, latest_tag("main")) == ["Till 4: latest with tag main"]
    assert selection(branched, all_tagged("main")) == [
        "Till 1: one of main",
        "Till 2: one of main",
        "Till 4: one of main",
    ]
    assert selection(branched, all_tagged("prod", consumer="Kiosk")) == ["Kiosk 1: one of Kiosk prod"]
    branched.version("Till", "9", tags=("prod",))
    assert selection(branched, latest_tag("prod")) == ["Kiosk 1: latest with tag prod"]


def test_all_with_a_tag_have_each_content_once(estate):
    for number in ("1", "2", "3"):
        estate.publish("Till", number, "a", tags=("prod",))
    assert selection(estate, all_tagged("prod")) == ["Till 3: one of prod"]


def test_a_tag_that_selects_nothing_falls_back(branched):
    assert selection(branched, latest_tag("none", fallback="prod")) == [
        "Kiosk 1: latest with tag prod",
        "Till 1: latest with tag prod",
    ]
    assert selection(branched, latest_tag("none", fallback="prod", consumer="Kiosk")) == [
        "Kiosk 1: latest with tag prod"
    ]
    assert selection(branched, latest_tag("none", fallback="neither")) == []
    (till,) = resolved(branched, latest_tag("none", fallback="main"))
    assert "none" in till.reason.phrase


def test_one_consumer_with_the_tag_keeps_all_from_falling_back(branched):
    selectors = [latest_tag("feat", fallback="prod", consumer=each) for each in ("Kiosk", "Till")]
    assert selection(branched, *selectors) == ["Till 3: latest with tag feat"]


def test_the_latest_of_all_is_the_newest_version_with_a_pact(branched):
    branched.version("Till", "9", tags=("main",))
    assert selection(branched, latest()) == ["Kiosk 3: latest", "Till 4: latest"]
    assert selection(branched, latest(consumer="Till")) == ["Till 4: latest"]


def test_an_integration_without_pacts_selects_nothing(branched, database):
    with database.writing() as connection:
        connection.execute(delete(pact_publications))
    assert selection(branched, latest(), main_branch()) == []


def test_current_versions_of_an_environment_are_listed(branched):
    branched.environment("test")
    branched.environment("live")
    branched.deploy("Till", "1", "live")
    branched.deploy("Till", "2", "test")
    branched.deploy("Till", "3", "test", target="blue")
    branched.deploy("Till", "4", "live")
    branched.release("Kiosk", "1", "live")
    branched.release("Kiosk", "2", "live")
    deployed = ["Till 2: deployed to test", "Till 3: deployed to test", "Till 4: deployed to live"]
    released = ["Kiosk 1: released in live", "Kiosk 2: released in live"]
    assert selection(branched, in_environment(presence="deployed")) == deployed
    assert selection(branched, in_environment(presence="released")) == released
    assert selection(branched, in_environment()) == sorted(deployed + released)
    assert selection(branched, in_environment("live")) == sorted([*released, "Till 4: deployed to live"])
    assert selection(branched, in_environment(presence="released", environment="test")) == []
    assert selection(branched, in_environment("live", consumer="Till")) == ["Till 4: deployed to live"]


def test_by_default_the_main_branch_or_its_tag_or_the_latest_and_whatever_is_in_an_environment(estate):
    estate.publish("Branched", "1", "a", branch="main")
    estate.publish("Branched", "2", "b", branch="feat")
    estate.publish("Tagged", "1", "c", tags=("main",))
    estate.publish("Tagged", "2", "d")
    estate.publish("Plain", "1", "e")
    estate.publish("Plain", "2", "f", branch="x")
    with estate.broker.database.writing() as connection:
        tagged = pacticipants.find(connection, "Tagged").id
        connection.execute(delete(branches).where(branches.c.pacticipant_id == tagged))
    estate.environment("live")
    estate.deploy("Plain", "1", "live")
    assert selection(estate) == [
        "Branched 1: latest from main branch",
        "Plain 1: deployed to live",
        "Plain 2: latest",
        "Tagged 1: latest with tag main",
    ]


def test_the_number_of_consumers_adds_no_statement(estate, database):
    every = (
        main_branch(),
        branch("main"),
        all_branches(),
        latest_tag("main", fallback="prod"),
        all_tagged("main"),
        latest(),
        in_environment(),
        in_environment("live", presence="deployed"),
    )
    estate.environment("live")
    for number in range(8):
        estate.publish(f"Consumer {number}", "1", f"content {number}", branch="main", tags=("main",))
        estate.deploy(f"Consumer {number}", "1", "live")
    with database.reading() as connection:
        provider_id = pacticipants.find(connection, "Ledger").id
        with statements(database) as executed:
            assert len({each.pact for each in selections.resolve(connection, provider_id, every)}) == 8
        with statements(database) as by_default:
            assert len({each.pact for each in selections.resolve_default(connection, provider_id)}) == 8
    assert len(executed) == 6
    assert len(by_default) == 3
