"""Record that a provider's build started: its jobs are not lost while it runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from contracts.broker.runtime import Runtime
from contracts.broker.store import job_lists, jobs, pacts, versions
from contracts.broker.store.database import Connection
from contracts.broker.webhooks.fetches import Fetch


def reported(
    runtime: Runtime,
    connection: Connection,
    provider_id: int,
    version: str,
    contents: Collection[tuple[str, str]],
    build_url: str | None,
) -> None:
    """Record that a build of a provider's *version* verifies *contents*, each a consumer's name and a hash.

    A version that does not exist yet has no jobs.
    """
    provider_version = versions.get(connection, provider_id, version)
    ids = pacts.ids_of_contents(connection, provider_id, contents)
    if provider_version is not None and ids:
        now = runtime.now()
        lease = runtime.settings.patience_for_verifications.lease
        jobs.started(connection, ids, provider_version.id, build_url, now, now + lease)


def fetched(runtime: Runtime, fetches: Sequence[Fetch]) -> None:
    """Record the builds that made these *fetches*; this only reads if they start no job."""
    pairs = [(each.pact_version_id, each.provider_version_id) for each in fetches]
    with runtime.database.reading() as connection:
        startable = job_lists.startable(connection, pairs)
    if not startable:
        return
    now = runtime.now()
    deadline = now + runtime.settings.patience_for_verifications.lease
    with runtime.database.writing() as connection:
        for pact_version_id, provider_version_id in startable:
            jobs.started(connection, [pact_version_id], provider_version_id, None, now, deadline)
