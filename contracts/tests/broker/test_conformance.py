"""The broker answers as the reference broker did, request by request, on both databases.

`recordings` says where the recorded answers are found; without them nothing is tested here.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext

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
    database = Database(url("recorded"))
    migrations.prepare(database)
    database.dispose()
    yield copied
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request):
    """Makes an empty database of each kind in turn; the address is None where the broker makes its own."""
    return (lambda _: nullcontext()) if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.mark.parametrize("name", recordings.scenarios())
def test_it_answers_as_the_reference(name, new_database):
    with new_database(name) as url:
        found = recordings.differences(name, url)

    known = recordings.known_differences().get(name, set())
    assert [f"step {step}: {text}" for step, text in found.items() if step not in known] == []
    assert known <= set(found), "these steps conform, though docs/api.md says that they do not"


def test_every_known_difference_is_recorded():
    steps = {name: len(each["steps"]) for name, each in recordings.scenarios().items()}

    assert all(max(listed) <= steps.get(name, 0) for name, listed in recordings.known_differences().items())
