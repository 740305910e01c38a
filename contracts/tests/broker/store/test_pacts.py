"""Pacts, found."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, pacts
from contracts.model.errors import NotFound


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


@pytest.mark.usefixtures("published")
def test_a_pact_is_found_by_its_version(connection):
    pact = pacts.find(connection, "Ledger", "Till", "2")
    assert pact.name == "Pact between Till (2) and Ledger"
    assert pact.revision_number == 1
    assert pacts.get(connection, "Ledger", "Till", "9") is None
    with pytest.raises(NotFound, match=r"no pact between Till \(9\) and Ledger"):
        pacts.find(connection, "Ledger", "Till", "9")


@pytest.mark.parametrize(
    ("which", "expected"),
    [({}, "4"), ({"tag": "dev"}, "2"), ({"tag": "prod"}, "4"), ({"branch": "feat"}, "2"), ({"branch": "main"}, "4")],
)
@pytest.mark.usefixtures("published")
def test_the_latest_is_the_greatest_version_that_meets_the_question(connection, which, expected):
    assert number(pacts.find_latest(connection, "Ledger", "Till", **which)) == expected


@pytest.mark.parametrize("which", [{"tag": "none"}, {"branch": "none"}])
@pytest.mark.usefixtures("published")
def test_a_tag_without_versions_is_not_found(connection, which):
    with pytest.raises(NotFound, match="none"):
        pacts.find_latest(connection, "Ledger", "Till", **which)


@pytest.mark.usefixtures("published")
def test_without_versions_there_is_no_latest_one(connection):
    assert pacts.get_latest(connection, "Till", "Ledger") is None


@pytest.mark.usefixtures("published")
def test_the_latest_without_tags_is_found(connection):
    assert number(pacts.find_untagged(connection, "Ledger", "Till")) == "3"


@pytest.mark.usefixtures("estate")
def test_without_any_untagged_version_there_is_none(connection):
    with pytest.raises(NotFound, match="without tags"):
        pacts.find_untagged(connection, "Ledger", "Till")


def test_a_branchs_latest_pact_is_found_although_its_head_has_none(published, database):
    published.version("Till", "5", branch="feat")
    with database.reading() as connection:
        assert number(pacts.find_latest(connection, "Ledger", "Till", branch="feat")) == "2"


@pytest.mark.usefixtures("published")
def test_a_content_is_found_as_the_version_named_or_the_latest(connection):
    second = pacts.find(connection, "Ledger", "Till", "2")

    def lookup(**named):
        return number(pacts.find_by_sha(connection, "Ledger", "Till", second.sha, **named))

    assert lookup() == "3"
    assert lookup(version="2") == "2"
    assert lookup(version="1") == "3"
    assert lookup(version_ids=[second.consumer_version.id, 999_999]) == "2"
    assert number(pacts.get_by_sha(connection, "Ledger", "Till", second.sha)) == "3"
    with pytest.raises(NotFound, match="no pact 0000"):
        pacts.find_by_sha(connection, "Ledger", "Till", "0000")


@pytest.mark.usefixtures("published")
def test_versions_are_found_by_number_and_id(connection):
    consumer, provider = ids(connection)
    first = pacts.find(connection, "Ledger", "Till", "1").consumer_version
    named = pacts.consumer_versions(connection, consumer, version="3", version_ids=[first.id, 999_999])
    assert [each.number for each in named] == ["3", "1"]
    assert pacts.consumer_versions(connection, provider, version="3", version_ids=[first.id]) == []
    assert pacts.consumer_versions(connection, consumer, version=None, version_ids=[]) == []


@pytest.mark.usefixtures("published")
def test_the_previous_distinct_pact_has_another_content(connection):
    third = pacts.find(connection, "Ledger", "Till", "3")
    assert number(pacts.find_previous_distinct(connection, third)) == "1"
    with pytest.raises(NotFound, match="no earlier, different version"):
        pacts.find_previous_distinct(connection, pacts.find(connection, "Ledger", "Till", "1"))
