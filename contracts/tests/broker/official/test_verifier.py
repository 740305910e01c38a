"""The official verifier, pact-python's, against a broker over a real socket: what it gets, and what it publishes."""

from __future__ import annotations

import json

import requests
from official_loop import BRANCH, BUILD, PROVIDER
from pact import Verifier

from contracts.broker.store import pacts, verifications


def test_results_for_a_branch_and_tags_reach_the_broker(loop):
    loop.publish("web", "1", "/good")
    loop.publish("till", "1", "/good", tags=("prod",))
    results = loop.from_broker(loop.verifier("1.2.3+abc", tags=("dev", "t 1")), main_branch=True)
    assert results["result"] is True
    assert {each["consumer"] for each in results["interactionResults"]} == {"web", "till"}
    for consumer in ("web", "till"):
        result = loop.latest(consumer, "1")
        assert (result["success"], result["providerApplicationVersion"]) == (True, "1.2.3+abc")
        assert result["buildUrl"] == BUILD
        assert result["verifiedBy"]["implementation"] == "Pact-Rust"
        assert [each["success"] for each in result["testResults"]] == [True]
    provider = "/pacticipants/Product%20Catalogue%2F1"
    assert loop.get(f"{provider}/branches/feat%2Fx%20y/versions/1.2.3%2Babc").status_code == 200
    version = loop.get(f"{provider}/versions/1.2.3%2Babc").json()
    assert {each["name"] for each in version["_embedded"]["tags"]} == {"dev", "t 1"}


def test_a_failure_of_a_pending_pact_is_published_and_does_not_fail_the_run(loop):
    loop.publish("web", "1", "/missing")
    results = loop.from_broker(loop.verifier("1"), main_branch=True)
    assert results["result"] is True
    assert len(results["pendingErrors"]) == 1
    assert "This pact is pending" in json.dumps(results["notices"])
    result = loop.latest("web", "1")
    assert result["success"] is False
    (test,) = result["testResults"]
    assert test["interactionId"]
    assert test["mismatches"]


def test_a_failure_of_a_pact_that_was_verified_fails_the_run(loop):
    loop.publish("web", "1", "/good")
    assert loop.from_broker(loop.verifier("1"), main_branch=True)["result"] is True
    verifier = Verifier(PROVIDER, host="127.0.0.1").add_transport(url=loop.running.base_url)  # it answers 404
    verifier.set_publish_options("2", url=BUILD, branch=BRANCH)
    results = loop.from_broker(verifier, main_branch=True)
    assert results["result"] is False
    assert len(results["errors"]) == 1
    result = loop.latest("web", "1")
    assert (result["success"], result["providerApplicationVersion"]) == (False, "2")


def test_work_in_progress_is_verified_and_its_result_is_marked(loop):
    loop.publish("web", "1", "/good")
    loop.publish("web", "2", "/missing", branch="feat")
    results = loop.from_broker(loop.verifier("1"), wip=True, main_branch=True)
    assert results["result"] is True
    assert len(results["interactionResults"]) == 2
    assert len(results["pendingErrors"]) == 1
    marks = {}
    for version in ("1", "2"):
        with loop.running.broker.database.reading() as connection:
            pact = pacts.find(connection, PROVIDER, "web", version)
            result = verifications.latest_for_content(connection, pact.pact_version_id)
        marks[version] = (result.success, result.wip)
    assert marks == {"1": (True, False), "2": (False, True)}


def test_one_pact_is_verified_by_its_address_and_the_result_published(loop):
    loop.publish("web", "1", "/good")
    question = requests.post(
        f"{loop.running.base_url}/pacts/provider/Product%20Catalogue%2F1/for-verification",
        json={"consumerVersionSelectors": [{"latest": True}]},
        timeout=60,
    )
    (item,) = question.json()["_embedded"]["pacts"]
    results = loop.run(loop.verifier("1").add_source(item["_links"]["self"]["href"]))
    assert results["result"] is True
    result = loop.latest("web", "1")
    assert (result["success"], result["providerApplicationVersion"]) == (True, "1")
    assert loop.get("/pacticipants/Product%20Catalogue%2F1/branches/feat%2Fx%20y/versions/1").status_code == 200


def test_a_run_without_pacts_says_so(loop):
    loop.publish("web", "1", "/good")
    results = loop.from_broker(loop.verifier("1"), branch="none")
    assert results["result"] is False
    assert results["interactionResults"] == []
    assert "No pacts" in json.dumps(results["errors"])
