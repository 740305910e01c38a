"""The documents that explain a verdict, of any broker and verifier."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.model.matrix_documents import (
    FailedInteraction,
    JobFacts,
    Response,
    ResponseRow,
    ResultDetails,
    Side,
    Trigger,
    read_jobs,
    read_response,
    read_result,
    read_triggers,
)


def link(href):
    return {"href": href}


ROW = {
    "consumer": {"name": "till", "version": {"number": "1", "branch": "main", "branches": [{"name": "main"}]}},
    "provider": {"name": "ledger", "version": {"number": "7", "branches": [{"name": "a"}, {"name": "b"}]}},
    "pact": {"createdAt": "2026-05-04T10:00:00+00:00", "_links": {"self": link("/pact")}},
    "verificationResult": {
        "success": False,
        "verifiedAt": "2026-05-04T11:00:00+00:00",
        "_links": {"self": link("/result")},
    },
}


def test_a_row_has_both_versions_with_their_branches_and_its_result():
    document = {"summary": {"deployable": False, "reason": "a failure"}, "matrix": [ROW]}
    read = ResponseRow(
        consumer=Side(name="till", number="1", branches=("main", "main")),
        provider=Side(name="ledger", number="7", branches=("a", "b")),
        success=False,
        verified_at=datetime(2026, 5, 4, 11, tzinfo=UTC),
        result_url="/result",
        pact_url="/pact",
    )
    assert read_response(document) == Response(deployable=False, reason="a failure", rows=(read,))


def test_a_row_without_a_result_has_no_provider_version():
    row = ROW | {"provider": {"name": "ledger", "version": None}, "verificationResult": None, "ignored": True}
    (read,) = read_response({"summary": {"deployable": None}, "matrix": [row]}).rows
    assert (read.provider, read.success, read.verified_at) == (Side(name="ledger", number=None), None, None)
    assert (read.result_url, read.ignored) == (None, True)


@pytest.mark.parametrize(
    ("success", "attested", "expected"),
    [
        (True, False, (None, True)),
        (True, True, (True, False)),
        (True, None, (True, False)),
        (False, False, (False, False)),
    ],
)
def test_a_success_without_a_required_attestation_is_none(success, attested, expected):
    row = ROW | {"verificationResult": {"success": success, "attested": attested}}
    (read,) = read_response({"summary": {"deployable": None}, "matrix": [row]}).rows
    assert (read.success, read.unattested) == expected


@pytest.mark.parametrize("document", [{}, {"summary": None, "matrix": None}, {"summary": [], "matrix": [1, "x"]}])
def test_omitted_fields_are_empty(document):
    assert read_response(document) == Response(deployable=None, reason="", rows=())


MISMATCH = {"attribute": "body", "identifier": "$.id", "description": "not equal", "expected": 1, "actual": 2}


@pytest.mark.parametrize(
    ("results", "failed"),
    [
        (
            [
                {"interactionDescription": "ok", "success": True, "mismatches": []},
                {"interactionDescription": "a", "success": False, "mismatches": [MISMATCH]},
                {"interactionId": "1f", "success": False, "mismatches": [], "exceptions": []},
            ],
            (
                FailedInteraction(description="a", mismatch="body $.id: not equal", expected="1", actual="2"),
                FailedInteraction(description="1f"),
            ),
        ),
        (
            {
                "tests": [
                    {"interactionDescription": "b", "status": "failed", "exception": {"message": "expected 1"}},
                    {"interactionDescription": "c", "status": "passed"},
                ]
            },
            (FailedInteraction(description="b", mismatch="expected 1"),),
        ),
        (None, ()),
    ],
    ids=["rust", "ruby", "none"],
)
def test_a_result_has_its_failed_interactions_and_its_build(results, failed):
    document = {"testResults": results, "buildUrl": "https://ci/7"}
    assert read_result(document) == ResultDetails(build_url="https://ci/7", failed=failed)


def test_a_triggered_webhook_has_its_event_status_time_and_logs():
    item = {
        "eventName": "contract_published",
        "status": "failure",
        "triggeredAt": "2026-05-04T10:00:00Z",
        "_links": {"pb:logs": link("/logs")},
    }
    moment = datetime(2026, 5, 4, 10, tzinfo=UTC)
    trigger = Trigger(event="contract_published", status="failure", triggered_at=moment, logs_url="/logs")
    assert read_triggers({"_embedded": {"triggeredWebhooks": [item]}}) == (trigger,)
    assert read_triggers({}) == ()


def test_a_mismatch_that_has_its_values_in_its_description_does_not_repeat_them():
    mismatch = {"description": "expected 200 but was 500", "expected": 200, "actual": 500}
    result = {"testResults": [{"interactionDescription": "a", "success": False, "mismatches": [mismatch]}]}
    (failed,) = read_result(result).failed
    assert failed == FailedInteraction(description="a", mismatch="expected 200 but was 500")


def test_a_job_has_its_state_and_who_should_verify_what():
    document = {
        "state": "started",
        "attempts": 2,
        "resultExpected": True,
        "deadline": "2026-05-04T10:30:00Z",
        "createdAt": "2026-05-04T10:00:00Z",
        "startedAt": "2026-05-04T10:01:00Z",
        "uuid": "1f",
        "buildUrl": "https://ci/7",
        "consumer": {"name": "till", "version": "1"},
        "provider": {"name": "ledger", "version": "7"},
        "_links": {"self": link("/job"), "pb:logs": link("/logs")},
    }
    job = JobFacts(
        consumer=Side(name="till", number="1"),
        provider=Side(name="ledger", number="7"),
        state="started",
        attempts=2,
        deadline=datetime(2026, 5, 4, 10, 30, tzinfo=UTC),
        requested_at=datetime(2026, 5, 4, 10, tzinfo=UTC),
        started_at=datetime(2026, 5, 4, 10, 1, tzinfo=UTC),
        build_url="https://ci/7",
        job_url="/job",
        uuid="1f",
        logs_url="/logs",
    )
    assert read_jobs({"_embedded": {"verificationJobs": [document]}}) == (job,)
    (row,) = read_response({"summary": {}, "matrix": [ROW | {"verificationJob": document}]}).rows
    assert row.job == job
    (without,) = read_jobs({"_embedded": {"verificationJobs": [{"state": "needed", "problem": "No webhook"}]}})
    assert (without.result_expected, without.provider) == (False, Side(name="", number=None))
