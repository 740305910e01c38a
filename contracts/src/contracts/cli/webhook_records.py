"""Webhooks as records of the command line."""

from __future__ import annotations

from contracts.cli.outputs import OutputRecord
from contracts.client import Webhook


COLUMNS = ("uuid", "description", "consumer", "provider", "events", "enabled")


def webhook_record(webhook: Webhook) -> OutputRecord:
    """Return *webhook* as a record; brokers mask secret values by asterisks."""
    return {
        "uuid": webhook.uuid,
        "description": webhook.description,
        "enabled": webhook.enabled,
        "events": list(webhook.events),
        "consumer": webhook.consumer,
        "consumerLabel": webhook.consumer_label,
        "provider": webhook.provider,
        "providerLabel": webhook.provider_label,
        "consumers": list(webhook.consumers),
        "branches": list(webhook.branches),
        "labels": list(webhook.labels),
        "request": {
            "method": webhook.request.method,
            "url": webhook.request.url,
            "headers": dict(webhook.request.headers),
            "body": webhook.request.body,
            "username": webhook.request.username,
        },
    }
