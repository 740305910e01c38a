"""The broker answers as the reference broker did, request by request, on both databases.

`recordings` says where the recorded answers are found; without them nothing is tested here.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest
import recordings
from sqlalchemy import create_engine, make_url, text

from contracts.broker.store import migrations
from contracts.broker.store.database import Database


pytestmark = pytest.mark.skipif(recordings.folder() is None, reason=recordings.ABSENT)


@pytest.fixture(scope="module")
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
        execute(f'CREATE DATABASE "{name}" TEMPLATE "empty"')
        yield url(name)
        execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    execute('CREATE DATABASE "empty"')
    database = Database(url("empty"))
    migrations.prepare(database)
    database.dispose()
    yield copied
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def differing(request):
    """The steps of a recording that are answered differently, though docs/api.md does not say so, or the reverse."""
    new = (lambda _: nullcontext()) if request.param == "sqlite" else request.getfixturevalue("postgresql")

    def differing(name):
        with new(name) as url:
            found = recordings.differences(name, url)
        known = recordings.known_differences().get(name, set())
        unknown = [f"step {step}: {found[step]}" for step in found if step not in known]
        gone = [f"step {step} conforms, though docs/api.md says that it differs" for step in known - set(found)]
        return [f"{name}, {each}" for each in (*unknown, *gone)]

    return differing


@pytest.mark.parametrize("name", recordings.names(waiting=False))
def test_it_answers_as_the_reference(name, differing):
    assert differing(name) == []


def test_it_answers_and_sends_as_the_reference(differing):
    """Those recordings that wait for webhooks, all at once: they do little else."""
    names = recordings.names(waiting=True)
    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(differing, names))

    assert [each for differences in found for each in differences] == []


def test_every_known_difference_is_recorded():
    steps = {name: len(each["steps"]) for name, each in recordings.scenarios().items()}

    assert all(max(listed) <= steps.get(name, 0) for name, listed in recordings.known_differences().items())
