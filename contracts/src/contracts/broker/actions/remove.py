"""Removing what other things hang on: rows go with what they belong to, and what was a head finds its successor.

Source: Pact Broker protocol, DELETE of pacticipants, versions, branches and tags.
"""

from __future__ import annotations

from contracts.broker.store import branches, pacticipants, removals, tags
from contracts.broker.store.database import Connection
from contracts.model.pacticipants import Pacticipant
from contracts.model.versions import Version


def pacticipant(connection: Connection, removed: Pacticipant) -> None:
    """Remove an application with everything that is its own: versions, contracts, results, webhooks."""
    pacticipants.remove(connection, removed.id)


def version(connection: Connection, removed: Version) -> None:
    """Remove a version with its contracts, results, tags, branch memberships and deployments."""
    removals.lock(connection, [removed.id])
    removals.remove(connection, [removed.id])


def tag(connection: Connection, tagged: Version, name: str) -> None:
    """Take a tag from a version."""
    tags.lock_head(connection, tagged.pacticipant_id, name)
    tags.remove(connection, tagged.id, name)
    tags.recompute_heads(connection, [(tagged.pacticipant_id, name)])


def branch_version(connection: Connection, branch_id: int, version_id: int) -> None:
    """Take a version from a branch; where it was the head, the greatest left is."""
    branches.lock(connection, branch_id)
    headed = branches.headed_by(connection, [version_id]) & {branch_id}
    branches.remove_version(connection, branch_id, version_id)
    branches.recompute_heads(connection, headed)
