"""Pairs of applications."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import integrations, pacticipants


@pytest.fixture
def estate(database, clock):
    """Till with Ledger (1) and Stock (2), Kiosk with Ledger (1), a minute apart."""
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    clock.forward(minutes=1)
    estate.publish("Till", "2", "a", branch="feat", provider="Stock")
    clock.forward(minutes=1)
    estate.publish("Kiosk", "1", "a")
    return estate


def pair(connection, consumer="Till", provider="Ledger"):
    return pacticipants.find(connection, consumer), pacticipants.find(connection, provider)


def names(relations):
    return [(each.consumer.name, each.provider.name) for each in relations]


@pytest.mark.usefixtures("estate")
def test_pairs_are_found_by_either_name_in_any_case_the_last_changed_first(database):
    with database.reading() as connection:
        assert names(integrations.search(connection)) == [("Kiosk", "Ledger"), ("Till", "Stock"), ("Till", "Ledger")]
        assert names(integrations.search(connection, "STO")) == [("Till", "Stock")]
        assert names(integrations.search(connection, "till", limit=1, offset=1)) == [("Till", "Ledger")]
        assert (integrations.count(connection), integrations.count(connection, "till")) == (3, 2)
        assert names(integrations.relations(connection)) == [
            ("Kiosk", "Ledger"),
            ("Till", "Ledger"),
            ("Till", "Stock"),
        ]


def test_new_data_brings_a_pair_to_the_front(estate, database, clock):
    clock.forward(minutes=1)
    estate.publish("Till", "1", "a")
    with database.reading() as connection:
        assert names(integrations.search(connection, limit=1)) == [("Till", "Ledger")]


def test_a_provider_has_verified_once_it_published_a_result(estate, database):
    estate.verify("Till", "1", by="10", success=False)
    with database.reading() as connection:
        till, ledger = pair(connection)
        stock = pacticipants.find(connection, "Stock")
        assert integrations.verified(connection, till.id, [ledger.id, stock.id]) == {ledger.id}
