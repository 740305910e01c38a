"""The builds that published results, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select, update

from contracts.broker.store.membership import among
from contracts.broker.store.tables import attestations
from contracts.broker.store.upserts import insert
from contracts.model.attestations import Attestation, Source


COLUMNS: Sequence[Column[Any]] = tuple(attestations.c[each.name] for each in fields(Attestation))
"""The columns of an attestation, which `read` takes."""


def read(values: Sequence[Any]) -> Attestation | None:
    """Return the attestation with the *values* of `COLUMNS`; None if an outer join has none."""
    names = (each.name for each in fields(Attestation))
    return None if values[0] is None else Attestation(**dict(zip(names, values, strict=True)))


def counts() -> ColumnElement[bool]:
    """The condition that an attestation counts where an environment requires one."""
    return attestations.c.source != Source.IMPORT


def add(connection: Connection, verification_id: int, attestation: Attestation, now: datetime) -> None:
    """Record the build that published a result; an earlier record stays."""
    statement = insert(connection, attestations).values(
        verification_id=verification_id, created_at=now, **asdict(attestation)
    )
    connection.execute(statement.on_conflict_do_nothing(index_elements=["verification_id"]))


def attested(connection: Connection, verification_ids: Collection[int]) -> dict[int, Attestation]:
    """Return the attestations that count, of these results, by their ids."""
    return _builds(connection, among(attestations.c.verification_id, verification_ids), counts())


def of(connection: Connection, verification_ids: Collection[int]) -> dict[int, Attestation]:
    """Return the attestations of these results, by their ids, whether or not they count."""
    return _builds(connection, among(attestations.c.verification_id, verification_ids))


def _builds(connection: Connection, *conditions: ColumnElement[bool]) -> dict[int, Attestation]:
    rows = connection.execute(select(attestations.c.verification_id, *COLUMNS).where(*conditions))
    builds = ((number, read(values)) for number, *values in rows)
    return {number: each for number, each in builds if each is not None}


def add_imported(connection: Connection, imported: Mapping[int, Attestation], now: datetime, source: Source) -> None:
    """Record the attestations of an archive, by the ids of their results.

    An earlier record stays, but one that did not count before counts if *source* is a trusted import.
    """
    if not imported:
        return
    rows = [
        {"verification_id": number, "created_at": now, "source": source, **asdict(each)}
        for number, each in imported.items()
    ]
    connection.execute(
        insert(connection, attestations).on_conflict_do_nothing(index_elements=["verification_id"]), rows
    )
    if source is Source.TRUSTED_IMPORT:
        doubted = [among(attestations.c.verification_id, list(imported)), ~counts()]
        connection.execute(update(attestations).where(*doubted).values(source=source))
