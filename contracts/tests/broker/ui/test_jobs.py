"""The pages of verification jobs: what became of each verification, and why."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from contracts.broker.store import job_lists
from contracts.broker.store.tables import verification_jobs
from contracts.model.jobs import JobState


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


@pytest.fixture
def job(broker, publish, verify, deploy):
    """A job of `api` 10 for the contract of `web` 2, without a webhook; a function that sets its columns."""
    publish("1")
    verify("1", "10")
    deploy("api", "10", "production")
    publish("2")
    with broker.database.reading() as connection:
        (one,) = job_lists.search(connection, pacticipant="api", state=JobState.NEEDED, limit=2, offset=0)

    def change(**values):
        with broker.database.writing() as connection:
            connection.execute(update(verification_jobs).values(values or {"attempts": 0}))
        return one.uuid

    return change


def test_without_jobs_the_page_says_when_one_is_needed(page):
    text = words(page("/verification-jobs"))
    assert "No verification was needed yet." in text
    assert "Create a webhook…" in text


def test_a_job_that_nothing_requests_says_why_and_what_to_do(page, job):
    uuid = job()
    listed = page("/verification-jobs")
    assert "○ not requested yet, needs attention just now web 2 → api 10" in words(listed)
    assert "No webhook requests its verification. Request it now…" in words(listed)
    shown = page(f"/verification-jobs/{uuid}")
    assert "No webhook requests this verification: none that is enabled" in words(shown)
    assert f"contracts jobs retry --uuid {uuid}" in html.unescape(shown)
    assert f"method=POST&path=%2Fverification-jobs%2F{uuid}" in html.unescape(shown)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (JobState.DEAD, "✘ given up just now It was requested 3 times, and no result arrived."),
        (JobState.LOST, "needed requested, without a result build started result It was requested 3 times"),
        (JobState.DONE, "✔ done just now A result arrived."),
        (JobState.UNWANTED, "· no longer needed just now The provider version does not need this result any more."),
    ],
)
def test_a_job_says_what_became_of_it(broker, page, job, state, text):
    uuid = job(state=state, attempts=3, deadline=broker.now() + timedelta(minutes=1) if state == "lost" else None)
    shown = page(f"/verification-jobs/{uuid}")
    assert text in words(shown)
    assert ("Request it again…" in words(shown)) == (state is not JobState.DONE)
    assert ("data-refresh" in shown) == (state is JobState.LOST)


def test_filters_are_in_the_url_and_count_what_they_lead_to(page, job):
    job(state=JobState.DEAD, attempts=3)
    text = words(page("/verification-jobs?pacticipant=web&version=2&state=dead"))
    assert "1 verification given up of web 2" in text
    assert "newest first" not in text
    assert "1 All 1 given up 0 without a result" in text
    assert "in the state “done” of an application with the name api." in words(
        page("/verification-jobs?pacticipant=api&state=done")
    )
    assert "No verification of an application with the name nobody." in words(
        page("/verification-jobs?pacticipant=nobody&state=typo")
    )


def test_a_job_is_linked_from_its_version_and_the_overview(page, job):
    uuid = job()
    version = html.unescape(page("/pacticipants/api/versions/10"))
    assert f'href="/verification-jobs/{uuid}"' in version
    assert 'href="/verification-jobs?pacticipant=api&version=10"' in version
    assert 'href="/verification-jobs"' in page("/")


def test_names_and_addresses_do_not_become_markup(broker, page, job):
    uuid = job(state=JobState.STARTED, build_url="javascript:alert(1)", started_at=broker.now(), reasons=["<script>"])
    for path in ("/verification-jobs?pacticipant=<script>", "/verification-jobs", f"/verification-jobs/{uuid}"):
        shown = page(path)
        assert "<script>" not in shown
        assert "javascript:" not in shown


def test_a_missing_job_is_a_page_that_says_so(page):
    assert "There is no verification job with the uuid" in html.unescape(page("/verification-jobs/none", status=404))


def test_an_unknown_state_is_named_with_those_that_exist(page):
    text = page("/verification-jobs?state=running")

    assert "There is no state “running”, only: dead, lost, needed," in text
    assert "There is no" not in page("/verification-jobs?state=")
