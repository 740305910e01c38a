"""Remove versions and everything that belongs to them, while others publish.

A removal first takes the locks that publications and results take, in the same order, so a deadlock is impossible:
applications, pairs, branches, heads of tags, versions, contents; each kind in the order of its key. It reads what it
depends on afterwards, in separate statements: on PostgreSQL (READ COMMITTED), a statement that waits for a row sees
all other rows as they were when it began.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from contracts.broker.store import branches, integrations, publications, tags, versions


def lock(connection: Connection, version_ids: Collection[int]) -> None:
    """Lock versions until the transaction ends: no other writer adds to them, or moves a head to or from them."""
    integrations.lock_of_contents(connection, publications.contents_of(connection, version_ids))
    _lock_heads(connection, version_ids)
    versions.lock(connection, version_ids)
    _lock_heads(connection, version_ids)  # those that were added until now


def remove(connection: Connection, version_ids: Collection[int]) -> None:
    """Remove locked versions with everything of theirs; move heads to other versions, and remove unused contents."""
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
