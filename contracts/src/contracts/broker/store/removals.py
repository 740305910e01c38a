"""Removing versions in SQL, with whatever hangs on them, while others publish.

Whoever removes locks first what whoever publishes or verifies locks, and in the same order, so that nobody waits in a
circle: applications, pairs, branches, heads of tags, versions, contents; each kind in the order of its key. What a
removal depends on is asked after that, in statements of their own: on PostgreSQL (READ COMMITTED) a statement that
waits for a row goes on with what all others were when it began.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from contracts.broker.store import branches, integrations, publications, tags, versions


def lock(connection: Connection, version_ids: Collection[int]) -> None:
    """Let nobody give these versions anything, or move a head to or from them, until the transaction ends."""
    integrations.lock_of_contents(connection, publications.contents_of(connection, version_ids))
    _lock_heads(connection, version_ids)
    versions.lock(connection, version_ids)
    _lock_heads(connection, version_ids)  # those that they were given until now


def remove(connection: Connection, version_ids: Collection[int]) -> None:
    """Remove versions that are locked, with what is theirs; heads move to what is left, unused contents go."""
    pairs = integrations.headed_by(connection, version_ids)
    headed = branches.headed_by(connection, version_ids)
    tagged = tags.headed_by(connection, version_ids)
    contents = publications.contents_of(connection, version_ids)
    versions.remove(connection, version_ids)
    integrations.recompute_heads(connection, pairs)
    branches.recompute_heads(connection, headed)
    tags.recompute_heads(connection, tagged)
    publications.remove_unused(connection, contents)


def _lock_heads(connection: Connection, version_ids: Collection[int]) -> None:
    branches.lock_of(connection, version_ids)
    tags.lock_heads_of(connection, version_ids)
