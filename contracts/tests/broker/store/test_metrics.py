"""What the broker holds, counted."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import metrics


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
