"""The facts of events in SQL."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import events, pacticipants, versions
from contracts.model.events import LatestResult, RequiredVersion, VersionFacts


@pytest.fixture
def estate(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a")
    return estate


@pytest.fixture
def unverified(estate, database):
    """What of a provider should verify what a version of Till published, by number."""

    def unverified(number="1", provider="Ledger"):
        pact = estate.pact("Till", number, provider)
        with database.reading() as connection:
            missing_results = events.unverified(connection, {pact.provider.id: pact.pact_version_id})
            provider_versions = missing_results.get(pact.provider.id, ())
            numbers = versions.by_ids(connection, {each.id for each in provider_versions})
        assert set(missing_results) <= {pact.provider.id}
        return [(numbers[each.id].number, each.descriptions) for each in provider_versions]

    return unverified


def test_a_provider_without_versions_requires_nothing(unverified):
    assert unverified() == []


def test_a_version_on_no_branch_tag_or_environment_requires_nothing(estate, unverified):
    estate.version("Ledger", "10")
    assert unverified() == []


def test_the_head_of_main_requires_a_result(estate, unverified):
    estate.version("Ledger", "10", branch="main")
    estate.version("Ledger", "11", branch="main")
    estate.version("Ledger", "12", branch="feat")
    assert unverified() == [("11", ("latest from main branch",))]


def test_without_a_main_branch_the_latest_version_with_its_tag_counts(estate, unverified, database, clock):
    estate.version("Ledger", "10", tags=("trunk",))
    estate.version("Ledger", "11", tags=("trunk",))
    with database.writing() as connection:
        ledger = pacticipants.find(connection, "Ledger")
        pacticipants.set_main_branch(connection, ledger.id, "trunk", clock())
    clock.forward(hours=1)
    assert ("11", ("latest from main branch",)) in unverified()
    assert len(unverified()) == 1


def test_deployed_and_released_versions_require_a_result_and_name_the_environment(estate, unverified):
    for name in ("production", "staging"):
        estate.environment(name)
    estate.version("Ledger", "10", branch="main")
    estate.version("Ledger", "9")
    estate.deploy("Ledger", "9", "staging")
    estate.deploy("Ledger", "9", "staging", target="other")
    estate.deploy("Ledger", "10", "production")
    estate.deploy("Ledger", "10", "staging", target="third")
    estate.release("Ledger", "10", "production")
    descriptions = (
        "latest from main branch",
        "deployed in production",
        "deployed in staging",
        "released in production",
    )
    assert unverified() == [("10", descriptions), ("9", ("deployed in staging",))]


def test_a_replaced_version_requires_no_result(estate, unverified):
    estate.environment("production")
    estate.version("Ledger", "9")
    estate.version("Ledger", "10")
    estate.deploy("Ledger", "9", "production")
    estate.deploy("Ledger", "10", "production")
    assert unverified() == [("10", ("deployed in production",))]


@pytest.mark.parametrize("success", [True, False])
def test_a_result_of_the_content_is_enough_whatever_it_says(estate, unverified, success):
    estate.version("Ledger", "10", branch="main")
    estate.verify("Till", "1", by="10", success=success)
    estate.publish("Till", "2", "b")
    estate.publish("Till", "3", "a")
    assert unverified("1") == unverified("3") == []
    assert unverified("2") == [("10", ("latest from main branch",))]


def test_one_query_covers_several_providers(estate, database):
    for provider in ("Ledger", "Stock", "Mail"):
        estate.publish("Till", "2", "b", provider=provider)
    estate.version("Ledger", "10", branch="main")
    estate.version("Stock", "20", branch="main")
    estate.verify("Till", "2", by="20", provider="Stock")
    estate.version("Stock", "21", branch="main")
    estate.version("Mail", "30")
    pacts = [estate.pact("Till", "2", provider) for provider in ("Ledger", "Stock", "Mail")]
    with database.reading() as connection:
        missing_results = events.unverified(connection, {each.provider.id: each.pact_version_id for each in pacts})
        heads = {
            name: versions.branch_head(connection, pacticipants.find(connection, name).id, "main").id
            for name in ("Ledger", "Stock")
        }
    main = ("latest from main branch",)
    assert missing_results == {
        pacts[0].provider.id: (RequiredVersion(id=heads["Ledger"], number="10", descriptions=main),),
        pacts[1].provider.id: (RequiredVersion(id=heads["Stock"], number="21", descriptions=main),),
    }


def test_versions_have_their_last_branch_and_their_tags(estate, database):
    estate.version("Ledger", "10", branch="feat", tags=("dev", "test"))
    estate.version("Ledger", "10", branch="main")
    estate.version("Ledger", "11")
    with database.reading() as connection:
        ledger = pacticipants.find(connection, "Ledger")
        ids = [versions.find(connection, ledger.id, number).id for number in ("10", "11")]
        assert events.versions_of(connection, ids) == {
            ids[0]: VersionFacts(number="10", branch="main", tags=("dev", "test")),
            ids[1]: VersionFacts(number="11"),
        }
        assert events.versions_of(connection, []) == {}


def test_the_result_that_counts_is_the_latest_from_main_or_else_the_latest(estate, database):
    estate.publish("Till", "2", "b")
    first = estate.verify("Till", "1", by="9")
    second = estate.verify("Till", "1", by="8", success=False)
    one, other = (estate.pact("Till", number).pact_version_id for number in ("1", "2"))
    with database.reading() as connection:
        assert events.results_of(connection, [one, other]) == {one: _result(second)}
    estate.version("Ledger", "9", branch="main")
    with database.reading() as connection:
        assert events.results_of(connection, [one, other]) == {one: _result(first)}
    again = estate.verify("Till", "1", by="9", success=False)
    third = estate.verify("Till", "2", by="8")
    with database.reading() as connection:
        assert events.results_of(connection, [one, other]) == {one: _result(again), other: _result(third)}


def _result(verification):
    return LatestResult(
        number=verification.number, success=verification.success, provider_version_id=verification.provider_version_id
    )
