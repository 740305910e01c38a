"""Remove applications, versions, tags and branch memberships with everything of theirs, and move heads.

Source: Pact Broker protocol, DELETE of pacticipants, versions, branches and tags.
"""

from __future__ import annotations

from contracts.broker.store import branches, pacticipants, removals, tags
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant
from contracts.model.versions import Version


def pacticipant(connection: Connection, removed: Pacticipant) -> None:
    """Remove an application with its versions, contracts, results and webhooks."""
    pacticipants.remove(connection, removed.id)


def version(connection: Connection, removed: Version) -> None:
    """Remove a version with its contracts, results, tags, branch memberships and deployments."""
    removals.lock(connection, [removed.id])
    removals.remove(connection, [removed.id])


def tag(connection: Connection, tagged: Version, name: str) -> None:
    """Remove a tag from a version."""
    tags.lock_head(connection, tagged.pacticipant_id, name)
    tags.remove(connection, tagged.id, name)
    tags.recompute_heads(connection, [(tagged.pacticipant_id, name)])


def branch_version(connection: Connection, branch_id: int, version_id: int) -> None:
    """Remove a version from a branch; if it was the head, the greatest remaining version becomes the head."""
    branches.lock(connection, branch_id)
    headed = branches.headed_by(connection, [version_id]) & {branch_id}
    branches.remove_version(connection, branch_id, version_id)
    branches.recompute_heads(connection, headed)
