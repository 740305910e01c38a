"""The documents of any Pact Broker that explain a verdict: matrix responses, results and triggered webhooks.

Only fields that every broker has are required; the others are empty or None if a broker leaves them out.
Source: Pact Broker protocol, matrix, verification results and triggered webhooks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.model import dates, test_results
from contracts.model.attestations import Attestation
from contracts.model.test_results import TestResult


Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A consumer or provider version in a row; a provider has no *number* if the row has no result."""

    name: str
    number: str | None
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """A verification job: that *provider* verifies a pact of *consumer*. Only our broker has them.

    *state* is a word of `contracts.model.jobs.JobState`, or of a newer broker. *result_expected* is False if nothing
    but a person can bring the result about. *requested_at* is the time of the last request, or when the need arose.
    """

    consumer: Side
    provider: Side
    state: str
    attempts: int = 0
    result_expected: bool = True
    deadline: datetime | None = None
    requested_at: datetime | None = None
    started_at: datetime | None = None
    build_url: str | None = None
    uuid: str | None = None
    job_url: str | None = None
    logs_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRow:
    """A pact with one result, or (*success* None) without a result, perhaps with the *job* that requests it.

    An *unattested* result does not count, because no trusted build of the provider published it. If the question
    requires that, *attestation* is the build that did.
    """

    consumer: Side
    provider: Side
    success: bool | None
    verified_at: datetime | None = None
    result_url: str | None = None
    pact_url: str | None = None
    ignored: bool = False
    job: JobFacts | None = None
    unattested: bool = False
    attestation: Attestation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A verdict with its *rows*; *deployable* is None if a result is missing."""

    deployable: bool | None
    reason: str
    rows: tuple[ResponseRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedInteraction:
    """An interaction that failed, with its first *mismatch*, if the result says it."""

    description: str
    mismatch: str | None = None
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDetails:
    """A verification result: its build and its failed interactions."""

    build_url: str | None
    failed: tuple[FailedInteraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A webhook that a pact triggered; *status* is success, failure, retrying or not_run, or another word."""

    event: str
    status: str
    triggered_at: datetime | None = None
    logs_url: str | None = None


def read_response(document: Document) -> Response:
    """Read a response of /matrix or /can-i-deploy."""
    summary = object_of(document, "summary")
    deployable = summary.get("deployable")
    return Response(
        deployable=deployable if isinstance(deployable, bool) else None,
        reason=text_of(summary, "reason") or "",
        rows=tuple(_row(each) for each in objects_of(document.get("matrix"))),
    )


def read_result(document: Document) -> ResultDetails:
    """Read a verification result."""
    return ResultDetails(
        build_url=text_of(document, "buildUrl"), failed=failed_interactions(document.get("testResults"))
    )


def failed_interactions(published: object) -> tuple[FailedInteraction, ...]:
    """Return what failed according to the test results that a verifier *published*."""
    return tuple(_failed(each) for each in test_results.read(published) or () if not each.success)


def read_jobs(document: Document) -> tuple[JobFacts, ...]:
    """Read a list of verification jobs."""
    return tuple(map(_job, objects_of(object_of(document, "_embedded").get("verificationJobs"))))


def read_triggers(document: Document) -> tuple[Trigger, ...]:
    """Read a list of triggered webhooks."""
    triggers = objects_of(object_of(document, "_embedded").get("triggeredWebhooks"))
    return tuple(
        Trigger(
            event=text_of(each, "eventName") or "",
            status=text_of(each, "status") or "",
            triggered_at=moment_of(each, "triggeredAt"),
            logs_url=link_of(each, "pb:logs"),
        )
        for each in triggers
    )


def _row(document: Document) -> ResponseRow:
    result = object_of(document, "verificationResult")
    success = result.get("success")
    unattested = success is True and result.get("attested") is False
    return ResponseRow(
        consumer=_side(object_of(document, "consumer")),
        provider=_side(object_of(document, "provider")),
        success=success if isinstance(success, bool) and not unattested else None,
        unattested=unattested,
        attestation=_attestation(object_of(result, "attestation")),
        verified_at=moment_of(result, "verifiedAt"),
        result_url=link_of(result, "self"),
        pact_url=link_of(object_of(document, "pact"), "self"),
        ignored=document.get("ignored") is True,
        job=_job(document["verificationJob"]) if isinstance(document.get("verificationJob"), Mapping) else None,
    )


def _attestation(document: Document) -> Attestation | None:
    service, repository, run = (text_of(document, name) for name in ("service", "repository", "run"))
    if service is None or repository is None or run is None:
        return None
    return Attestation(
        service=service,
        issuer=text_of(document, "issuer") or "",
        repository=repository,
        run=run,
        workflow=text_of(document, "workflow"),
        ref=text_of(document, "ref"),
        commit=text_of(document, "commit"),
        url=text_of(document, "url"),
    )


def _side(document: Document) -> Side:
    version = object_of(document, "version")
    branches = [text_of(each, "name") for each in objects_of(version.get("branches") or version.get("branchVersions"))]
    return Side(
        name=text_of(document, "name") or "",
        number=text_of(version, "number"),
        branches=tuple(each for each in (*branches, text_of(version, "branch")) if each),
    )


def _failed(result: TestResult) -> FailedInteraction:
    description = result.description or result.interaction_id or "an interaction without a name"
    if not result.mismatches:
        return FailedInteraction(description=description, mismatch=next(iter(result.problems), None))
    first = result.mismatches[0]
    place = f"{first.attribute} {first.place}".strip()
    return FailedInteraction(
        description=description,
        mismatch=" ".join((f"{place}: {first.description}" if place else first.description).split()),
        # an official verifier repeats both in its description
        expected=None if first.expected and first.expected in first.description else first.expected,
        actual=None if first.actual and first.actual in first.description else first.actual,
    )


def _job(document: Document) -> JobFacts:
    attempts = document.get("attempts")
    consumer, provider = object_of(document, "consumer"), object_of(document, "provider")
    return JobFacts(
        consumer=_job_side(consumer),
        provider=_job_side(provider),
        state=text_of(document, "state") or "",
        attempts=attempts if isinstance(attempts, int) else 0,
        result_expected=document.get("resultExpected", document.get("problem") is None) is True,
        deadline=moment_of(document, "deadline"),
        requested_at=moment_of(document, "attemptedAt") or moment_of(document, "createdAt"),
        started_at=moment_of(document, "startedAt"),
        build_url=text_of(document, "buildUrl"),
        uuid=text_of(document, "uuid"),
        job_url=link_of(document, "self"),
        logs_url=link_of(document, "pb:logs"),
    )


def _job_side(document: Document) -> Side:
    return Side(name=text_of(document, "name") or "", number=text_of(document, "version"))


def object_of(document: Document, name: str) -> Document:
    """The object with this *name* in *document*; empty if it is something else."""
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def objects_of(value: object) -> Sequence[Document]:
    """The objects in the list *value*; empty if it is something else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def text_of(document: Document, name: str) -> str | None:
    """The text with this *name* in *document*; None if it is empty or something else."""
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def moment_of(document: Document, name: str) -> datetime | None:
    """The time with this *name* in *document*; None if it is something else."""
    with contextlib.suppress(ValueError):
        return dates.parse(text_of(document, name) or "")
    return None


def link_of(document: Document, relation: str) -> str | None:
    """The address of a link of *document*."""
    return text_of(object_of(object_of(document, "_links"), relation), "href")
