"""The builds that published results, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select

from contracts.broker.store.membership import among
from contracts.broker.store.tables import attestations
from contracts.broker.store.upserts import insert
from contracts.model.attestations import Attestation


def add(connection: Connection, verification_id: int, attestation: Attestation, now: datetime) -> None:
    """Record the build that published a result; an earlier record stays."""
    statement = insert(connection, attestations).values(
        verification_id=verification_id, created_at=now, **asdict(attestation)
    )
    connection.execute(statement.on_conflict_do_nothing(index_elements=["verification_id"]))


def attested(connection: Connection, verification_ids: Collection[int]) -> set[int]:
    """Return those of *verification_ids* whose results trusted builds published."""
    query = select(attestations.c.verification_id).where(among(attestations.c.verification_id, verification_ids))
    return set(connection.execute(query).scalars())
