"""Deploy and release versions to environments, and record the results that they then need."""

from __future__ import annotations

from contracts.broker.actions import need
from contracts.broker.runtime import Runtime
from contracts.broker.store import deployments, releases
from contracts.broker.store.database import Connection
from contracts.model.environments import Environment
from contracts.model.events import DEPLOYED_IN, RELEASED_IN
from contracts.model.versions import Version


def deploy(
    runtime: Runtime,
    connection: Connection,
    version: Version,
    environment: Environment,
    *,
    base_url: str,
    target: str | None = None,
    auto_created: bool = False,
) -> str:
    """Deploy *version* to *environment*, replacing the version in its slot; return the uuid of the deployment."""
    uuid = runtime.uuid()
    stored_uuid = deployments.deploy(
        connection, version, environment.id, uuid=uuid, now=runtime.now(), target=target, auto_created=auto_created
    )
    if stored_uuid == uuid:
        reason = DEPLOYED_IN + environment.name
        need.results(runtime, connection, version.pacticipant_id, version.id, reason, base_url=base_url)
    return stored_uuid


def release(
    runtime: Runtime, connection: Connection, version: Version, environment: Environment, *, base_url: str
) -> tuple[str, bool]:
    """Release *version* to *environment*; return the uuid of the release, and whether it is new."""
    uuid, created = releases.release(connection, version, environment.id, uuid=runtime.uuid(), now=runtime.now())
    reason = RELEASED_IN + environment.name
    need.results(runtime, connection, version.pacticipant_id, version.id, reason, base_url=base_url)
    return uuid, created
