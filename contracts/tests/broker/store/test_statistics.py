"""What SQLite has as statistics changes how it plans, and never what the broker answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from histories import live
from questions import answers
from recordings import Statistics

from contracts.broker.store import seeding
from contracts.broker.store.database import Database
from contracts.model import seeds
from contracts.testing import running_broker


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'broker.sqlite3'}")
    database.create()
    with database.writing() as connection:
        seeding.write(connection, seeds.plan(300, 1), datetime.now(UTC), lambda _: None)
    statistics = Statistics.of(database)
    database.dispose()
    return statistics


@pytest.mark.parametrize("seed", [1, *(pytest.param(each, marks=pytest.mark.thorough) for each in range(2, 21))])
def test_a_history_has_the_same_answers_whatever_the_statistics(filled, seed):
    with running_broker() as running:
        database = running.broker.database
        live(running.broker, seed, steps=25)
        without = answers(running.base_url)
        filled.put_into(database)
        assert answers(running.base_url) == without
        database.optimise()  # what a start does
        database.dispose()
        assert answers(running.base_url) == without
