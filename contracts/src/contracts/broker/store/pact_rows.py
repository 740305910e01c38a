"""Rows of pacts: the query on which all others about pacts build, and the pact of a row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, select, true

from contracts.broker.store.tables import labels, pact_publications, pact_versions, pacticipants, versions
from contracts.model.pacts import Pact, PacticipantRef
from contracts.model.versions import VersionRef
from contracts.model.webhooks import Side


Which = ColumnElement[bool]
"""A condition over the tables that `pacts` joins."""

consumers = pacticipants.alias("consumers")
providers = pacticipants.alias("providers")


@cache
def pacts(*, replaced: bool = False) -> Select[*tuple[Any, ...]]:
    """Every pact without its content, for `pact_of`: the last revisions, or with *replaced* the earlier ones.

    It joins `pact_publications`, `pact_versions`, `versions` (of consumers), `consumers` and `providers`.
    """
    return (
        select(
            pact_publications.c.id,
            pact_publications.c.consumer_id,
            consumers.c.name.label("consumer"),
            pact_publications.c.provider_id,
            providers.c.name.label("provider"),
            pact_publications.c.consumer_version_id,
            versions.c.number,
            pact_publications.c.pact_version_id,
            pact_versions.c.sha,
            pact_publications.c.revision_number,
            pact_publications.c.created_at,
        )
        .select_from(pact_publications)
        .join(pact_versions, pact_versions.c.id == pact_publications.c.pact_version_id)
        .join(versions, versions.c.id == pact_publications.c.consumer_version_id)
        .join(consumers, consumers.c.id == pact_publications.c.consumer_id)
        .join(providers, providers.c.id == pact_publications.c.provider_id)
        .where(~pact_publications.c.latest if replaced else pact_publications.c.latest)
    )


def pact_of(row: Sequence[Any]) -> Pact:
    """The pact of a *row* with the columns of `pacts`, in their order."""
    # looking each up by its name would take twice as long as the rest of this function
    (
        pact_id,
        consumer_id,
        consumer,
        provider_id,
        provider,
        consumer_version_id,
        number,
        pact_version_id,
        sha,
        revision_number,
        created_at,
    ) = row
    return Pact(
        id=pact_id,
        consumer=PacticipantRef(id=consumer_id, name=consumer),
        provider=PacticipantRef(id=provider_id, name=provider),
        consumer_version=VersionRef(id=consumer_version_id, pacticipant=consumer, number=number),
        pact_version_id=pact_version_id,
        sha=sha,
        revision_number=revision_number,
        created_at=created_at,
    )


def between(consumer_id: int, provider_id: int) -> Select[*tuple[Any, ...]]:
    """The pacts of a pair, as `pacts`."""
    return pacts().where(pact_publications.c.consumer_id == consumer_id, pact_publications.c.provider_id == provider_id)


def is_side(table: FromClause, side: Side | None) -> Which:
    """The condition that an application in *table* has the name or the label of *side*."""
    if side is None or (side.name is None and side.label is None):
        return true()
    if side.name is not None:
        return table.c.name == side.name
    return table.c.id.in_(select(labels.c.pacticipant_id).where(labels.c.name == side.label))
