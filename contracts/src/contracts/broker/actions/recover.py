"""Recover lost verifications: request them again, or say why no result will arrive."""

from __future__ import annotations

from contracts.broker.actions import audits, notify
from contracts.broker.runtime import Runtime
from contracts.broker.store import audit_trail, deliveries, job_lists, job_needs, jobs
from contracts.broker.store.database import Connection
from contracts.model.errors import Conflict
from contracts.model.jobs import Job, JobState, wait_after_loss


BATCH = 20
PAGE = 500  # some ten milliseconds


def lost_verifications(runtime: Runtime, connection: Connection) -> int:
    """Look at up to `BATCH` jobs whose deadline has passed, and return their number.

    A job that is not needed any more is unwanted. A job with attempts left is requested again, by the same webhook and
    with the same parameters, after a pause that doubles each time; without them it is dead. A job that no webhook
    requested yet is requested now.
    """
    expired = job_lists.expired(connection, runtime.now(), BATCH)
    needed = job_needs.needed(connection, [each.id for each in expired]) if expired else frozenset()
    for job in expired:
        if job.id in needed:
            _recover(runtime, connection, job)
    unwanted = [each.id for each in expired if each.id not in needed]
    if unwanted:
        jobs.settle(connection, unwanted, JobState.UNWANTED, runtime.now())
    if expired:
        names = {"verification jobs": str(len(expired)), "not needed": str(len(unwanted))}
        audit_trail.add(connection, audits.of_system("recovery", runtime.now(), names))
    return len(expired)


class IdleJobs:
    """A round through the jobs that wait for nothing, to settle those that are not needed any more."""

    def __init__(self) -> None:
        self._positions = {JobState.NEEDED: 0, JobState.DEAD: 0}

    def settle(self, runtime: Runtime) -> int:
        """Look at the next `PAGE` jobs of each state, and return the number that was settled.

        This only reads if all are needed.
        """
        unneeded: list[int] = []
        with runtime.database.reading() as connection:
            for state, position in self._positions.items():
                page = job_needs.idle(connection, state, position, PAGE)
                unneeded += [job_id for job_id, is_needed in page if not is_needed]
                self._positions[state] = page[-1][0] if len(page) == PAGE else 0
        if unneeded:
            with runtime.database.writing() as connection:
                jobs.settle_idle(connection, unneeded, JobState.UNWANTED, runtime.now())
                names = {"not needed": str(len(unneeded))}
                audit_trail.add(connection, audits.of_system("recovery", runtime.now(), names))
        return len(unneeded)


def request_again(runtime: Runtime, connection: Connection, job: Job) -> None:
    """Request the verification of *job* at once, with all its attempts.

    Raises:
        Conflict: if no webhook can request it.
    """
    now = runtime.now()
    uuid = runtime.uuid()
    if job.delivery_uuid is not None and deliveries.repeat(connection, job.delivery_uuid, uuid, now, now):
        jobs.restart(connection, job.id, uuid, now)
    elif (requested := notify.verification_required(runtime, connection, job)) is not None:
        jobs.restart(connection, job.id, requested, now)
    else:
        raise Conflict(
            f"No enabled webhook can request the verification of {job.provider} {job.provider_version}. Create or "
            "enable one for the event contract_requiring_verification_published, and try again."
        )


def _recover(runtime: Runtime, connection: Connection, job: Job) -> None:
    now = runtime.now()
    if job.state is JobState.NEEDED:
        if (uuid := notify.verification_required(runtime, connection, job)) is not None:
            jobs.restart(connection, job.id, uuid, now)
        else:
            jobs.unstartable(connection, job.id, now)
        return
    if (wait := wait_after_loss(job.attempts, runtime.settings.patience_for_verifications)) is None:
        jobs.settle(connection, [job.id], JobState.DEAD, now)
        return
    uuid = runtime.uuid()
    if job.delivery_uuid is not None and deliveries.repeat(connection, job.delivery_uuid, uuid, now, now + wait):
        jobs.dispatch_again(connection, job.id, uuid, now)
    elif (requested := notify.verification_required(runtime, connection, job)) is not None:
        jobs.dispatch_again(connection, job.id, requested, now)
    else:
        jobs.unstartable(connection, job.id, now)
