"""Accept verification results, with all consequences."""

from __future__ import annotations

from contracts.broker.actions import notify
from contracts.broker.runtime import Runtime
from contracts.broker.store import attestations, integrations, jobs, verifications, versions
from contracts.broker.store.database import Connection
from contracts.model.metadata import Metadata
from contracts.model.pacts import Pact
from contracts.model.verifications import Result, Verification


def publish(
    runtime: Runtime, connection: Connection, pact: Pact, result: Result, metadata: Metadata, *, base_url: str
) -> Verification:
    """Store *result*, of a provider version for the content of *pact*, with the build in its report.

    A missing provider version is created without branch or tag, because clients send those first. A success is recorded
    for each of the version's tags, for work in progress by tag. The same result sent again within a minute is not
    stored twice. *metadata* is from the URL of the result; URLs for webhooks start with *base_url*.
    Source: Pact Broker protocol, verification results.
    """
    now = runtime.now()
    integrations.touch(connection, pact.consumer.id, [pact.provider.id], now)
    version, _ = versions.ensure(connection, pact.provider.id, result.provider_version_number, now)
    verification, new = verifications.add(connection, pact, version.id, result, metadata, now)
    if (build := result.report.attestation) is not None:
        attestations.add(connection, verification.id, build, now)
    jobs.done(connection, pact.pact_version_id, version.id, now)
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
