"""What answers cost does not grow with the history: few statements, on indexes, on both databases.

Nothing here looks at a clock: statements and the steps of SQLite's machine are the same on every computer.
"""

from __future__ import annotations

from datetime import UTC, datetime

import benchmark_questions as questions
import pytest
from benchmark_measuring import serial
from costs import as_if_large, executed, scans, send, steps
from in_process import TestClient

from contracts.broker import urls
from contracts.broker.actions import seed
from contracts.broker.api.resources import Resource
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database
from contracts.model import seeds


SMALL = seeds.shape(rounds=28, pairs=80, around_one=20)
LARGE = seeds.shape(rounds=112, pairs=200, around_one=20)
NAMES = [each.name for each in (*questions.reads(SMALL), *questions.writes(SMALL))]
MOST_GROWTH = 2.0
MOST_STATEMENTS = 12
WORK_IN_PROGRESS_GROWS_WITH = 6.5
"""Work in progress looks through the heads of branches, of which LARGE has four times as many, in deeper indexes."""
TO_A_FULL_PAGE = 2.5
"""SMALL has fewer pacts of a pair, and rows to count, than the page looks at; LARGE has more."""


SQLITE_EVERY_DAY = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)], indirect=True
)


def filled(database, plan):
    with database.writing() as connection:
        seed.write(connection, plan, datetime.now(UTC))
    broker = Runtime(settings=Settings(), database=database)
    return TestClient(create_app(broker), headers={"Accept": "*/*"})


@pytest.mark.thorough
@SQLITE_EVERY_DAY
def test_every_question_takes_few_statements_and_each_an_index(database):
    """PostgreSQL and SQLite alike; a question that begins to take more has a reason, or an error."""
    wrong, planned = [], []
    with filled(database, SMALL) as http:
        for question in (*questions.reads(SMALL), *questions.writes(SMALL)):
            send(http, question.request(serial()))
            with executed(database) as statements:
                send(http, question.request(serial()))
            if len(statements) != question.statements:
                wrong.append(f"{question.name}: {len(statements)} statements instead of {question.statements}")
            planned += [(question.name, *each) for each in statements]
    with as_if_large(database) as connection:
        for name, statement, parameters in planned:
            tables = scans(connection, statement, parameters)
            wrong += [f"{name} reads all of {table}: {statement[:500]}" for table in tables]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """The steps of each question in a small and in a large estate, and the sizes of the answers."""
    measurements = {}
    for plan in (SMALL, LARGE):
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('costs') / 'broker.sqlite3'}")
        database.create()
        with filled(database, plan) as http:
            for question in (*questions.reads(plan), *questions.writes(plan)):
                send(http, question.request(serial()))
                with steps(database) as counted:
                    size = len(send(http, question.request(serial())))
                measurements.setdefault(question.name, []).append((counted[0], size))
        database.dispose()
    return measurements


@pytest.mark.thorough
@pytest.mark.xdist_group("costs")
@pytest.mark.parametrize("name", NAMES)
def test_ten_times_the_pacts_are_at_most_twice_the_work(work, name):
    (small, small_size), (large, large_size) = work[name]
    assert small > 0
    most = WORK_IN_PROGRESS_GROWS_WITH if name.endswith("WIP") else MOST_GROWTH
    if name == "matrix page":
        most = TO_A_FULL_PAGE
    answers = max(1.0, large_size / small_size)
    assert large <= most * answers * small, f"{small}0 steps for {small_size} bytes, {large}0 for {large_size}"


@pytest.mark.thorough
@SQLITE_EVERY_DAY
def test_every_address_that_can_be_read_is_answered_in_twelve_statements_on_indexes(database):
    """Whatever an address leads to: a document, an empty list, or nothing."""
    wrong, planned = [], []
    with filled(database, SMALL) as http:
        names = _names(http)
        for path in _readable(http.app):
            values = names | ({"version": names["consumer_version"]} if "{consumer}" in path else {})
            request = questions.Request(method="GET", path=urls.expand(path, **values), accept="*/*")
            http.request(request.method, request.path, headers={"Accept": request.accept})
            with executed(database) as statements:
                answer = http.request(request.method, request.path, headers={"Accept": request.accept})
            assert answer.status_code < 500, f"{path}: {answer.text}"
            if len(statements) > MOST_STATEMENTS:
                wrong.append(f"{path}: {len(statements)} statements")
            planned += [(path, *each) for each in statements]
    with as_if_large(database) as connection:
        for path, statement, parameters in planned:
            tables = scans(connection, statement, parameters)
            wrong += [f"{path} reads all of {table}: {statement[:500]}" for table in tables]
    assert not wrong, "\n".join(wrong)


@pytest.mark.thorough
@SQLITE_EVERY_DAY
def test_removals_find_their_rows_by_indexes(database):
    wrong, planned = [], []
    with filled(database, SMALL) as http:
        names = _names(http)
        of_consumer = names | {"pacticipant": names["consumer"], "version": names["consumer_version"]}
        for path, values in (
            (urls.VERSION_TAG, of_consumer),
            (urls.BRANCH_VERSION, of_consumer),
            (urls.PACT, of_consumer | {"version": "1.1"}),
            (urls.RESULT, names | {"number": names["result"]}),
            (urls.VERSION, of_consumer),
            (urls.BRANCH, names),
        ):
            with executed(database) as statements:
                answer = http.delete(urls.expand(path, **values))
            assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
            planned += [(path, *each) for each in statements]
    with as_if_large(database) as connection:
        for path, statement, parameters in planned:
            tables = scans(connection, statement, parameters)
            wrong += [f"{path} reads all of {table}: {statement[:500]}" for table in tables]
    assert not wrong, "\n".join(wrong)


def _readable(app):
    """Every path that is read, but for the one that counts everything there is."""
    routes = (each for each in app.routes if isinstance(each, Resource) and "GET" in each.operation.methods)
    return sorted({each.operation.path for each in routes} - {urls.TEST_ERROR, urls.METRICS})


def _names(http):
    """A value for each parameter of an address."""
    estate = questions.Subjects(plan=SMALL)
    pair = estate.pair
    names = {
        "provider": pair.provider,
        "consumer": pair.consumer,
        "pacticipant": pair.provider,
        "version": estate.build,
    }
    names |= {"consumer_version": estate.newest, "branch": "main", "tag": "main", "providerTag": "main", "to": "prod"}
    pact = http.get(urls.expand(urls.PACT, **names | {"version": estate.newest})).json()
    place = http.get(urls.ENVIRONMENTS).json()["_embedded"]["environments"][0]
    result = http.get(urls.expand(urls.PACT_RESULT_LATEST, **names | {"version": estate.newest})).json()
    names["result"] = result["_links"]["self"]["href"].rpartition("/")[2]
    names |= {"sha": pact["_links"]["pb:pact-version"]["name"], "environment": place["uuid"], "number": "1"}
    return names | {"pactVersion": names["sha"], "other": "1.1", "metadata": "none", "uuid": "none", "label": "none"}
