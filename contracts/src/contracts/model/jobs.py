"""Verification jobs: the verifications that provider versions need, and what became of the requests for them.

A job begins when a contract is published that a provider version in use has not verified, or when a version comes into
use without results. A webhook requests the verification, and a build starts; if no result arrives within the lease, the
request is sent again, a few times.

    needed ─→ dispatched ─→ started ─→ done
                 ↑  │          │
                 │  ↓          │
                lost ←─────────┘
                 ↓
                dead                     any ─→ unwanted
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class JobState(StrEnum):
    """The state of a job."""

    NEEDED = "needed"
    """The request was not sent yet, or no webhook can send it."""
    DISPATCHED = "dispatched"
    """The request was sent; the result is expected before the deadline."""
    STARTED = "started"
    """The provider's build requested the pact; the lease began again."""
    LOST = "lost"
    """No result arrived in time, or the request could not be sent; it will be sent again."""
    DONE = "done"
    """A result arrived."""
    UNWANTED = "unwanted"
    """The provider version does not need the result any more."""
    DEAD = "dead"
    """No result arrived after the last attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A content that a provider version should verify, for *reasons* such as "deployed in production".

    *delivery_uuid* is the delivery of the webhook that requests it, or None if no webhook does. At the *deadline*, if
    there is one, the broker looks whether the result arrived without a request. *base_url* starts the URLs of requests.
    """

    consumer_id: int
    provider_id: int
    pact_version_id: int
    consumer_version_id: int
    provider_version_id: int
    reasons: tuple[str, ...]
    base_url: str
    delivery_uuid: str | None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job, with the names of its applications; the publication of *consumer_version* began it, None if removed.

    *deadline* is the time until which a result is expected, or at which a lost job is looked at. *attempted_at* is the
    time when the last request was sent or failed, None before. *started_at* is the time when the build requested the
    pact, and *build_url* is the build, None if the build did not report itself.
    """

    id: int
    uuid: str
    consumer: str
    consumer_id: int
    provider: str
    provider_id: int
    consumer_version: str | None
    provider_version: str
    provider_version_id: int
    pact_version_id: int
    sha: str
    reasons: tuple[str, ...]
    state: JobState
    attempts: int
    deadline: datetime | None
    base_url: str
    delivery_uuid: str | None
    attempted_at: datetime | None
    started_at: datetime | None
    build_url: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def result_expected(self) -> bool:
        """Whether a result may still arrive without anyone doing something."""
        return is_result_expected(self.state, self.delivery_uuid, self.deadline)

    @property
    def problem(self) -> str | None:
        """Why the broker does not expect a result; None if it does, or needs none."""
        if self.state is JobState.DEAD:
            return (
                f"The verification was requested {self.attempts} times, and no result arrived. "
                f"Look at the builds that the webhook starts, or verify {self.provider} {self.provider_version} "
                "yourself."
            )
        if self.state is JobState.NEEDED and not self.result_expected:
            return (
                "No webhook requests this verification: none that is enabled for these applications has the event "
                "contract_requiring_verification_published. Create one and run "
                f"`contracts jobs retry --uuid {self.uuid}`, or verify {self.provider} {self.provider_version} "
                "yourself."
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The time to wait for a result after each request, and the number of requests."""

    lease: timedelta
    most_attempts: int


def is_result_expected(state: JobState, delivery_uuid: str | None, deadline: datetime | None) -> bool:
    """Return whether a result may still arrive without anyone doing something.

    A needed job is requested by its delivery, or looked at when its deadline passes; without both, nothing starts it.

    >>> is_result_expected(JobState.STARTED, "d", None), is_result_expected(JobState.NEEDED, None, None)
    (True, False)
    """
    if state is JobState.NEEDED:
        return delivery_uuid is not None or deadline is not None
    return state in {JobState.DISPATCHED, JobState.STARTED, JobState.LOST}


def wait_after_loss(attempts: int, patience: Patience) -> timedelta | None:
    """Return the time before the next request after *attempts* lost ones; None if there is none.

    It begins with a thirtieth of the lease, and doubles.

    >>> patience = Patience(lease=timedelta(minutes=30), most_attempts=3)
    >>> [str(wait_after_loss(attempts, patience)) for attempts in (1, 2, 3)]
    ['0:01:00', '0:02:00', 'None']
    """
    if attempts >= patience.most_attempts:
        return None
    return patience.lease / 30 * (1 << max(0, attempts - 1))
