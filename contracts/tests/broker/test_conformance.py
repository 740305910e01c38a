"""The broker answers as the reference broker did, request by request: on both databases, and on a SQLite that was used.

`recordings` says where the recorded answers are found; without them nothing is tested here.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import recordings
from sqlalchemy import create_engine, make_url, text

from contracts.broker.store import migrations
from contracts.broker.store.database import Database


pytestmark = pytest.mark.skipif(recordings.folder() is None, reason=recordings.ABSENT)


@pytest.fixture(scope="session")
def postgresql(postgresql_url):
    """Makes empty PostgreSQL databases, each a copy: that costs a sixth of making its tables."""
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")

    def execute(statement):
        with engine.connect() as connection:
            connection.execute(text(statement))

    def url(name):
        return make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def copied(name):
        execute(f'CREATE DATABASE "{name}" TEMPLATE "recorded"')
        yield url(name)
        execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    execute('CREATE DATABASE "recorded"')
    recorded = Database(url("recorded"))
    migrations.prepare(recorded)
    recorded.dispose()
    yield copied
    engine.dispose()


def _unexpected(name, differences):
    expected = recordings.known_differences().get(name, set())
    assert [f"step {step}: {text}" for step, text in differences.items() if step not in expected] == []
    assert expected <= set(differences), "these steps conform, though docs/api.md says that they do not"


SLOW = {"webhook-events", "webhook-retries-and-logs"}
"""Recordings that wait for deliveries that fail."""


def _some(*everyday, names=None):
    """Every recording, or those of *names*; only those with one of the words in their names are not thorough."""
    return [
        pytest.param(name, marks=() if _is_everyday(name, everyday) else pytest.mark.thorough)
        for name in (recordings.scenarios() if names is None else names)
    ]


def _is_everyday(name, words):
    return name not in SLOW and any(word in name for word in words)


NAMED = [name for name in recordings.scenarios() if not name.startswith("history")]

LIVELY = [name for name in NAMED if name not in SLOW]
HISTORIES = [name for name in recordings.scenarios() if name.startswith("history")]
ALTERNATING = [[*LIVELY[start::8], *HISTORIES[start::8]] for start in (0, 4)]
"""For the two other kinds of SQLite: an eighth of the recordings that wait for nothing each."""


@pytest.mark.parametrize("name", _some(*NAMED[::8], "live", "history-0001"))
def test_responses_equal_the_reference_on_sqlite(name):
    _unexpected(name, recordings.differences(name))


@pytest.mark.parametrize("name", _some(names=[*NAMED, *HISTORIES[::2]]))
def test_responses_equal_the_reference_on_postgresql(name, postgresql):
    with postgresql(name) as url:
        _unexpected(name, recordings.differences(name, url))


@pytest.mark.parametrize("name", _some("live-matrix", names=ALTERNATING[0]))
def test_responses_stay_the_same_with_statistics_and_a_restart(name, filled):
    _unexpected(name, recordings.differences(name, used=filled))


@pytest.mark.parametrize("name", _some("live-matrix", names=ALTERNATING[1]))
@pytest.mark.usefixtures("newest_sqlite")
def test_responses_stay_the_same_on_the_newest_sqlite(name, filled):
    _unexpected(name, recordings.differences(name, used=filled))


def test_every_known_difference_is_recorded():
    steps = {name: len(each["steps"]) for name, each in recordings.scenarios().items()}

    assert all(max(listed) <= steps.get(name, 0) for name, listed in recordings.known_differences().items())
