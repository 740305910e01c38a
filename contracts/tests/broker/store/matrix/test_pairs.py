"""The pairs of applications that a question is about."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants
from contracts.broker.store.matrix import pairs as pairs_of
from contracts.broker.store.matrix.versions import VersionQuery, find_versions
from contracts.model.criteria import Numbered
from contracts.model.matrix import VersionFilter


@pytest.fixture
def estate(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10")
    return estate


def numbered(number):
    return VersionFilter(criteria=(Numbered(number=number),))


@pytest.fixture
def pairs(estate):
    """Pairs around or between versions and applications, as (consumer, provider, required)."""
    estate.publish("Ledger", "10", "d", provider="Bank")
    estate.publish("Kiosk", "1", "e")

    def pairs(find, *, versions=(), consumers=(), providers=()):
        with estate.broker.database.reading() as connection:
            ids = {name: pacticipants.find(connection, name).id for name in ("Till", "Ledger", "Kiosk", "Bank")}
            queries = [
                VersionQuery(version_filter=numbered(number), pacticipants={ids[name]: name})
                for name, number in versions
            ]
            selected = find_versions(connection, queries, {})
            integrations = find(
                connection,
                consumer_version_ids=[version.id for refs in selected for _, version in refs],
                consumer_ids=[ids[name] for name in consumers],
                provider_ids=[ids[name] for name in providers],
            )
        return [(each.consumer, each.provider, each.required) for each in integrations]

    return pairs


def test_around_a_version_are_the_providers_of_its_pacts_and_all_consumers(pairs):
    assert pairs(pairs_of.integrations_around, versions=[("Ledger", "10")], providers=["Ledger"]) == [
        ("Kiosk", "Ledger", False),
        ("Ledger", "Bank", True),
        ("Till", "Ledger", False),
    ]


def test_a_pair_in_both_roles_is_required(pairs):
    around = pairs(pairs_of.integrations_around, consumers=["Till"], providers=["Till", "Ledger"])
    assert ("Till", "Ledger", True) in around
    assert ("Till", "Ledger", False) not in around


def test_between_applications_are_only_their_own_pairs(pairs):
    assert pairs(pairs_of.integrations_between, consumers=["Till", "Ledger"], providers=["Till", "Ledger"]) == [
        ("Till", "Ledger", True)
    ]
    assert pairs(pairs_of.integrations_between, versions=[("Ledger", "10")], providers=["Ledger", "Bank"]) == [
        ("Ledger", "Bank", True)
    ]


def test_between_versions_without_a_pact_is_nothing(pairs):
    assert pairs(pairs_of.integrations_between, providers=["Ledger"]) == []
