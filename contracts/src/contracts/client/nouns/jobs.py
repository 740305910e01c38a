"""Verification jobs: the verifications that provider versions need. Only our broker has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from contracts.client import hal, navigation
from contracts.client.jobs import VerificationJob, job_from
from contracts.client.nouns.addresses import Addresses


_JOBS = "verification jobs"
_PAGE_SIZE = 100


class JobMethods(Addresses):
    """Verification jobs: the verifications that provider versions need."""

    def verification_jobs(
        self,
        *,
        pacticipant: str | None = None,
        version: str | None = None,
        state: str | None = None,
        limit: int | None = None,
    ) -> tuple[VerificationJob, ...]:
        """Return the newest *limit* jobs, or all: of a *pacticipant*, its *version*, in a *state*.

        Raises:
            Invalid: if the broker does not know the state, or there is a version without its pacticipant.
            NotSupported: if the broker has no jobs.
        """
        address = self._to.relation("pb:verification-jobs", _JOBS)
        size = str(_PAGE_SIZE if limit is None else max(1, min(limit, _PAGE_SIZE)))
        first = navigation.query(address, pacticipant=pacticipant, version=version, state=state, page="1", size=size)
        return tuple(islice(self._jobs(first), limit))

    def verification_job(self, uuid: str) -> VerificationJob:
        """Return the job with this uuid.

        Raises:
            NotFound: if it does not exist.
            NotSupported: if the broker has no jobs.
        """
        return job_from(self._to.get(self._job(uuid)))

    def request_verification(self, uuid: str) -> VerificationJob:
        """Let the broker request the verification of a job again, and return the job.

        Raises:
            Conflict: if no webhook can request it.
            NotFound: if the job does not exist.
            NotSupported: if the broker has no jobs.
        """
        return job_from(self._to.send("POST", self._job(uuid), {}))

    def _job(self, uuid: str) -> str:
        return self._to.relation("pb:verification-job", _JOBS, uuid=uuid)

    def _jobs(self, address: str) -> Iterator[VerificationJob]:
        for page in self._to.pages(address):
            yield from map(job_from, hal.embedded(page, "verificationJobs"))
