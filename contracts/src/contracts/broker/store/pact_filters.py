"""Conditions for pacts by their consumer version: its number, tag, branch or environment."""

from __future__ import annotations

from sqlalchemy import or_, select, true

from contracts.broker.store.pact_rows import Which, consumers
from contracts.broker.store.tables import (
    branch_versions,
    branches,
    currently_deployed,
    currently_supported,
    deployed_versions,
    environments,
    released_versions,
    tags,
    versions,
)


def everything() -> Which:
    """Every pact."""
    return true()


def of_number(version: str) -> Which:
    """The pacts of the consumer's version with this number."""
    return versions.c.number == version


def tagged(tag: str) -> Which:
    """The pacts of consumer versions with this tag."""
    return select(tags.c.id).where(tags.c.version_id == versions.c.id, tags.c.name == tag).exists()


def on_branch(name: str | None = None) -> Which:
    """The pacts of consumer versions on the branch of this name, or on the consumer's main branch."""
    query = select(branch_versions.c.id).join(branches, branches.c.id == branch_versions.c.branch_id)
    return query.where(branch_versions.c.version_id == versions.c.id, _named(name)).exists()


def at_head(name: str | None = None) -> Which:
    """The pacts of consumer versions that are the head of the branch of this name, or of the consumer's main branch."""
    return select(branches.c.id).where(branches.c.head_version_id == versions.c.id, _named(name)).exists()


def in_environment(environment: str) -> Which:
    """The pacts of consumer versions currently deployed or supported in the environment with this name or uuid."""
    named = or_(environments.c.name == environment, environments.c.uuid == environment)
    in_use = (
        select(table.c.id)
        .join(environments, environments.c.id == table.c.environment_id)
        .where(table.c.version_id == versions.c.id, current, named)
        .exists()
        for table, current in (
            (deployed_versions, currently_deployed()),
            (released_versions, currently_supported()),
        )
    )
    return or_(*in_use)


def _named(branch: str | None) -> Which:
    return branches.c.name == (consumers.c.main_branch if branch is None else branch)
