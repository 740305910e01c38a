"""What SQLite has as statistics changes how it plans, and never what the broker answers."""

from __future__ import annotations

import pytest
from questions import answers
from random_histories import live

from contracts.testing import running_broker


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(1, 4))
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
