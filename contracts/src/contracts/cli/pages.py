"""The pages of a broker to look at after a command; a browser that opens an API URL gets the page for it."""

from __future__ import annotations

from contracts.client import Broker
from contracts.client.hal import segment


def application(broker: Broker, name: str) -> str:
    """Return the URL of the application called *name*."""
    return f"{broker.base_url}/pacticipants/{segment(name)}"


def version(broker: Broker, pacticipant: str, number: str) -> str:
    """Return the URL of a version."""
    return f"{application(broker, pacticipant)}/versions/{segment(number)}"


def environment(broker: Broker, uuid: str) -> str:
    """Return the URL of an environment."""
    return f"{broker.base_url}/environments/{segment(uuid)}"


def webhook(broker: Broker, uuid: str) -> str:
    """Return the URL of a webhook."""
    return f"{broker.base_url}/webhooks/{segment(uuid)}"


def matrix(broker: Broker, consumer: str, provider: str) -> str:
    """Return the URL of the results between two applications."""
    return f"{broker.base_url}/matrix/provider/{segment(provider)}/consumer/{segment(consumer)}"
