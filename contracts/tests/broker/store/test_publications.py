"""Publications, contents and pacts."""

from __future__ import annotations

import pytest
from estates import Estate, statements
from sqlalchemy import func, select

from contracts.broker.broker import Broker
from contracts.broker.settings import Settings
from contracts.broker.store import pact_lists, pacticipants, pacts, publications
from contracts.broker.store.tables import pact_publications, pact_versions, verifications
from contracts.model.errors import NotFound
from contracts.model.pacts import Predecessor


@pytest.fixture
def estate(database, clock):
    return Estate(Broker(settings=Settings(), database=database, now=clock))


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
def test_what_no_version_has_is_not_found(connection, which):
    with pytest.raises(NotFound, match="none"):
        pacts.find_latest(connection, "Ledger", "Till", **which)


@pytest.mark.usefixtures("published")
def test_the_latest_of_nobody_is_none(connection):
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

    def found(**named):
        return number(pacts.find_by_sha(connection, "Ledger", "Till", second.sha, **named))

    assert found() == "3"
    assert found(version="2") == "2"
    assert found(version="1") == "3"
    assert found(version_ids=[second.consumer_version.id, 999_999]) == "2"
    assert number(pacts.get_by_sha(connection, "Ledger", "Till", second.sha)) == "3"
    with pytest.raises(NotFound, match="no pact 0000"):
        pacts.find_by_sha(connection, "Ledger", "Till", "0000")


@pytest.mark.usefixtures("published")
def test_versions_are_found_by_number_and_id(connection):
    consumer, provider = ids(connection)
    first = pacts.find(connection, "Ledger", "Till", "1").consumer_version
    named = pacts.consumer_versions(connection, consumer, version="3", version_ids=[first.id, 999_999])
    assert [each.number for each in named] == ["1", "3"]
    assert pacts.consumer_versions(connection, provider, version="3", version_ids=[first.id]) == []
    assert pacts.consumer_versions(connection, consumer, version=None, version_ids=[]) == []


@pytest.mark.usefixtures("published")
def test_the_previous_distinct_pact_has_another_content(connection):
    third = pacts.find(connection, "Ledger", "Till", "3")
    assert number(pacts.find_previous_distinct(connection, third)) == "1"
    with pytest.raises(NotFound, match="no earlier, different version"):
        pacts.find_previous_distinct(connection, pacts.find(connection, "Ledger", "Till", "1"))


@pytest.mark.usefixtures("published")
def test_equal_contents_of_a_pair_are_kept_once(connection):
    assert connection.scalar(select(func.count()).select_from(pact_versions)) == 2
    one, two = (pacts.find(connection, "Ledger", "Till", each) for each in ("2", "3"))
    assert one.pact_version_id == two.pact_version_id
    assert pacts.contents(connection, [one.pact_version_id]) == {
        one.pact_version_id: pacts.content(connection, two.pact_version_id)
    }


def test_equal_contents_of_two_pairs_are_two(published, database):
    published.publish("Kiosk", "1", "a")
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(pact_versions)) == 3


@pytest.mark.parametrize(
    ("which", "listed"),
    [
        (pacts.everything(), ["4", "3", "2", "1"]),
        (pacts.tagged("dev"), ["2", "1"]),
        (pacts.on_branch("main"), ["4", "3", "1"]),
        (pacts.on_branch(), ["4", "3", "1"]),
        (pacts.at_head("feat"), ["2"]),
        (pacts.at_head(), ["4"]),
        (pacts.of_number("3"), ["3"]),
    ],
)
@pytest.mark.usefixtures("published")
def test_the_pacts_of_a_pair_are_listed_newest_first(connection, which, listed):
    assert [number(each) for each in pact_lists.of_pair(connection, *ids(connection), which)] == listed


def test_the_pacts_of_a_provider_are_listed_by_consumer(published, database):
    published.publish("Kiosk", "7", "a")
    with database.reading() as connection:
        provider = ids(connection)[1]
        listed = pact_lists.of_provider(connection, provider, pacts.everything())
        assert [(each.consumer.name, number(each)) for each in listed][:2] == [("Kiosk", "7"), ("Till", "1")]
        latest = pact_lists.latest_of_provider(connection, provider)
        assert [(each.consumer.name, number(each)) for each in latest] == [("Kiosk", "7"), ("Till", "4")]
        assert [number(each) for each in pact_lists.latest_of_provider(connection, provider, "dev")] == ["2"]
        assert [number(each) for each in pact_lists.latest(connection)] == ["7", "4"]


def test_pacts_are_found_by_what_an_environment_holds(published, database):
    published.environment("test")
    published.deploy("Till", "1", "test")
    published.release("Till", "2", "test")
    published.publish("Till", "5", "e")
    with database.reading() as connection:
        held = pact_lists.of_provider(connection, ids(connection)[1], pacts.in_environment("test"))
        assert [number(each) for each in held] == ["1", "2"]
        assert pact_lists.of_provider(connection, ids(connection)[1], pacts.in_environment("live")) == []


@pytest.mark.usefixtures("published")
def test_a_new_pact_is_compared_with_the_previous_of_each_of_its_tags(connection):
    consumer, provider = ids(connection)
    versions = {each: pacts.find(connection, "Ledger", "Till", each) for each in "1234"}

    def before(version):
        found = publications.predecessors(connection, consumer, versions[version].consumer_version.id, [provider])
        return found[provider]

    assert before("1") == [Predecessor(tag="dev", pact_version_id=None)]
    assert before("2") == [Predecessor(tag="dev", pact_version_id=versions["1"].pact_version_id)]
    assert before("3") == [Predecessor(tag=None, pact_version_id=None)]


def test_a_pact_without_tags_is_compared_with_the_previous_one_without(published, database):
    published.publish("Till", "5", "e")
    with database.reading() as connection:
        consumer, provider = ids(connection)
        version = pacts.find(connection, "Ledger", "Till", "5").consumer_version
        third = pacts.find(connection, "Ledger", "Till", "3")
        assert publications.predecessors(connection, consumer, version.id, [provider]) == {
            provider: [Predecessor(tag=None, pact_version_id=third.pact_version_id)]
        }


def test_removing_pacts_removes_contents_that_nobody_else_has(published, database):
    published.publish("Till", "5", "e", branch="main")
    published.verify("Till", "1", by="10")
    with database.writing() as connection:
        publications.remove(connection, *ids(connection), pacts.on_branch("main"))
    with database.reading() as connection:
        assert [number(each) for each in pact_lists.latest(connection)] == ["2"]
        assert connection.scalar(select(func.count()).select_from(pact_versions)) == 2


def test_a_result_holds_again_once_its_content_is_published_again(published, database):
    published.verify("Till", "1", by="10")
    with database.writing() as connection:
        publications.remove(connection, *ids(connection), pacts.everything())
    published.publish("Till", "6", "a")
    with database.reading() as connection:
        pact = pacts.find(connection, "Ledger", "Till", "6")
        assert list(connection.scalars(select(verifications.c.pact_version_id))) == [pact.pact_version_id]


def test_removing_a_pact_removes_its_earlier_revisions(database):
    with database.writing() as connection:
        consumer, provider = ids(connection)
        pact = pacts.find(connection, "Ledger", "Till", "3")
        other = pacts.find(connection, "Ledger", "Till", "1").pact_version_id
        publications.publish(
            connection, consumer, pact.consumer_version.id, {provider: other}, {provider: 2}, pact.created_at
        )
        revised = pacts.find(connection, "Ledger", "Till", "3")
        assert (revised.revision_number, revised.pact_version_id) == (2, other)
        publications.remove(connection, consumer, provider, pacts.of_number("3"))
        left = select(func.count()).where(pact_publications.c.consumer_version_id == pact.consumer_version.id)
        assert connection.scalar(left) == 0


@pytest.mark.usefixtures("published")
def test_lists_cost_one_statement_each(database):
    with database.reading() as connection:
        provider = ids(connection)[1]
        with statements(database) as executed:
            pact_lists.of_provider(connection, provider, pacts.everything())
            pact_lists.latest(connection)
    assert len(executed) == 2
