"""Forgetting a pair of applications, or everything.

Source: Pact Broker protocol, integrations.
"""

from __future__ import annotations

from datetime import datetime

from contracts.broker.store import integrations, orphans, pacticipants, publications
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant


def pair(connection: Connection, consumer: Pacticipant, provider: Pacticipant, now: datetime) -> None:
    """Remove everything between a consumer and a provider: pacts, results, webhooks of the pair, the integration.

    Versions of the two that are left without pact and result go too, and so do the two if nothing is left of them.
    """
    both = {consumer.id, provider.id}
    if len(pacticipants.hold(connection, {consumer.name, provider.name})) < len(both):
        return  # somebody else has forgotten them meanwhile
    # its row is made where it is missing: somebody else may be making it, who is waited for
    integrations.touch(connection, consumer.id, [provider.id], now)
    publications.remove_pair(connection, consumer.id, provider.id)
    integrations.remove(connection, consumer.id, provider.id)
    orphans.remove_versions(connection, both)
    orphans.remove_pacticipants(connection, both)


def everything(connection: Connection) -> None:
    """Remove all applications, with everything that is theirs, and all webhooks; environments stay."""
    orphans.remove_everybody(connection)
