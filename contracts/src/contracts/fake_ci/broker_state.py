"""The state of fake-ci's broker: the environment, missing results, unsent webhooks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from contracts.ci.github_webhooks import Payload
from contracts.client import Broker, Invalid, UsageError
from contracts.client.documents import Row
from contracts.model import next_commands


DELIVERY_SECONDS = 30.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A pact of *consumer* that this version of *provider* has verified."""

    consumer: str
    provider: str
    provider_version: str


def ensure_environment(broker: Broker, name: str) -> bool:
    """Create the environment *name* unless it exists; return whether it is new."""
    if name in {each.name for each in broker.environments()}:
        return False
    broker.create_environment(name, production=True, display_name=name.capitalize())
    return True


def require_environment(broker: Broker, name: str) -> None:
    """Check that the environment *name* exists.

    Raises:
        UsageError: if it does not.
    """
    names = sorted(each.name for each in broker.environments())
    if name not in names:
        raise UsageError(
            f"The broker at {broker.base_url} has no environment {name} to deploy to. It has: "
            f"{', '.join(names) or 'none'}. Create it first: {next_commands.create_environment(name)}"
        )


def missing(
    broker: Broker, *, consumer: str, version: str, providers: AbstractSet[str], environment: str
) -> Iterator[Payload]:
    """Yield what a webhook would request: each pact without a result, for each version in *environment*.

    *providers* are those whose verification can be started.
    """
    try:
        rows = broker.can_i_deploy(pacticipant=consumer, version=version, environment=environment).rows
    except Invalid:  # nothing is published yet
        return
    unverified = {row.pact_url: row for row in rows if row.success is None and row.provider in providers}
    for pact_url, row in unverified.items():
        for number in _versions_in(broker, environment, row.provider) if pact_url else ():
            yield Payload(
                pact_url=pact_url or "",
                sha=number,
                branch="".join(broker.version(row.provider, number).branches[:1]),
                provider=row.provider,
                consumer=consumer,
                consumer_version=row.consumer_version,
            )


def verifications(broker: Broker, *, consumer: str, version: str) -> list[Verification]:
    """Return, for each pact of a consumer version, the latest provider version that has verified it."""
    rows = {row.provider: row for row in reversed(_rows(broker, consumer, version)) if row.success}
    return [
        Verification(consumer=row.consumer, provider=row.provider, provider_version=row.provider_version or "")
        for row in rows.values()
    ]


def undelivered(broker: Broker, *, consumer: str, version: str, timeout_seconds: float = DELIVERY_SECONDS) -> list[str]:
    """Wait until the webhooks for *version* of *consumer* are sent; return the reason for each that was not."""
    deadline = time.monotonic() + timeout_seconds
    pact_urls = dict.fromkeys(row.pact_url for row in _rows(broker, consumer, version) if row.pact_url)
    while True:
        triggered = [each for url in pact_urls for each in broker.triggered_webhooks(url)]
        if not any(each.is_under_way for each in triggered) or time.monotonic() > deadline:
            break
        time.sleep(_POLL_SECONDS)
    return [
        f"The webhook {each.name} on {each.event} was not delivered: "
        f"{f'still under way after {timeout_seconds:g} s' if each.is_under_way else each.status}."
        for each in triggered
        if each.status != "success"
    ]


def _rows(broker: Broker, consumer: str, version: str) -> tuple[Row, ...]:
    """Return the matrix rows of a consumer version, the newest first; empty if nothing is published."""
    try:
        return broker.matrix([{"pacticipant": consumer, "version": version}]).rows
    except Invalid:
        return ()


def _versions_in(broker: Broker, environment: str, provider: str) -> tuple[str, ...]:
    deployed = broker.currently_deployed(environment, pacticipant=provider)
    released = broker.currently_supported(environment, pacticipant=provider)
    return tuple(dict.fromkeys([*(each.version for each in deployed), *(each.version for each in released)]))
