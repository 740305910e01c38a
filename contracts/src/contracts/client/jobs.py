"""Verification jobs, which only our broker has; free of I/O."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.client import hal
from contracts.client.hal import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationJob:
    """The verification of a contract that a provider version needs.

    *state* is a word of the broker. *problem* says why no result is expected, None if one may arrive or none is needed.
    *consumer_version* is None if it was removed. *url* is the job's address. Times are as the broker writes them.
    """

    uuid: str
    state: str
    problem: str | None
    consumer: str
    consumer_version: str | None
    provider: str
    provider_version: str
    reasons: tuple[str, ...]
    attempts: int
    deadline: str | None
    started_at: str | None
    build_url: str | None
    created_at: str
    url: str


def job_from(document: JsonObject) -> VerificationJob:
    """Read one verification job."""
    attempts, reasons = document.get("attempts"), document.get("reasons")
    consumer, provider = hal.mapping(document, "consumer"), hal.mapping(document, "provider")
    return VerificationJob(
        uuid=hal.text(document, "uuid"),
        state=hal.text(document, "state"),
        problem=hal.get_text(document, "problem"),
        consumer=hal.text(consumer, "name"),
        consumer_version=hal.get_text(consumer, "version"),
        provider=hal.text(provider, "name"),
        provider_version=hal.text(provider, "version"),
        reasons=tuple(each for each in reasons if isinstance(each, str)) if isinstance(reasons, list) else (),
        attempts=attempts if isinstance(attempts, int) else 0,
        deadline=hal.get_text(document, "deadline"),
        started_at=hal.get_text(document, "startedAt"),
        build_url=hal.get_text(document, "buildUrl"),
        created_at=hal.text(document, "createdAt"),
        url=hal.find_link(document, "self", "verification jobs").href,
    )
