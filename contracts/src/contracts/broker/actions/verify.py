"""Taking in a verification result: everything that follows from it."""

from __future__ import annotations

from contracts.broker.actions import notify
from contracts.broker.runtime import Runtime
from contracts.broker.store import integrations, verifications, versions
from contracts.broker.store.database import Connection
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.verifications import Result, Verification


def publish(
    runtime: Runtime, connection: Connection, pact: Pact, result: Result, metadata: Metadata, *, base_url: str
) -> Verification:
    """Keep *result*, which a provider's version got with the content of *pact*.

    The provider's version is made when it is missing, without branch or tag: clients tell those before. A success is
    noted for each of its tags, as work in progress by tag asks for it. The same result sent again within a minute makes
    no second one. *metadata* is that of the address; webhooks are
    told addresses below *base_url*.
    Source: Pact Broker protocol, verification results.
    """
    now = runtime.now()
    integrations.touch(connection, pact.consumer.id, [pact.provider.id], now)
    version, _ = versions.ensure(connection, pact.provider.id, result.provider_version_number, now)
    verification, new = verifications.add(connection, pact, version.id, result, metadata, now)
    if verification.success:
        verifications.add_tag_successes(connection, verification)
    notify.result_published(
        runtime,
        connection,
        verification=verification,
        pact=pact,
        selected=metadata,
        base_url=base_url,
        again=not new,
    )
    return verification
