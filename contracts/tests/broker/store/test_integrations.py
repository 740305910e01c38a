"""Integrations, and what is left when they are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from estates import Estate
from sqlalchemy import func, select

from contracts.broker.actions import forget
from contracts.broker.broker import Broker
from contracts.broker.settings import Settings
from contracts.broker.store import branches, integrations, metrics, pacticipants, versions
from contracts.broker.store.tables import metadata, tag_heads, webhooks


@pytest.fixture
def estate(database, clock):
    """Till with Ledger (1) and Stock (2), Kiosk with Ledger (1), a minute apart."""
    estate = Estate(Broker(settings=Settings(), database=database, now=clock))
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


def add_webhook(database, *, consumer=None, provider=None):
    now = datetime.now(UTC)
    with database.writing() as connection:
        connection.execute(
            webhooks.insert().values(
                uuid=f"{consumer}-{provider}",
                enabled=True,
                consumer_id=consumer and pacticipants.find(connection, consumer).id,
                provider_id=provider and pacticipants.find(connection, provider).id,
                method="POST",
                url="https://example.org",
                headers={},
                created_at=now,
                updated_at=now,
            )
        )


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
        first, second = pair(connection)
        assert integrations.get_id(connection, first.id, second.id) == integrations.ids(connection)[0]
        assert integrations.get_id(connection, second.id, first.id) is None


def test_a_provider_has_verified_once_it_published_a_result(estate, database):
    estate.verify("Till", "1", by="10", success=False)
    with database.reading() as connection:
        till, ledger = pair(connection)
        stock = pacticipants.find(connection, "Stock")
        assert integrations.verified(connection, till.id, [ledger.id, stock.id]) == {ledger.id}


def test_forgetting_a_pair_leaves_what_others_have(estate, database):
    estate.verify("Till", "1", by="10")
    add_webhook(database, consumer="Till", provider="Ledger")
    add_webhook(database, provider="Ledger")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection))
    with database.reading() as connection:
        assert names(integrations.relations(connection)) == [("Kiosk", "Ledger"), ("Till", "Stock")]
        till, ledger = pair(connection)
        assert versions.get(connection, till.id, "1") is None
        assert versions.get(connection, till.id, "2") is not None
        assert versions.get(connection, ledger.id, "10") is None
        assert branches.find(connection, till.id, "main").head_version_id is None
        assert connection.scalar(select(func.count()).select_from(tag_heads)) == 0
        assert list(connection.scalars(select(webhooks.c.uuid))) == ["None-Ledger"]


def test_forgetting_a_pair_moves_heads_to_what_is_left(estate, database):
    estate.publish("Till", "3", "b", branch="feat")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection))
        till = pacticipants.find(connection, "Till")
        head = branches.find(connection, till.id, "feat").head_version_id
        assert head == versions.find(connection, till.id, "2").id


@pytest.mark.usefixtures("estate")
def test_applications_of_which_nothing_is_left_go_with_their_last_pair(database):
    with database.writing() as connection:
        forget.pair(connection, *pair(connection, "Till", "Stock"))
        assert set(pacticipants.names(connection)) == {"Till", "Ledger", "Kiosk"}
        forget.pair(connection, *pair(connection, "Till", "Ledger"))
        assert set(pacticipants.names(connection)) == {"Ledger", "Kiosk"}


@pytest.mark.usefixtures("estate")
def test_an_application_that_a_webhook_is_for_stays(database):
    add_webhook(database, provider="Stock")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection, "Till", "Stock"))
        assert "Stock" in pacticipants.names(connection)


def test_forgetting_everything_leaves_environments_alone(estate, database):
    estate.environment("test")
    estate.deploy("Till", "1", "test")
    estate.verify("Till", "1", by="10")
    add_webhook(database)
    with database.writing() as connection:
        forget.everything(connection)
        left = {
            name: connection.scalar(select(func.count()).select_from(table)) for name, table in metadata.tables.items()
        }
    assert {name for name, rows in left.items() if rows} == {"environments"}


def test_everything_is_counted(estate, database):
    estate.verify("Till", "1", by="10")
    estate.verify("Till", "1", by="10", success=False)
    estate.environment("test")
    estate.deploy("Till", "1", "test")
    with database.reading() as connection:
        counts = metrics.counts(connection)
        assert metrics.revisions_per_version(connection) == {1: 3}
        assert metrics.results_per_content(connection) == {2: 1}
    assert {name: counts[name] for name in ("pacts", "contents", "interactions", "messages", "integrations")} == {
        "pacts": 3,
        "contents": 3,
        "interactions": 3,
        "messages": 0,
        "integrations": 3,
    }
    assert (counts["results"], counts["successes"], counts["failures"], counts["distinct_results"]) == (2, 1, 1, 2)
    assert (counts["deployed_versions"], counts["currently_deployed"], counts["deployed_by_users"]) == (1, 1, 1)
    assert (counts["versions"], counts["versions_with_branch"], counts["tags"]) == (4, 2, 1)
