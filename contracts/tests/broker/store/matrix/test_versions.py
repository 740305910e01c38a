"""The versions that selectors select."""

from __future__ import annotations

import pytest
from estates import Estate, statements

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants
from contracts.broker.store.matrix import versions as matrix
from contracts.broker.store.matrix.versions import VersionQuery
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import VersionFilter


@pytest.fixture
def estate(database, clock):
    """Till's versions 1 to 3 on branches and with tags, 1 and 2 in an environment; Ledger's 10 on a main branch too."""
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.publish("Till", "2", "b", branch="main", tags=("prod", "dev"))
    estate.publish("Till", "3", "c", branch="feat")
    estate.version("Ledger", "10", branch="main", tags=("prod",))
    estate.environment("live")
    estate.deploy("Till", "1", "live")
    estate.deploy("Till", "2", "live", target="blue")
    estate.release("Till", "2", "live")
    return estate


@pytest.fixture
def numbers_of(estate):
    """The numbers of the versions of applications that meet them."""

    def numbers_of(*criteria, latest=False, of=("Till",)):
        version_filter = VersionFilter(criteria=criteria, latest=latest)
        with estate.broker.database.reading() as connection:
            ids = matrix.ids_of(connection, of, ["live"])
            named = {ids.pacticipants[name]: name for name in of}
            query = VersionQuery(version_filter=version_filter, pacticipants=named)
            ((*versions,),) = matrix.find_versions(connection, [query], ids.environments)
            for pacticipant_id, version in versions:
                assert ids.pacticipants[version.pacticipant] == pacticipant_id
            return [version.number for _, version in versions]

    return numbers_of


# criteria, whether only the latest counts, and Till's versions that meet them
SELECTORS = (
    ((Numbered(number="2"),), False, ["2"]),
    ((Numbered(number="9"),), False, []),
    ((), True, ["3"]),
    ((Tagged(tag="prod"),), False, ["1", "2"]),
    ((Tagged(tag="prod"),), True, ["2"]),
    ((Tagged(tag="none"),), True, []),
    ((OnBranch(branch="main"),), False, ["1", "2"]),
    ((OnBranch(branch="main"),), True, ["2"]),
    ((OnBranch(branch="none"),), True, []),
    ((OnMainBranch(),), False, ["1", "2"]),
    ((OnMainBranch(),), True, ["2"]),
    ((InEnvironment(environment="live"),), False, ["1", "2"]),
    ((InEnvironment(environment="live"),), True, ["2"]),
    ((InEnvironment(environment="none"),), False, []),
    ((OnBranch(branch="main"), Tagged(tag="dev")), False, ["2"]),
    ((OnBranch(branch="feat"), Tagged(tag="prod")), False, []),
    ((OnBranch(branch="main"), OnMainBranch(), InEnvironment(environment="live")), True, ["2"]),
    ((Numbered(number="1"), Tagged(tag="prod")), False, ["1"]),
    ((Tagged(tag="prod"), InEnvironment(environment="live")), True, ["2"]),
)


def test_a_selector_selects_the_versions_that_meet_every_criterion(numbers_of):
    for criteria, latest, numbers in SELECTORS:
        assert numbers_of(*criteria, latest=latest) == numbers, (criteria, latest)


def test_the_latest_version_is_selected_for_each_application(numbers_of):
    both = ("Till", "Ledger")
    assert numbers_of(latest=True, of=both) == ["3", "10"]
    assert numbers_of(Tagged(tag="prod"), latest=True, of=both) == ["2", "10"]
    assert numbers_of(OnMainBranch(), latest=True, of=both) == ["2", "10"]


def test_an_undeployed_version_is_no_longer_in_the_environment(estate, numbers_of):
    estate.version("Till", "4")
    estate.deploy("Till", "4", "live")
    assert numbers_of(InEnvironment(environment="live")) == ["2", "4"]


def test_any_number_of_selectors_takes_one_statement(estate):
    with estate.broker.database.reading() as connection:
        till = pacticipants.find(connection, "Till").id
        queries = [
            VersionQuery(version_filter=VersionFilter(criteria=(Numbered(number=number),)), pacticipants={till: "Till"})
            for number in "123" * 9
        ]
        with statements(estate.broker.database) as executed:
            selected = matrix.find_versions(connection, queries, {})
    assert len(executed) == 1
    assert [version.number for ((_, version),) in selected] == ["1", "2", "3"] * 9


def test_no_selector_takes_no_statement(estate):
    with estate.broker.database.reading() as connection, statements(estate.broker.database) as executed:
        assert matrix.find_versions(connection, [], {}) == []
    assert executed == []


def test_names_are_compared_with_their_case(estate):
    with estate.broker.database.reading() as connection:
        ids = matrix.ids_of(connection, {"Till", "till", "Nobody"}, {"live", "LIVE"})
    assert (list(ids.pacticipants), list(ids.environments)) == (["Till"], ["live"])
