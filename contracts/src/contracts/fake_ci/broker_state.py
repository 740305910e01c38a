"""What fake-ci asks its broker besides playing: where to deploy to, what lacks a result, what is still to be sent."""

from __future__ import annotations

import time
from collections.abc import Iterator

from contracts.ci.github_webhooks import Payload
from contracts.client import Broker, UsageError


DELIVERY_SECONDS = 30.0
_POLL_SECONDS = 0.2


def ensure_environment(broker: Broker, name: str) -> bool:
    """Create the environment *name* where there is none yet; whether there was none."""
    if name in {each.name for each in broker.environments()}:
        return False
    broker.create_environment(name, production=True, display_name=name.capitalize())
    return True


def require_environment(broker: Broker, name: str) -> None:
    """See to it that there is an environment *name*.

    Raises:
        UsageError: if there is none.
    """
    known = sorted(each.name for each in broker.environments())
    if name not in known:
        raise UsageError(
            f"The broker at {broker.base_url} has no environment {name} to deploy to (it knows: "
            f"{', '.join(known) or 'none'}). Create it first: contracts create-environment --name {name} --production"
        )


def missing(broker: Broker, *, consumer: str, version: str, provider: str, environment: str) -> Iterator[Payload]:
    """What a webhook would ask for: each pact without a result, for each *provider* version in the *environment*."""
    asked = broker.can_i_deploy(pacticipant=consumer, version=version, environment=environment)
    rows = [row for row in asked.rows if row.success is None and row.provider == provider]
    pacts = {row.pact_url: row.consumer_version for row in rows if row.pact_url}
    deployed = broker.currently_deployed(environment, pacticipant=provider)
    released = broker.currently_supported(environment, pacticipant=provider)
    for number in dict.fromkeys([*(each.version for each in deployed), *(each.version for each in released)]):
        branch = "".join(broker.version(provider, number).branches[:1])
        names = {"provider": provider, "consumer": consumer}
        for pact_url, published in pacts.items():
            yield Payload(pact_url=pact_url, sha=number, branch=branch, consumer_version=published, **names)


def undelivered(broker: Broker, *, consumer: str, version: str, timeout_seconds: float = DELIVERY_SECONDS) -> list[str]:
    """Wait until what publishing *version* of *consumer* set off is sent; say of each that could not be, why."""
    deadline = time.monotonic() + timeout_seconds
    rows = broker.matrix([{"pacticipant": consumer, "version": version}]).rows
    pact_urls = dict.fromkeys(row.pact_url for row in rows if row.pact_url)
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
