"""The last deliveries of webhooks; free of I/O.

Source: Pact Broker protocol, triggered webhooks: brokers list them for each pair of consumer and provider.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contracts.client import hal
from contracts.client.hal import JsonObject


_LOG = re.compile(r"/triggered-webhooks/([^/]+)/logs$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The last call of a webhook for one event of a pair; *log_url* leads to what was sent and received.

    *uuid* is None if the address of the log does not contain it.
    """

    webhook_uuid: str | None
    name: str | None
    consumer: str
    provider: str
    event: str
    status: str
    attempts: int | None
    triggered_at: str | None
    log_url: str | None

    @property
    def uuid(self) -> str | None:
        """The uuid of the delivery, from the address of its log."""
        match = _LOG.search(self.log_url or "")
        return match[1] if match else None


def delivery_from(document: JsonObject, *, consumer: str, provider: str) -> Delivery:
    """Read one delivery for the pair of *consumer* and *provider*."""
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
        log_url=logs.href if logs else None,
    )
