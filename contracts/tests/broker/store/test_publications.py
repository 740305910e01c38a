"""Publications: contents kept once, compared and removed."""

from __future__ import annotations

import pytest
from estates import Estate
from sqlalchemy import func, select

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pact_filters, pact_lists, pacticipants, pacts, publications
from contracts.broker.store.tables import pact_publications, pact_versions, verifications
from contracts.model.pacts import Predecessor


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
def test_equal_contents_of_a_pair_are_stored_once(connection):
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


@pytest.mark.usefixtures("published")
def test_a_new_pact_is_compared_with_the_previous_of_each_of_its_tags(connection):
    consumer, provider = ids(connection)
    versions = {each: pacts.find(connection, "Ledger", "Till", each) for each in "1234"}

    def before(version):
        previous = publications.predecessors(connection, consumer, versions[version].consumer_version.id, [provider])
        return previous[provider]

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


def test_removing_pacts_removes_contents_of_no_other_version(published, database):
    published.publish("Till", "5", "e", branch="main")
    published.verify("Till", "1", by="10")
    with database.writing() as connection:
        publications.remove(connection, *ids(connection), pact_filters.on_branch("main"))
    with database.reading() as connection:
        assert [number(each) for each in pact_lists.read(connection, pact_lists.latest())] == ["2"]
        assert connection.scalar(select(func.count()).select_from(pact_versions)) == 2


def test_a_result_holds_again_once_its_content_is_published_again(published, database):
    published.verify("Till", "1", by="10")
    with database.writing() as connection:
        publications.remove(connection, *ids(connection), pact_filters.everything())
    published.publish("Till", "6", "a")
    with database.reading() as connection:
        pact = pacts.find(connection, "Ledger", "Till", "6")
        assert list(connection.scalars(select(verifications.c.pact_version_id))) == [pact.pact_version_id]


@pytest.mark.usefixtures("published")
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
        publications.remove(connection, consumer, provider, pact_filters.of_number("3"))
        left = select(func.count()).where(pact_publications.c.consumer_version_id == pact.consumer_version.id)
        assert connection.scalar(left) == 0
