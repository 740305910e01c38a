"""Forget a pair of applications, or everything.

Source: Pact Broker protocol, integrations.
"""

from __future__ import annotations

from datetime import datetime

from contracts.broker.store import integrations, orphans, pacticipants, publications
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant


def pair(connection: Connection, consumer: Pacticipant, provider: Pacticipant, now: datetime) -> None:
    """Remove everything between a consumer and a provider: pacts, results, webhooks of the pair, the integration.

    Versions of the two without a pact or result are removed too, and so are the two applications if they are empty.
    """
    both = {consumer.id, provider.id}
    if len(pacticipants.hold(connection, {consumer.name, provider.name})) < len(both):
        return  # another writer has forgotten them since
    # creates the row if it is missing, or waits for another writer that is creating it
    integrations.touch(connection, consumer.id, [provider.id], now)
    publications.remove_pair(connection, consumer.id, provider.id)
    integrations.remove(connection, consumer.id, provider.id)
    orphans.remove_versions(connection, both)
    orphans.remove_pacticipants(connection, both)


def everything(connection: Connection) -> None:
    """Remove all applications, with everything that is theirs, and all webhooks; environments stay."""
    orphans.remove_everything(connection)
