"""Forgetting pairs, and what is left without them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from estates import Estate
from sqlalchemy import func, select

from contracts.broker.actions import forget
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import branches, integrations, pacticipants, versions
from contracts.broker.store.tables import metadata, tag_heads, webhooks


NOW = datetime.now(UTC)


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


def test_forgetting_a_pair_leaves_the_data_of_others(estate, database):
    estate.verify("Till", "1", by="10")
    add_webhook(database, consumer="Till", provider="Ledger")
    add_webhook(database, provider="Ledger")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection), NOW)
    with database.reading() as connection:
        assert names(integrations.relations(connection)) == [("Kiosk", "Ledger"), ("Till", "Stock")]
        till, ledger = pair(connection)
        assert versions.get(connection, till.id, "1") is None
        assert versions.get(connection, till.id, "2") is not None
        assert versions.get(connection, ledger.id, "10") is None
        assert branches.find(connection, till.id, "main").head_version_id is None
        assert connection.scalar(select(func.count()).select_from(tag_heads)) == 0
        assert list(connection.scalars(select(webhooks.c.uuid))) == ["None-Ledger"]


def test_forgetting_a_pair_moves_heads_to_the_remaining_versions(estate, database):
    estate.publish("Till", "3", "b", branch="feat")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection), NOW)
        till = pacticipants.find(connection, "Till")
        head = branches.find(connection, till.id, "feat").head_version_id
        assert head == versions.find(connection, till.id, "2").id


@pytest.mark.usefixtures("estate")
def test_applications_of_which_nothing_is_left_go_with_their_last_pair(database):
    with database.writing() as connection:
        forget.pair(connection, *pair(connection, "Till", "Stock"), NOW)
        assert set(pacticipants.names(connection)) == {"Till", "Ledger", "Kiosk"}
        forget.pair(connection, *pair(connection, "Till", "Ledger"), NOW)
        assert set(pacticipants.names(connection)) == {"Ledger", "Kiosk"}


@pytest.mark.usefixtures("estate")
def test_an_application_that_a_webhook_is_for_stays(database):
    add_webhook(database, provider="Stock")
    with database.writing() as connection:
        forget.pair(connection, *pair(connection, "Till", "Stock"), NOW)
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
