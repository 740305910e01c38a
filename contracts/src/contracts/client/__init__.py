"""A typed client for any Pact Broker or PactFlow.

`Broker` is the way in; what it raises is drawn in `contracts.client.errors`.

    with Broker.from_environment(os.environ) as broker:
        broker.record_deployment(pacticipant="shop", version="1f3a…", environment="production")
"""

from __future__ import annotations

from contracts.client.broker import Broker
from contracts.client.documents import Contract
from contracts.client.errors import (
    ClientError,
    Conflict,
    Failing,
    ForeignLink,
    Invalid,
    NotFound,
    NotSupported,
    Refused,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from contracts.client.urls import require_same_broker
from contracts.client.webhooks import Webhook, WebhookRequest


__all__ = [
    "Broker",
    "ClientError",
    "Conflict",
    "Contract",
    "Failing",
    "ForeignLink",
    "Invalid",
    "NotFound",
    "NotSupported",
    "Refused",
    "UnexpectedAnswer",
    "Unreachable",
    "UsageError",
    "Webhook",
    "WebhookRequest",
    "require_same_broker",
]
