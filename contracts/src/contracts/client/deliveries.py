"""The last deliveries of webhooks, with their logs.

Source: Pact Broker protocol, triggered webhooks: brokers list them for each pair of consumer and provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.client import hal
from contracts.client.errors import NotFound
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The last call of a webhook for one event of a pair; *log_url* leads to what was sent and received."""

    webhook_uuid: str | None
    name: str | None
    consumer: str
    provider: str
    event: str
    status: str
    attempts: int | None
    triggered_at: str | None
    log_url: str | None


def latest(
    navigator: Navigator, *, uuid: str | None = None, consumer: str | None = None, provider: str | None = None
) -> Iterator[Delivery]:
    """Yield the last deliveries, pair by pair, of one webhook, consumer or provider if given.

    Raises:
        NotSupported: if the broker does not list its pairs.
    """
    for first, second in _pairs(navigator, consumer, provider):
        path = f"/pacts/provider/{hal.segment(second)}/consumer/{hal.segment(first)}/webhooks/status"
        try:
            document = navigator.get(navigator.checked_below(path))
        except NotFound:  # the pair was removed while this was running
            continue
        for item in hal.embedded(document, "triggeredWebhooks"):
            delivery = _delivery_from(navigator, item, first, second)
            if uuid in {None, delivery.webhook_uuid}:
                yield delivery


def log(navigator: Navigator, delivery: Delivery) -> str:
    """Return what was sent and received in every attempt of *delivery*."""
    if delivery.log_url is None:
        return ""
    document = navigator.get(delivery.log_url)
    return "\n".join(hal.text(each, "logs") for each in hal.objects(document.get("executions") or [], "executions"))


def _pairs(navigator: Navigator, consumer: str | None, provider: str | None) -> list[tuple[str, str]]:
    if consumer is not None and provider is not None:
        return [(consumer, provider)]
    address = navigator.relation("pb:integrations", "listing pairs of applications")
    pairs = [
        (hal.text(hal.mapping(each, "consumer"), "name"), hal.text(hal.mapping(each, "provider"), "name"))
        for page in navigator.pages(address)
        for each in hal.embedded(page, "integrations")
    ]
    return [pair for pair in pairs if consumer in {None, pair[0]} and provider in {None, pair[1]}]


def _delivery_from(navigator: Navigator, document: JsonObject, consumer: str, provider: str) -> Delivery:
    webhook, logs = hal.get_link(document, "pb:webhook"), hal.get_link(document, "pb:logs")
    attempts = document.get("attemptsMade")
    return Delivery(
        webhook_uuid=webhook.href.rstrip("/").rpartition("/")[2] if webhook else None,
        name=hal.get_text(document, "name"),
        consumer=consumer,
        provider=provider,
        event=hal.text(document, "eventName"),
        status=hal.text(document, "status"),
        attempts=attempts if isinstance(attempts, int) else None,
        triggered_at=hal.get_text(document, "triggeredAt"),
        log_url=navigator.address(logs.href) if logs else None,
    )
