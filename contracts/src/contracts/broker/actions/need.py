"""Record the results that a provider's version needs when it comes into use: as head of main, deployed or released.

The provider's pipeline usually publishes them within minutes. So no webhook is sent now: the broker looks again when
the lease ends, and requests what is still missing. See ADR 31.
"""

from __future__ import annotations

from contracts.broker.runtime import Runtime
from contracts.broker.store import job_needs, jobs
from contracts.broker.store.database import Connection
from contracts.model.jobs import Need


def results(
    runtime: Runtime, connection: Connection, provider_id: int, version_id: int, reason: str, *, base_url: str
) -> None:
    """Record a job for each current content that a provider's version lacks a result for; *reason* is its new use.

    Without consumers, or with all results, this is one statement.
    """
    now = runtime.now()
    needs = [
        Need(
            consumer_id=each.consumer_id,
            provider_id=provider_id,
            pact_version_id=each.pact_version_id,
            consumer_version_id=each.consumer_version_id,
            provider_version_id=version_id,
            reasons=(reason,),
            base_url=base_url,
            delivery_uuid=None,
            deadline=now + runtime.settings.patience_for_verifications.lease,
        )
        for each in job_needs.lacking(connection, provider_id, version_id)
    ]
    if needs:
        jobs.require(connection, [(runtime.uuid(), each) for each in needs], now)
