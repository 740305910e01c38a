"""The verification jobs of the declared providers, if the broker has jobs: those that get no result by themselves."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from contracts.ci.projects import Declaration
from contracts.client import Broker, ClientError
from contracts.client.jobs import VerificationJob
from contracts.client.webhooks import Webhook
from contracts.doctor.findings import Finding, ok, problem


REQUESTING_EVENT: Final = "contract_requiring_verification_published"
"""The event whose webhooks request the verifications of jobs."""

_AREA: Final = "verification jobs"
_MOST_JOBS = 100


def check(provider: Declaration, broker: Broker, webhooks: Sequence[Webhook]) -> Iterator[Finding]:
    """Report jobs of *provider* whose requests all failed, and those that no webhook requests."""
    try:
        dead = _jobs(provider, broker, "dead")
        idle = [each for each in _jobs(provider, broker, "needed") if each.problem is not None]
    except ClientError:  # another broker has no jobs, or the credentials may not read them
        return
    if dead:
        yield problem(
            _AREA,
            f"{_count(dead)} of {provider.name} got no result after {dead[0].attempts} requests: "
            f"{_pair(dead[0])}. Look at the provider's builds, then request it again.",
            f"contracts jobs retry --uuid {dead[0].uuid}",
        )
    if idle:
        retry = f"contracts jobs retry --uuid {idle[0].uuid}"
        yield problem(
            _AREA,
            f"No webhook has requested {_count(idle).lower()} of {provider.name}: {_pair(idle[0])}.",
            retry if _is_requested(provider, webhooks) else f"{create_webhook(provider)} && {retry}",
        )
    if not dead and not idle:
        yield ok(_AREA, f"Every needed verification of {provider.name} is requested or done.")


def create_webhook(provider: Declaration) -> str:
    """Return the command that creates the webhook that starts verifications of *provider*."""
    return (
        "contracts create-or-update-webhook --event contract_requiring_verification_published "
        f"--provider {shlex.quote(provider.name)} --github OWNER/REPOSITORY"
    )


def _jobs(provider: Declaration, broker: Broker, state: str) -> list[VerificationJob]:
    jobs = broker.verification_jobs(pacticipant=provider.name, state=state, limit=_MOST_JOBS)
    return [each for each in jobs if each.provider == provider.name]


def _is_requested(provider: Declaration, webhooks: Sequence[Webhook]) -> bool:
    return any(
        each.enabled and REQUESTING_EVENT in each.events and each.provider in (None, provider.name) for each in webhooks
    )


def _count(jobs: Sequence[VerificationJob]) -> str:
    return "A verification" if len(jobs) == 1 else f"{len(jobs)} verifications"


def _pair(job: VerificationJob) -> str:
    return f"version {job.provider_version}, with the pact of version {job.consumer_version or '?'} of {job.consumer}"
