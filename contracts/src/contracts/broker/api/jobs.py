"""`/verification-jobs`: the verifications that provider versions need, and the state of each.

An addition of this broker, which official clients ignore.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import recover, start
from contracts.broker.api import paging, queries, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import job_lists, pacticipants
from contracts.model.errors import InvalidFields
from contracts.model.jobs import Job, JobState


MOST_PACTS = 1_000  # a provider verifies fewer at once


class StartedPact(Body):
    """A pact that a build verifies: its consumer, and the hash of its content."""

    consumer: rules.Name
    sha: rules.Name


class StartedBody(Body):
    """The build that verifies *pacts*."""

    version: rules.Name = Field(alias="providerVersion")
    build_url: rules.Url | None = Field(default=None, alias="buildUrl")
    pacts: Annotated[list[StartedPact], rules.at_most(MOST_PACTS)]


routes = Resources("verification jobs")


@routes.get(urls.VERIFICATION_JOBS, query=(*queries.texts("pacticipant", "version", "state"), *paging.PARAMETERS))
def list_verification_jobs(call: Call) -> Response:
    page = paging.page_of(call) or paging.Page(number=1, size=paging.DEFAULT_SIZE)
    pacticipant, version = queries.text(call.query, "pacticipant"), queries.text(call.query, "version")
    if version is not None and pacticipant is None:
        raise InvalidFields({"pacticipant": ["is required with a version"]})
    state = _state(queries.text(call.query, "state"))
    with call.reading() as connection:
        page_of_jobs = job_lists.search(
            connection, pacticipant=pacticipant, version=version, state=state, limit=page.size, offset=page.offset
        )
        total = job_lists.count(connection, pacticipant=pacticipant, version=version, state=state)
    document: Document = {
        "_embedded": {"verificationJobs": [render(call, each) for each in page_of_jobs]},
        "_links": {"self": link(call.url, "Verification jobs")},
    }
    filters = {"pacticipant": pacticipant, "version": version, "state": state}
    return call.hal(paging.add(document, call, page, total, filters))


@routes.get(urls.VERIFICATION_JOB)
def show_verification_job(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        job = job_lists.find(connection, uuid)
    return call.hal(render(call, job))


@routes.post(urls.VERIFICATION_JOB, accepts=None)
def request_verification_again(call: Call, uuid: str) -> Response:
    with call.writing() as connection:
        recover.request_again(call.runtime, connection, job_lists.lock(connection, uuid))
        job = job_lists.find(connection, uuid)
    call.runtime.wake_delivery()
    return call.hal(render(call, job))


@routes.post(urls.VERIFICATION_STARTED, body=StartedBody)
def report_start_of_verification(call: Call, provider: str) -> Response:
    body = call.body(StartedBody)
    contents = {(each.consumer, each.sha) for each in body.pacts}
    with call.writing() as connection:
        provider_id = pacticipants.find(connection, provider, "provider").id
        start.reported(call.runtime, connection, provider_id, body.version, contents, body.build_url)
    of_version = urlencode({"pacticipant": provider, "version": body.version})
    address = f"{call.links.to(urls.VERIFICATION_JOBS)}?{of_version}"
    return call.hal({"_links": {"pb:verification-jobs": link(address, "Verification jobs of this version")}})


def _state(text: str | None) -> JobState | None:
    if text is None:
        return None
    try:
        return JobState(text)
    except ValueError:
        raise InvalidFields({"state": [f"must be one of {', '.join(JobState)}, not '{text}'"]}) from None


def render(call: Call, job: Job) -> Document:
    """Return the document of *job*."""
    pair = {"provider": job.provider, "consumer": job.consumer}
    version = call.links.to(urls.VERSION, pacticipant=job.provider, version=job.provider_version)
    links = {
        "self": link(call.links.to(urls.VERIFICATION_JOB, uuid=job.uuid), "Verification job"),
        "pb:pact-version": link(call.links.to(urls.PACT_VERSION, **pair, sha=job.sha), "Pact to verify"),
        "pb:provider-version": link(version, "Provider version", job.provider_version),
    }
    if job.state is not JobState.DONE:
        again = link(call.links.to(urls.VERIFICATION_JOB, uuid=job.uuid), "POST to request the verification again")
        links["pb:request-verification"] = again
    if job.delivery_uuid is not None:
        links["pb:logs"] = link(call.links.to(urls.TRIGGERED_WEBHOOK_LOGS, uuid=job.delivery_uuid), "Last request")
    return {
        "uuid": job.uuid,
        "state": job.state.value,
        "problem": job.problem,
        "attempts": job.attempts,
        "attemptsRemaining": max(0, call.runtime.settings.verification_job_max_attempts - job.attempts),
        "deadline": None if job.deadline is None else timestamp(job.deadline),
        "reasons": list(job.reasons),
        "resultExpected": job.result_expected,
        "startedAt": None if job.started_at is None else timestamp(job.started_at),
        "buildUrl": job.build_url,
        "createdAt": timestamp(job.created_at),
        "updatedAt": timestamp(job.updated_at),
        "consumer": {"name": job.consumer, "version": job.consumer_version},
        "provider": {"name": job.provider, "version": job.provider_version},
        "_links": links,
    }
