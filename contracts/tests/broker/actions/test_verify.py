"""Everything that follows from a result."""

from __future__ import annotations

import pytest
from estates import Estate
from sqlalchemy import select

from contracts.broker.store import pacticipants, versions
from contracts.broker.store.tables import integrations


@pytest.fixture
def estate(broker):
    estate = Estate(broker)
    estate.publish("Till", "1", "a")
    return estate


def test_the_version_of_the_provider_is_made_without_branch_or_tag(estate, broker):
    result = estate.verify("Till", "1", by="10")
    with broker.database.reading() as connection:
        ledger = pacticipants.find(connection, "Ledger")
        version = versions.find(connection, ledger.id, "10")
        details = versions.details(connection, [version.id])[version.id]
    assert result.provider_version_id == version.id
    assert (details.branches, details.tags) == ((), ())
    assert estate.verify("Till", "1", by="10").provider_version_id == version.id


def test_the_integration_is_noted_as_updated(estate, broker, clock):
    clock.forward(hours=1)
    estate.verify("Till", "1", by="10")
    with broker.database.reading() as connection:
        updated = connection.scalars(select(integrations.c.contract_data_updated_at)).one()
    assert updated == clock()


def test_a_result_says_when_it_was_executed_or_it_was_now(estate, clock):
    published = clock()
    clock.forward(hours=1)
    assert estate.verify("Till", "1", by="10").executed_at == clock()
    assert estate.verify("Till", "1", by="10", executed_at=published).executed_at == published
