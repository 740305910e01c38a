"""`contracts jobs`."""

from __future__ import annotations

import pytest

from contracts.client import Webhook, WebhookRequest


@pytest.fixture(scope="module", autouse=True)
def _estate(client, publish):
    """Ledger 10 is the head of main, and has verified neither till 1 nor till 2."""
    publish("till", "ledger", "0", path="/zero")
    client.add_branch(pacticipant="ledger", version="10", branch="main")
    for number in ("1", "2"):
        publish("till", "ledger", number, path=f"/{number}")


def test_jobs_are_listed_the_newest_first_with_filters(ask, contracts):
    jobs = ask("jobs", "list")
    assert [each["consumerVersion"] for each in jobs] == ["2", "1", "0"]
    assert {each["providerVersion"] for each in jobs} == {"10"}
    assert len(ask("jobs", "list", "--limit", "1")) == 1
    assert len(ask("jobs", "list", "--pacticipant", "till", "--version", "1", "--state", "needed")) == 1
    assert ask("jobs", "list", "--state", "dead") == []
    listed = contracts("jobs", "list")
    assert "needed" in listed.stdout
    assert " of them. See why: contracts jobs show --uuid" in listed.stderr
    assert "There are no such verification jobs." in contracts("jobs", "list", "--state", "lost").stdout


def test_a_version_needs_its_application(contracts):
    assert "--version needs --pacticipant" in contracts("jobs", "list", "--version", "1", status=2).output


def test_a_job_is_shown_with_what_to_do(ask, contracts):
    (job,) = ask("jobs", "list", "--pacticipant", "till", "--version", "1")
    uuid = job["uuid"]
    assert ask("jobs", "show", "--uuid", uuid)["reasons"] == ["latest from main branch"]
    assert f"contracts jobs retry --uuid {uuid}" in contracts("jobs", "show", "--uuid", uuid).stdout


def test_a_job_is_requested_again_by_its_webhook(ask, contracts, client):
    uuid = ask("jobs", "list", "--limit", "1")[0]["uuid"]
    assert "No enabled webhook can request" in contracts("jobs", "retry", "--uuid", uuid, status=1).output
    request = WebhookRequest(url="http://127.0.0.1:1/")
    client.create_webhook(Webhook(events=("contract_requiring_verification_published",), request=request))
    retried = contracts("jobs", "retry", "--uuid", uuid).stdout
    assert "Requested the verification of till by ledger 10 again." in retried
    assert f"/verification-jobs/{uuid}" in retried
    assert ask("jobs", "retry", "--uuid", uuid)["problem"] is None


@pytest.mark.parametrize("command", ["show", "retry"])
def test_an_unknown_job_says_how_to_list_them(contracts, command):
    output = contracts("jobs", command, "--uuid", "none", status=2).output
    assert "no verification job with the UUID 'none'. List them: contracts jobs list" in output
