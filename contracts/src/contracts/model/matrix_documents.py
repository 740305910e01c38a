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
    job_url: str | None = None
    logs_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRow:
    """A pact with one result, or (*success* None) without a result, perhaps with the *job* that requests it."""

    consumer: Side
    provider: Side
    success: bool | None
    verified_at: datetime | None = None
    result_url: str | None = None
    pact_url: str | None = None
    ignored: bool = False
    job: JobFacts | None = None


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
    summary = _object(document, "summary")
    deployable = summary.get("deployable")
    return Response(
        deployable=deployable if isinstance(deployable, bool) else None,
        reason=_text(summary, "reason") or "",
        rows=tuple(_row(each) for each in _objects(document.get("matrix"))),
    )


def read_result(document: Document) -> ResultDetails:
    """Read a verification result."""
    return ResultDetails(build_url=_text(document, "buildUrl"), failed=failed_interactions(document.get("testResults")))


def failed_interactions(published: object) -> tuple[FailedInteraction, ...]:
    """Return what failed according to the test results that a verifier *published*."""
    return tuple(_failed(each) for each in test_results.read(published) or () if not each.success)


def read_jobs(document: Document) -> tuple[JobFacts, ...]:
    """Read a list of verification jobs."""
    return tuple(map(_job, _objects(_object(document, "_embedded").get("verificationJobs"))))


def read_triggers(document: Document) -> tuple[Trigger, ...]:
    """Read a list of triggered webhooks."""
    triggers = _objects(_object(document, "_embedded").get("triggeredWebhooks"))
    return tuple(
        Trigger(
            event=_text(each, "eventName") or "",
            status=_text(each, "status") or "",
            triggered_at=_moment(each, "triggeredAt"),
            logs_url=_link(each, "pb:logs"),
        )
        for each in triggers
    )


def _row(document: Document) -> ResponseRow:
    result = _object(document, "verificationResult")
    success = result.get("success")
    return ResponseRow(
        consumer=_side(_object(document, "consumer")),
        provider=_side(_object(document, "provider")),
        success=success if isinstance(success, bool) else None,
        verified_at=_moment(result, "verifiedAt"),
        result_url=_link(result, "self"),
        pact_url=_link(_object(document, "pact"), "self"),
        ignored=document.get("ignored") is True,
        job=_job(document["verificationJob"]) if isinstance(document.get("verificationJob"), Mapping) else None,
    )


def _side(document: Document) -> Side:
    version = _object(document, "version")
    branches = [_text(each, "name") for each in _objects(version.get("branches") or version.get("branchVersions"))]
    return Side(
        name=_text(document, "name") or "",
        number=_text(version, "number"),
        branches=tuple(each for each in (*branches, _text(version, "branch")) if each),
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
    consumer, provider = _object(document, "consumer"), _object(document, "provider")
    return JobFacts(
        consumer=_job_side(consumer),
        provider=_job_side(provider),
        state=_text(document, "state") or "",
        attempts=attempts if isinstance(attempts, int) else 0,
        result_expected=document.get("resultExpected", document.get("problem") is None) is True,
        deadline=_moment(document, "deadline"),
        requested_at=_moment(document, "attemptedAt") or _moment(document, "createdAt"),
        started_at=_moment(document, "startedAt"),
        build_url=_text(document, "buildUrl"),
        job_url=_link(document, "self"),
        logs_url=_link(document, "pb:logs"),
    )


def _job_side(document: Document) -> Side:
    return Side(name=_text(document, "name") or "", number=_text(document, "version"))


def _object(document: Document, name: str) -> Document:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> Sequence[Document]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _text(document: Document, name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _moment(document: Document, name: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return dates.parse(_text(document, name) or "")
    return None


def _link(document: Document, relation: str) -> str | None:
    return _text(_object(_object(document, "_links"), relation), "href")
