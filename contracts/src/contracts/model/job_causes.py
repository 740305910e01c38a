"""What the verification job of a missing result says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.model import next_commands
from contracts.model.cause_classes import CauseClass, Evidence
from contracts.model.cause_facts import MAX_LISTED, ago, iso, until
from contracts.model.jobs import JobState
from contracts.model.matrix_documents import JobFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The class of a cause, its *remark* and *evidence*; *waits* if time alone can bring the result.

    *command* is the next one, unless it is to wait or to verify the pact.
    """

    kind: CauseClass
    remark: str
    evidence: Evidence
    waits: bool = False
    command: str | None = None


def finding_of(job: JobFacts, now: datetime) -> Finding | None:
    """Return what *job* says about the missing result; None if it says nothing."""
    evidence = _evidence(job)
    times = "once" if job.attempts == 1 else f"{job.attempts} times"
    match job.state:
        case JobState.NEEDED:
            return _needed(job, now, evidence)
        case JobState.LOST:
            remark = f"It was requested {times}, and no result arrived in time. The broker requests it again."
            return Finding(kind=CauseClass.LOST, remark=remark, evidence=evidence, waits=True)
        case JobState.DEAD:
            remark = f"It was requested {times}, and no result arrived. The broker does not request it again."
            command = None if job.uuid is None else next_commands.retry_job(job.uuid)
            return Finding(kind=CauseClass.DEAD, remark=remark, evidence=evidence, command=command)
        case JobState.DISPATCHED | JobState.STARTED:
            return _under_way(job, now, evidence)
        case _:
            return None


def _needed(job: JobFacts, now: datetime, evidence: Evidence) -> Finding:
    if not job.result_expected:
        remark = "No webhook requests its verification."
        return Finding(kind=CauseClass.NOT_REQUESTED, remark=remark, evidence=evidence)
    if job.logs_url is None:
        when = f" {until(job.deadline, now)}" if job.deadline is not None else ""
        remark = f"No webhook has requested its verification yet; the broker does so{when} unless a result arrives."
        return Finding(kind=CauseClass.NOT_REQUESTED, remark=remark, evidence=evidence)
    remark = "The broker is sending the webhook that requests it, and sends it again if that fails."
    return Finding(kind=CauseClass.IN_PROGRESS, remark=remark, evidence=evidence, waits=True)


def _under_way(job: JobFacts, now: datetime, evidence: Evidence) -> Finding:
    requested = f"A webhook requested it {ago(job.requested_at, now)}" if job.requested_at else "A webhook requested it"
    started = f"The provider's build started it {ago(job.started_at, now)}" if job.started_at else ""
    if job.deadline is not None and now > job.deadline:
        remark = f"{started or requested}; the result should have arrived {ago(job.deadline, now)}."
        return Finding(kind=CauseClass.LATE, remark=remark, evidence=evidence, waits=True)
    remark = f"{started}." if started else f"{requested}; no build has reported yet."
    return Finding(kind=CauseClass.IN_PROGRESS, remark=remark, evidence=evidence, waits=True)


def requested_of_others(jobs: Sequence[JobFacts], number: str | None) -> list[str]:
    """The provider versions other than *number* whose verification was requested."""
    requested = (JobState.DISPATCHED, JobState.STARTED, JobState.LOST, JobState.DEAD)
    numbers = [each.provider.number for each in jobs if each.state in requested or _is_sent(each)]
    return [each for each in dict.fromkeys(numbers) if each is not None and each != number][:MAX_LISTED]


def _is_sent(job: JobFacts) -> bool:
    return job.state == JobState.NEEDED and job.logs_url is not None


def _evidence(job: JobFacts) -> dict[str, str | list[str]]:
    evidence = {
        "state": job.state,
        "attempts": str(job.attempts or ""),
        "requested_at": "" if job.state == JobState.NEEDED else iso(job.requested_at),
        "started_at": iso(job.started_at),
        "deadline": iso(job.deadline),
        "build": job.build_url or "",
        "job": job.job_url or "",
        "logs": job.logs_url or "",
    }
    return {name: value for name, value in evidence.items() if value}
