"""Publishing at the same moment, on both databases: nobody is refused, nothing is kept twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, func, select

from contracts.broker.actions import admit, publish
from contracts.broker.broker import Broker
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants
from contracts.broker.store.tables import metadata
from contracts.model.publications import Contract, Publication


THREADS = 12


@pytest.fixture
def broker(database, clock):
    return Broker(settings=Settings(), database=database, now=clock)


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


def test_a_name_that_somebody_else_makes_meanwhile_is_nobody_s_duplicate(broker):
    if broker.database.sqlite:
        pytest.skip("only one writes at a time: nobody else makes anything meanwhile")

    def make(*_):
        with broker.database.writing() as other:
            pacticipants.ensure(other, "Till", broker.now())

    with broker.database.writing() as connection:
        event.listen(connection, "after_cursor_execute", make, once=True)  # when it knows that there is none
        parties = admit.parties(broker, connection, ["Till", "Ledger"])
    assert rows(broker)["pacticipants"] == len(parties) == 2
