"""`/verification-jobs`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estates import Estate, statements
from hooks import add_webhook

from contracts.broker.api.hal import timestamp
from contracts.broker.store import deliveries, job_lists, jobs
from contracts.broker.webhooks.fetches import Fetch
from contracts.model.jobs import JobState
from contracts.model.webhooks import EVENTS


@pytest.fixture
def estate(broker):
    """Ledger 10 is deployed, and has verified nothing of three contents of Till."""
    estate = Estate(broker)
    estate.version("Ledger", "10")
    estate.environment("production")
    estate.deploy("Ledger", "10", "production")
    for number in "123":
        estate.publish("Till", number, number)
    return estate


def listed(http, query=""):
    return http.get(f"/verification-jobs{query}").json()


@pytest.mark.usefixtures("estate")
def test_jobs_are_listed_the_newest_first(http):
    items = listed(http)["_embedded"]["verificationJobs"]
    assert [each["consumer"] for each in items] == [{"name": "Till", "version": number} for number in "321"]
    assert items[0]["provider"] == {"name": "Ledger", "version": "10"}
    assert items[0]["state"] == "needed"
    assert items[0]["reasons"] == ["deployed in production"]
    assert (items[0]["attempts"], items[0]["attemptsRemaining"], items[0]["deadline"]) == (0, 3, None)
    assert "No webhook requests this verification" in items[0]["problem"]


@pytest.mark.usefixtures("estate")
def test_a_job_is_found_under_its_link_with_its_pact_and_provider_version(http):
    job = listed(http)["_embedded"]["verificationJobs"][0]
    assert http.get(job["_links"]["self"]["href"]).json() == job
    assert http.get(job["_links"]["pb:pact-version"]["href"]).json()["interactions"][0]["description"] == "3"
    assert http.get(job["_links"]["pb:provider-version"]["href"]).json()["number"] == "10"


def test_a_requested_job_links_to_the_log_of_its_request(estate, broker, http):
    add_webhook(broker, events=EVENTS)
    estate.publish("Till", "4", "4")
    job = listed(http)["_embedded"]["verificationJobs"][0]
    assert job["problem"] is None
    log = http.get(job["_links"]["pb:logs"]["href"], headers={"Accept": "application/hal+json"}).json()
    assert log["eventName"] == "contract_requiring_verification_published"


@pytest.mark.usefixtures("estate")
def test_the_index_and_a_version_link_to_the_jobs(http):
    index = http.get("/", headers={"Accept": "application/hal+json"}).json()["_links"]
    assert http.get(index["pb:verification-jobs"]["href"]).json() == listed(http)
    version = http.get("/pacticipants/Ledger/versions/10").json()["_links"]
    assert len(http.get(version["pb:verification-jobs"]["href"]).json()["_embedded"]["verificationJobs"]) == 3


@pytest.mark.usefixtures("estate")
def test_the_list_comes_in_pages(http):
    first = listed(http, "?size=2")
    assert first["page"] == {"number": 1, "size": 2, "totalElements": 3, "totalPages": 2}
    second = http.get(first["_links"]["next"]["href"]).json()
    assert [each["consumer"]["version"] for each in second["_embedded"]["verificationJobs"]] == ["1"]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?pacticipant=Till", 3),
        ("?pacticipant=Till&version=2", 1),
        ("?pacticipant=Ledger&version=10", 3),
        ("?pacticipant=Ledger&version=2", 0),
        ("?state=needed", 3),
        ("?state=dead", 0),
    ],
)
def test_the_list_has_filters(http, query, count):
    assert len(listed(http, query)["_embedded"]["verificationJobs"]) == count


@pytest.mark.usefixtures("estate")
def test_the_links_between_pages_keep_the_filters(http):
    first = listed(http, "?pacticipant=Till&state=needed&size=2")
    assert "pacticipant=Till&state=needed" in first["_links"]["next"]["href"]


def test_the_head_of_another_main_branch_needs_results(broker, http):
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main")
    estate.version("Ledger", "10", branch="trunk")
    assert listed(http)["_embedded"]["verificationJobs"] == []
    for _ in range(2):
        assert http.patch("/pacticipants/Ledger", json={"mainBranch": "trunk"}).status_code == 200
    (job,) = listed(http)["_embedded"]["verificationJobs"]
    assert (job["provider"]["version"], job["reasons"]) == ("10", ["latest from main branch"])
    assert job["resultExpected"] is True


def test_an_unknown_state_is_refused_with_all_states(http):
    response = http.get("/verification-jobs?state=sleeping")
    assert response.status_code == 400
    assert "needed, dispatched, started, lost, done, unwanted, dead" in response.text


def test_an_unknown_job_is_not_found(http):
    assert http.get("/verification-jobs/none").status_code == 404


def test_a_post_requests_the_verification_again_with_all_attempts(estate, broker, http, clock):
    add_webhook(broker, events=EVENTS)
    estate.publish("Till", "4", "4")
    job = listed(http)["_embedded"]["verificationJobs"][0]
    with broker.database.writing() as connection:
        for _ in range(3):
            jobs.not_dispatched(connection, job_lists.find(connection, job["uuid"]).delivery_uuid, clock())
        jobs.settle(connection, [job_lists.find(connection, job["uuid"]).id], JobState.DEAD, clock())

    again = http.post(job["_links"]["pb:request-verification"]["href"]).json()

    assert (again["state"], again["attempts"], again["problem"]) == ("needed", 0, None)
    assert again["_links"]["pb:logs"] != job["_links"]["pb:logs"]
    with broker.database.reading() as connection:
        assert deliveries.find(connection, again["_links"]["pb:logs"]["href"].split("/")[-2]).attempts_made == 0


@pytest.mark.usefixtures("estate")
def test_a_post_requests_what_no_webhook_requested_before(broker, http):
    add_webhook(broker, events=EVENTS)
    job = listed(http, "?pacticipant=Till&version=2")["_embedded"]["verificationJobs"][0]
    again = http.post(job["_links"]["pb:request-verification"]["href"]).json()
    assert (again["state"], again["problem"], again["resultExpected"]) == ("needed", None, True)
    with broker.database.reading() as connection:
        delivery = deliveries.find(connection, again["_links"]["pb:logs"]["href"].split("/")[-2])
    assert delivery.event_name == "contract_requiring_verification_published"
    assert delivery.parameters["consumerVersionNumber"] == "2"
    assert delivery.parameters["providerVersionDescriptions"] == "deployed in production"


@pytest.mark.usefixtures("estate")
def test_a_post_to_a_job_without_a_webhook_is_a_conflict_with_what_to_do(http):
    job = listed(http)["_embedded"]["verificationJobs"][0]
    refused = http.post(job["_links"]["pb:request-verification"]["href"])
    assert refused.status_code == 409
    assert "contract_requiring_verification_published" in refused.text


def test_a_post_to_an_unknown_job_is_not_found(http):
    assert http.post("/verification-jobs/none").status_code == 404


def test_the_url_of_a_request_is_a_hint_that_the_build_started(estate, broker, http):
    add_webhook(broker, events=EVENTS)
    estate.publish("Till", "4", "4")
    woken = []
    broker.wake_delivery = lambda: woken.append(True)
    with broker.database.reading() as connection:
        job = job_lists.search(connection, pacticipant="Till", version="4", limit=1, offset=0)[0]
        url = deliveries.find(connection, job.delivery_uuid).parameters["pactUrl"].removeprefix("http://broker")
    with statements(broker.database) as executed:
        assert http.get(url).status_code == 200
    assert not any(each.startswith(("INSERT", "UPDATE")) or "verification_jobs" in each for each in executed)
    assert woken
    assert broker.fetches.take() == [Fetch(job.pact_version_id, job.provider_version_id)]

    http.get(f"/pacts/provider/Ledger/consumer/Till/pact-version/{job.sha}")
    assert broker.fetches.take() == []


def test_a_build_reports_in_one_request_that_it_started(estate, broker, http, clock):
    add_webhook(broker, events=EVENTS)
    estate.publish("Till", "4", "4")
    pacts = [http.get(f"/pacts/provider/Ledger/consumer/Till/version/{number}").json()["_links"] for number in "34"]
    body = {
        "providerVersion": "10",
        "buildUrl": "https://ci/7",
        "pacts": [{"consumer": each["pb:consumer"]["name"], "sha": each["pb:pact-version"]["name"]} for each in pacts],
    }
    clock.forward(minutes=5)
    started = http.post(pacts[0]["pb:verification-started"]["href"], json=body).json()

    items = http.get(started["_links"]["pb:verification-jobs"]["href"]).json()["_embedded"]["verificationJobs"]
    assert [each["state"] for each in items] == ["started", "started", "needed", "needed"]
    assert (items[0]["buildUrl"], items[0]["startedAt"]) == ("https://ci/7", timestamp(clock()))
    assert items[0]["deadline"] == timestamp(clock() + timedelta(minutes=30))
    assert [each["resultExpected"] for each in items] == [True, True, False, False]


@pytest.mark.usefixtures("estate")
def test_the_start_of_an_unknown_version_or_pact_starts_nothing(http):
    unknown = {"consumer": "Stock", "sha": "0"}
    for version in ("10", "11"):
        body = {"providerVersion": version, "pacts": [unknown]}
        assert http.post("/pacts/provider/Ledger/verification-started", json=body).status_code == 200
    assert {each["state"] for each in listed(http)["_embedded"]["verificationJobs"]} == {"needed"}
    assert http.post("/pacts/provider/Nobody/verification-started", json=body).status_code == 404


def test_a_version_without_its_application_is_refused(http):
    response = http.get("/verification-jobs?version=1")
    assert response.status_code == 400
    assert "is required with a version" in response.text
