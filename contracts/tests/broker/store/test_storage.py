"""The bytes that an application stores."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Text, cast, func, select

from contracts.broker.actions import seed
from contracts.broker.store import storage
from contracts.broker.store.tables import pact_versions, pacticipants, verifications
from contracts.model import seeds


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)], indirect=True)
def test_contracts_count_for_the_consumer_and_results_for_the_provider(database):
    with database.writing() as connection:
        seed.write(connection, seeds.plan(20, 1), datetime(2026, 11, 1, tzinfo=UTC))
        connection.execute(verifications.update().values(test_results={"tests": ["é"]}))
        contents, results, names = (
            {},
            {},
            dict(connection.execute(select(pacticipants.c.id, pacticipants.c.name)).all()),
        )
        for consumer, content in connection.execute(select(pact_versions.c.consumer_id, pact_versions.c.content)):
            contents[consumer] = contents.get(consumer, 0) + len(content.encode())
        size = connection.execute(select(func.max(cast(verifications.c.test_results, Text)))).scalar_one()
        for (provider,) in connection.execute(select(verifications.c.provider_id)):
            results[provider] = results.get(provider, 0) + len(size.encode())
    assert contents
    assert results
    with database.reading() as connection:
        for number, name in names.items():
            expected = contents.get(number, 0) + results.get(number, 0)
            assert storage.of_application(connection, name) == expected, name
        assert storage.of_application(connection, "nobody") == 0
