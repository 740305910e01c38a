"""Results in the order of their source, whatever it counts them by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.client.archive.results import ListedResult, listed_results, numbered
from contracts.client.archive.results import result as read
from contracts.client.errors import UnexpectedAnswer
from contracts.model.attestations import Attestation


START = datetime(2026, 3, 1, tzinfo=UTC)


def result(number, sha, version, seconds):
    return ListedResult(
        number=number,
        consumer="Till",
        provider="Ledger",
        sha=sha,
        provider_version=version,
        verified_at=START + timedelta(seconds=seconds),
        href=f"/{sha}/{number}",
    )


results = st.lists(
    st.builds(result, st.integers(1, 9), st.sampled_from("ab"), st.sampled_from("12"), st.integers(0, 9)),
    unique_by=lambda each: (each.sha, each.number),
)


@given(results)
def test_each_result_has_its_own_number_in_the_order_of_its_content(listed):
    ordered, gaps = numbered(listed)
    assert sorted(each.href for each in ordered) == sorted(each.href for each in listed)
    assert all(one.number < other.number for one, other in pairwise(ordered))
    for sha in "ab":
        before = [each.href for each in sorted(listed, key=lambda each: each.number) if each.sha == sha]
        assert [each.href for each in ordered if each.sha == sha] == before
    unique = len({each.number for each in listed}) == len(listed)
    assert bool(gaps) != unique
    if unique:
        assert {each.href: each.number for each in ordered} == {each.href: each.number for each in listed}


@given(results)
def test_the_last_of_a_content_and_version_is_the_latest(listed):
    ordered, _ = numbered(listed)
    for each in ordered:
        same = [one.number for one in ordered if (one.sha, one.provider_version) == (each.sha, each.provider_version)]
        assert each.latest == (each.number == max(same))


def test_a_result_has_the_attestation_that_a_broker_shows():
    build = {"service": "CI", "issuer": "https://ci", "repository": "org/api", "run": "1", "commit": "a"}
    document = {"verificationDate": "2026-03-01T00:00:00+00:00", "providerApplicationVersion": "1", "success": True}
    listed = result(1, "a", "1", 0)
    assert read(listed, document).attestation is None
    shown = build | {"imported": True, "counts": False}
    assert read(listed, document | {"attestation": shown}).attestation == Attestation(**build)


def row(href):
    document = {"success": True, "verifiedAt": "2026-03-01T00:00:00+00:00", "_links": {"self": {"href": href}}}
    return {
        "consumer": {"name": "Till"},
        "provider": {"name": "Ledger", "version": {"number": "10"}},
        "verificationResult": document,
    }


def test_results_are_read_from_the_rows_that_have_one_each_once():
    base = "https://broker.example.org/pacts/provider/Ledger/consumer/Till/pact-version"
    rows = [
        row(f"{base}/abc/metadata/Y3Zu/verification-results/7"),
        row(f"{base}/abc/verification-results/7"),
        row(f"{base}/def/verification-results/8"),
        {"verificationResult": None},
    ]
    assert [(each.sha, each.number, each.provider_version) for each in listed_results(rows)] == [
        ("abc", 7, "10"),
        ("def", 8, "10"),
    ]


def test_an_address_that_is_not_of_a_result_is_refused():
    with pytest.raises(UnexpectedAnswer, match="is not the URL of a result"):
        listed_results([row("https://broker.example.org/elsewhere")])
