"""Publishing at the same moment, on both databases: nobody is refused, nothing is kept twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from contracts.broker.actions import admit, publish
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, versions
from contracts.broker.store.tables import metadata
from contracts.model.publications import Contract, Publication


THREADS = 12


@pytest.fixture
def broker(database, clock):
    return Runtime(settings=Settings(), database=database, now=clock)


@pytest.fixture
def concurrently(database):
    """After each statement of a connection, as long as there are more, somebody else does one thing, and commits it."""
    if database.sqlite:
        pytest.skip("only one writes at a time: nobody else writes at the same time")

    @contextmanager
    def concurrently(connection, *others):
        left = iter(others)

        def act(*_):
            if (work := next(left, None)) is not None:
                with database.writing() as other:
                    work(other)

        event.listen(connection, "after_cursor_execute", act)
        yield
        event.remove(connection, "after_cursor_execute", act)
        assert next(left, None) is None

    return concurrently


def send(broker, number, content, providers):
    document = {"interactions": [{"description": content}]}
    contracts = [Contract(provider=each, text=json.dumps(document), document=document) for each in providers]
    publication = Publication(consumer="Till", version=number, branch="main", tags=("dev",), contracts=tuple(contracts))
    with broker.database.writing() as connection:
        publish.publish(broker, connection, publication, base_url="http://broker")


def rows(broker):
    names = ("pacticipants", "versions", "branches", "integrations", "pact_versions", "pact_publications", "tags")
    with broker.database.reading() as connection:
        return {name: connection.scalar(select(func.count()).select_from(metadata.tables[name])) for name in names}


@pytest.mark.parametrize(
    ("number", "versions"), [("1", 1), ("{}", THREADS)], ids=["the same version", "different versions"]
)
def test_simultaneous_publications_meet(broker, number, versions):
    providers = ["Ledger", "Stock", "Mail"]
    with ThreadPoolExecutor(THREADS) as pool:
        sent = [
            pool.submit(send, broker, number.format(each), "a", providers if each % 2 else providers[::-1])
            for each in range(THREADS)
        ]
    for each in sent:
        each.result()
    assert rows(broker) == {
        "pacticipants": 4,
        "versions": versions,
        "branches": 1,
        "integrations": 3,
        "pact_versions": 3,
        "pact_publications": 3 * versions,
        "tags": versions,
    }


def test_a_name_created_at_the_same_time_is_not_a_duplicate(broker, concurrently):
    def make(other):
        pacticipants.ensure(other, "Till", broker.now())

    with broker.database.writing() as connection, concurrently(connection, make):  # after it looked and did not see one
        parties = admit.parties(broker, connection, ["Till", "Ledger"])
    assert rows(broker)["pacticipants"] == len(parties) == 2


def test_an_application_removed_at_the_same_time_is_created_again(broker, concurrently):
    def make(other):
        owner = pacticipants.ensure(other, "Till", broker.now())
        versions.ensure(other, owner.id, "1", broker.now())

    def remove(other):
        pacticipants.remove(other, pacticipants.find(other, "Till").id)

    with broker.database.writing() as connection:
        with concurrently(connection, make, remove):  # after it looked and did not see one, and when it cannot make it
            owner = pacticipants.ensure(connection, "Till", broker.now())
        version, created = versions.ensure(connection, owner.id, "1", broker.now())
    with broker.database.reading() as connection:
        assert created
        assert versions.find(connection, owner.id, "1").id == version.id


def test_a_version_removed_at_the_same_time_is_created_again(broker, concurrently):
    with broker.database.writing() as connection:
        owner = pacticipants.ensure(connection, "Till", broker.now())

    def make(other):
        versions.ensure(other, owner.id, "1", broker.now())

    def remove(other):
        versions.remove(other, [versions.find(other, owner.id, "1").id])

    with broker.database.writing() as connection, concurrently(connection, make, remove):
        version, created = versions.ensure(connection, owner.id, "1", broker.now())
    with broker.database.reading() as connection:
        assert created
        assert versions.find(connection, owner.id, "1").id == version.id
