"""`wait=SECONDS` on the questions to the matrix."""

from __future__ import annotations

import threading
import time

import pytest
from estates import Estate
from hooks import add_webhook

from contracts.broker.store import expected_results, jobs
from contracts.model.jobs import JobState
from contracts.model.webhooks import EVENTS


pytestmark = pytest.mark.usefixtures("estate")

QUESTIONS = (
    "/can-i-deploy?pacticipant=Till&version=1&environment=production",
    "/matrix?q[][pacticipant]=Till&q[][version]=1&environment=production&latestby=cvpv",
    "/matrix/provider/Ledger/consumer/Till?",
    "/pacticipants/Till/branches/main/latest-version/can-i-deploy/to-environment/production?",
    "/pacticipants/Till/latest-version/dev/can-i-deploy/to/prod?",
)
UNKNOWN = QUESTIONS[0]


@pytest.fixture
def estate(broker):
    """A webhook requests the verification of Till 1 by Ledger 10, which is deployed."""
    add_webhook(broker, events=EVENTS)
    estate = Estate(broker)
    estate.environment("production")
    estate.version("Ledger", "10", branch="main", tags=("prod",))
    estate.deploy("Ledger", "10", "production")
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    return estate


def test_a_time_out_of_range_is_an_error_that_names_the_range(http):
    for question in QUESTIONS:
        for value in ("121", "-1", "1.5", "soon"):
            answer = http.get(f"{question}&wait={value}")
            assert answer.status_code == 400
            assert "must be a whole number of seconds from 0 to 120" in answer.text


def test_only_a_client_that_knows_waiting_learns_whether_results_are_expected(http):
    for question in QUESTIONS:
        document = http.get(f"{question}&wait=0").json()
        assert document["summary"]["deployable"] is None
        assert document["summary"].pop("resultsExpected") is True
        assert http.get(question).json() == document


def test_the_wait_ends_at_once_if_no_result_is_expected(http, broker, estate, clock):
    pact = estate.pact("Till", "1")
    with broker.database.writing() as connection:
        (expected,) = expected_results.of_pacts(connection, [pact.id])
        jobs.settle(connection, [expected.job_id], JobState.DEAD, clock())
    began = time.monotonic()
    summary = http.get(f"{UNKNOWN}&wait=120").json()["summary"]
    assert (summary["deployable"], summary["resultsExpected"]) == (None, False)
    assert time.monotonic() - began < 50


def test_the_wait_ends_with_the_result(http, estate, broker):
    def publish():
        while not broker.waiting.count:
            time.sleep(0.001)
        estate.verify("Till", "1", by="10")

    began = time.monotonic()
    publisher = threading.Thread(target=publish)
    publisher.start()
    summary = http.get(f"{UNKNOWN}&wait=60").json()["summary"]
    publisher.join()
    assert (summary["deployable"], summary["resultsExpected"]) == (True, False)
    assert time.monotonic() - began < 50
