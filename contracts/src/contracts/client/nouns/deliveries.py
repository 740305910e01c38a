"""The last deliveries of webhooks, with their logs."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.client import hal
from contracts.client.deliveries import Delivery, delivery_from
from contracts.client.errors import NotFound
from contracts.client.nouns.addresses import Addresses


class DeliveryMethods(Addresses):
    """The last deliveries of webhooks, with their logs."""

    def deliveries(
        self, *, uuid: str | None = None, consumer: str | None = None, provider: str | None = None
    ) -> Iterator[Delivery]:
        """Yield the last deliveries, pair by pair, of one webhook, consumer or provider if given.

        Raises:
            NotSupported: if the broker does not list its pairs.
        """
        for first, second in self._pairs(consumer, provider):
            path = f"/pacts/provider/{hal.segment(second)}/consumer/{hal.segment(first)}/webhooks/status"
            try:
                document = self._to.get(self._to.checked_below(path))
            except NotFound:  # the pair was removed while this was running
                continue
            for item in hal.embedded(document, "triggeredWebhooks"):
                delivery = delivery_from(item, consumer=first, provider=second)
                if uuid in {None, delivery.webhook_uuid}:
                    yield delivery

    def delivery_log(self, delivery: Delivery) -> str:
        """Return what was sent and received in every attempt of *delivery*."""
        if delivery.log_url is None:
            return ""
        executions = self._to.get(self._to.address(delivery.log_url)).get("executions") or []
        return "\n".join(hal.text(each, "logs") for each in hal.objects(executions, "executions"))

    def _pairs(self, consumer: str | None, provider: str | None) -> list[tuple[str, str]]:
        if consumer is not None and provider is not None:
            return [(consumer, provider)]
        address = self._to.relation("pb:integrations", "listing pairs of applications")
        pairs = [
            (hal.text(hal.mapping(each, "consumer"), "name"), hal.text(hal.mapping(each, "provider"), "name"))
            for page in self._to.pages(address)
            for each in hal.embedded(page, "integrations")
        ]
        return [pair for pair in pairs if consumer in {None, pair[0]} and provider in {None, pair[1]}]
