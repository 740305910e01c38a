"""The random seed of derived keys, for a broker whose settings have no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from contracts.broker.store import upserts
from contracts.broker.store.tables import signing_seeds


if TYPE_CHECKING:
    from sqlalchemy import Connection


_NAME = "derivation"


def get(connection: Connection) -> str | None:
    """The seed, or None if none was needed yet."""
    return connection.execute(select(signing_seeds.c.seed).where(signing_seeds.c.name == _NAME)).scalar()


def add(connection: Connection, seed: str) -> str:
    """Store *seed*, unless another process was faster; return the stored one."""
    connection.execute(
        upserts.insert(connection, signing_seeds)
        .values(name=_NAME, seed=seed)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    return get(connection) or seed
