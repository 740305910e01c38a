"""Rows that a change locks, so that no other change comes between its reading and its writing."""

from __future__ import annotations

import pytest
from hooks import new_webhook
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contracts.broker.store import environments, tables, webhooks


@pytest.mark.thorough
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_locked_webhook_or_environment_is_not_locked_twice(database, clock):
    with database.writing() as connection:
        webhooks.create(connection, "hook", new_webhook(), clock())
        environments.create(
            connection, uuid="test", name="test", display_name="", production=False, contacts=None, now=clock()
        )
    for store, table, uuid in ((webhooks, tables.webhooks, "hook"), (environments, tables.environments, "test")):
        query = select(table.c.id).where(table.c.uuid == uuid).with_for_update(nowait=True)
        with database.writing() as connection:
            store.lock(connection, uuid)
            with database.engine.connect() as other, pytest.raises(OperationalError, match="could not obtain lock"):
                other.execute(query)
        with database.engine.begin() as other:
            other.execute(query).one()
