"""How much the broker holds."""

from __future__ import annotations

import pytest
from estates import Estate

from contracts.broker.store.backups import history


@pytest.fixture(autouse=True)
def estate(broker, clock):
    """Till 1 (main, prod) with Ledger, verified by 10; then Till 2 with Stock."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10", success=False)
    clock.forward(minutes=1)
    estate.publish("Till", "2", "b", provider="Stock")
    return estate


def test_metrics_count_the_objects_of_each_kind(http):
    metrics = http.get("/metrics").json()
    assert metrics["interactions"] == {
        "latestInteractionsCount": 2,
        "latestMessagesCount": 0,
        "latestInteractionsAndMessagesCount": 2,
    }
    assert metrics["pactPublications"] == {
        "count": 2,
        "first": "2026-11-23T08:00:00+00:00",
        "last": "2026-11-23T08:01:00+00:00",
    }
    assert metrics["pactRevisionsPerConsumerVersion"] == {"distribution": {"1": 2}}
    assert metrics["verificationResultsPerPactVersion"] == {"distribution": {"1": 1}}
    assert metrics["verificationResults"]["failureCount"] == 1
    assert metrics["matrix"] == {"count": -1}
    assert http.delete("/integrations").status_code == 204
    assert http.get("/metrics").json()["pactPublications"] == {"count": 0, "first": None, "last": None}


def test_metrics_have_the_last_scheduled_backups(broker, http, clock):
    assert http.get("/metrics").json()["backups"] == {"last": None, "lastFailed": None}
    for error in (None, "the disk is full"):
        clock.forward(hours=1)
        with broker.database.writing() as connection:
            number = history.claim(connection, clock(), "here", clock())
            history.finish(connection, number, clock(), file="x", size_bytes=1, error=error)
    backups = {"last": "2026-11-23T09:01:00+00:00", "lastFailed": "2026-11-23T10:01:00+00:00"}
    assert http.get("/metrics").json()["backups"] == backups
    text = http.get("/metrics", headers={"Accept": "text/plain;version=0.0.4"}).text
    assert f"\npact_broker_last_backup_timestamp_seconds {int(clock().timestamp()) - 3600}\n" in text
    assert f"\npact_broker_last_failed_backup_timestamp_seconds {int(clock().timestamp())}\n" in text
