from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from contracts.cli import main
from contracts.client import Broker, Contract, UsageError
from contracts.verification import bundles
from contracts.verification.bundles import BundledPact, PactResult


COMMIT = "1" * 40
PACT = {
    "consumer": {"name": "shop"},
    "provider": {"name": "stock"},
    "interactions": [
        {"description": "a request", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}


def test_pacts_and_results_are_read_as_they_were_written(tmp_path):
    pact = BundledPact(url="http://b/1", pending=True, document={"interactions": [], "é": 1})
    bundles.write_pacts(tmp_path / "pacts", "stock", [pact])
    assert bundles.read_pacts(tmp_path / "pacts", "stock") == (pact,)
    result = PactResult(url="http://b/1", success=False, test_results=({"success": False},))
    bundles.write_results(tmp_path / "results", "stock", [result])
    assert bundles.read_results(tmp_path / "results", "stock") == (result,)


RESULT = {"url": "http://b/1", "success": True, "testResults": []}
WHOLE = {"format": bundles.RESULTS, "provider": "stock", "results": [RESULT]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "not valid JSON|is not"),
        ('{"format": 1, "format": 2}', "format"),
        (json.dumps([]), "format contracts-results/1"),
        (json.dumps(WHOLE | {"format": "x"}), "format contracts-results/1"),
        (json.dumps(WHOLE | {"provider": "till"}), "about the provider 'till', not 'stock'"),
        (json.dumps(WHOLE | {"results": {}}), "has no list 'results'"),
        (json.dumps(WHOLE | {"results": [1]}), "JSON object"),
        (json.dumps(WHOLE | {"results": [RESULT | {"url": ""}]}), "without 'url'"),
        (json.dumps(WHOLE | {"results": [RESULT | {"success": "true"}]}), "no outcome"),
        (json.dumps(WHOLE | {"results": [RESULT, RESULT]}), "two results"),
        (json.dumps(WHOLE | {"results": [RESULT | {"testResults": None}]}), "has no list 'testResults'"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(tmp_path, document, message):
    (tmp_path / "results").write_text(document)
    with pytest.raises(UsageError, match=message):
        bundles.read_results(tmp_path / "results", "stock")


def test_a_missing_and_a_large_file_are_refused(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="cannot be read"):
        bundles.read_results(tmp_path / "absent", "stock")
    monkeypatch.setattr(bundles, "MOST_BYTES", 1)
    (tmp_path / "large").write_text("{}")
    with pytest.raises(UsageError, match="larger than"):
        bundles.read_results(tmp_path / "large", "stock")


@pytest.fixture
def selected(pact_broker, tmp_path, monkeypatch):
    """The URL of the one pact that the broker selects."""
    monkeypatch.setenv("PACT_BROKER_BASE_URL", pact_broker.base_url)
    with Broker(pact_broker.base_url) as broker:
        broker.create_or_update_pacticipant("shop", main_branch="main")
        contract = Contract(consumer="shop", provider="stock", content=json.dumps(PACT).encode())
        broker.publish_contracts(pacticipant="shop", version="1", contracts=[contract], branch="main")
    done = CliRunner().invoke(main, ["export-pacts", str(tmp_path / "pacts"), "--provider", "stock"])
    assert done.exit_code == 0, done.output
    assert "Wrote 1 pact of stock to" in done.output
    (pact,) = bundles.read_pacts(tmp_path / "pacts", "stock")
    return pact.url


def publish(path, *results: PactResult, **changes: object):
    bundles.write_results(path, "stock", results)
    if changes:
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return CliRunner().invoke(main, ["publish-results", str(path), "--provider", "stock", "--version", COMMIT])


@pytest.mark.parametrize("success", [True, False])
def test_an_outcome_is_published_under_the_version_of_the_command(selected, pact_broker, tmp_path, success):
    result = PactResult(url=selected, success=success, test_results=())
    done = publish(tmp_path / "results", result, version="2" * 40, branch="main", providerApplicationVersion="3")
    assert done.exit_code == 0, done.output
    assert f"Published 1 result of version {COMMIT} of stock." in done.output
    with Broker(pact_broker.base_url) as broker:
        (row,) = broker.matrix([{"pacticipant": "shop"}, {"pacticipant": "stock"}]).rows
        assert (row.success, row.provider_version) == (success, COMMIT)
        assert broker.version("stock", COMMIT).branches == ()


def test_a_result_of_a_pact_that_is_not_selected_publishes_nothing(selected, pact_broker, tmp_path):
    good = PactResult(url=selected, success=True, test_results=())
    foreign = PactResult(url=f"{pact_broker.base_url}/pacts/other", success=True, test_results=())
    done = publish(tmp_path / "results", good, foreign)
    assert done.exit_code == 2
    assert "does not select" in done.output
    with Broker(pact_broker.base_url) as broker:
        assert [each.success for each in broker.matrix([{"pacticipant": "shop"}]).rows] == [None]


def test_a_selected_pact_without_a_result_is_reported(selected, tmp_path):
    assert selected
    done = publish(tmp_path / "results")
    assert done.exit_code == 0
    assert "the pact of version 1 of shop has no result" in " ".join(done.output.split())
