"""Recover lost verifications: request them again, or say why no result will arrive."""

from __future__ import annotations

from contracts.broker.runtime import Runtime
from contracts.broker.store import deliveries, events, job_lists, jobs
from contracts.broker.store.database import Connection
from contracts.model.errors import Conflict
from contracts.model.jobs import Job, JobState, wait_after_loss


BATCH = 20


def lost_verifications(runtime: Runtime, connection: Connection) -> int:
    """Look at up to `BATCH` jobs whose deadline has passed, and return their number.

    A job whose provider version needs the result no more is unwanted. A job with attempts left is requested again, by
    the same webhook and with the same parameters, after a pause that doubles each time; without them it is dead.
    """
    expired = job_lists.expired(connection, runtime.now(), BATCH)
    for job in expired:
        _recover(runtime, connection, job)
    return len(expired)


def request_again(runtime: Runtime, connection: Connection, job: Job) -> None:
    """Request the verification of *job* at once, with all its attempts.

    Raises:
        Conflict: if no webhook can request it.
    """
    now = runtime.now()
    uuid = runtime.uuid()
    if job.delivery_uuid is None or not deliveries.repeat(connection, job.delivery_uuid, uuid, now, now):
        raise Conflict(
            f"No enabled webhook can request the verification of {job.provider} {job.provider_version}. Create or "
            "enable one for the event contract_requiring_verification_published, and publish the contract again."
        )
    jobs.restart(connection, job.id, uuid, now)


def _recover(runtime: Runtime, connection: Connection, job: Job) -> None:
    now = runtime.now()
    wait = wait_after_loss(job.attempts, runtime.settings.patience_for_verifications)
    if not _is_needed(connection, job):
        jobs.settle(connection, [job.id], JobState.UNWANTED, now)
    elif wait is None:
        jobs.settle(connection, [job.id], JobState.DEAD, now)
    else:
        uuid = runtime.uuid()
        if job.delivery_uuid is not None and deliveries.repeat(connection, job.delivery_uuid, uuid, now, now + wait):
            jobs.dispatch_again(connection, job.id, uuid, now)
        else:
            jobs.unstartable(connection, job.id, now)


def _is_needed(connection: Connection, job: Job) -> bool:
    """Whether the provider version is still in use, and has no result for the content."""
    unverified = events.unverified(connection, {job.provider_id: job.pact_version_id})
    return any(each.id == job.provider_version_id for each in unverified.get(job.provider_id, ()))
