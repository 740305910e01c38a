"""Verification results and their summary."""

from __future__ import annotations

from datetime import UTC, datetime

from contracts.model.verifications import Verification, summarise


def result(provider, *, success):
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    return Verification(
        id=7,
        pact_version_id=1,
        sha="abc",
        consumer="Till",
        consumer_version_number="1",
        provider=provider,
        provider_id=2,
        provider_version_id=3,
        provider_version_number="10",
        success=success,
        wip=False,
        pending=None,
        build_url=None,
        executed_at=moment,
        created_at=moment,
    )


def test_each_provider_is_successful_failed_or_unknown():
    summary = summarise(
        {"Stock": result("Stock", success=True), "Ledger": result("Ledger", success=False), "Api": None}
    )
    assert (summary.successful, summary.failed, summary.unknown) == (("Stock",), ("Ledger",), ("Api",))
    assert summary.success is False


def test_an_unknown_provider_is_not_a_success():
    assert summarise({"Stock": result("Stock", success=True), "Api": None}).success is False


def test_all_providers_successful_is_success():
    assert summarise({"Stock": result("Stock", success=True)}).success is True


def test_a_version_without_pacts_succeeds():
    assert summarise({}).success is True


def test_the_order_of_the_providers_stays():
    assert summarise(dict.fromkeys("CAB")).unknown == ("C", "A", "B")


def test_a_result_has_a_number_and_the_name_of_its_pact():
    assert result("Ledger", success=True).number == 7
    assert result("Ledger", success=True).pact_name == "Pact between Till (1) and Ledger"
    assert result("Ledger", success=True).of("2").pact_name == "Pact between Till (2) and Ledger"
