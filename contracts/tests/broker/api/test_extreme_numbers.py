"""Numbers in a query or a path, as large as they are accepted: never an error of the database, on either kind."""

from __future__ import annotations

import pytest
from estates import Estate
from in_process import TestClient

from contracts.broker import urls
from contracts.broker.app import create_app
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings


LARGEST = 2**31 - 1
NAMES = {
    "pacticipant": "Till",
    "consumer": "Till",
    "provider": "Ledger",
    "version": "1",
    "branch": "main",
    "tag": "prod",
}
PAGES = [(1, LARGEST), (2, LARGEST), (LARGEST, 1), (LARGEST, 2), (LARGEST, LARGEST), (3, 1_000_000_000)]


@pytest.fixture
def app(database):
    broker = Runtime(settings=Settings(), database=database)
    estate = Estate(broker)
    estate.environment("live")
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.deploy("Till", "1", "live")
    with TestClient(create_app(broker), raise_server_exceptions=False) as client:
        yield client


def test_every_list_takes_every_page(app):
    environment = app.get("/environments").json()["_embedded"]["environments"][0]["uuid"]
    paged = 0
    for route in app.app.router.routes:
        operation = getattr(route, "operation", None)
        if operation is None or "page" not in {each.name for each in operation.query}:
            continue
        paged += 1
        path = urls.expand(operation.path, **NAMES, environment=environment, label="x")
        for number, size in PAGES:
            for names in (("page", "size"), ("pageNumber", "pageSize")):
                answer = app.get(path, params=dict(zip(names, (number, size), strict=True)))
                assert answer.status_code == 200, (path, number, size, answer.text)
    assert paged > 8


@pytest.mark.parametrize(
    "address",
    [
        f"/groups/Till.csv?maxPacticipants={LARGEST}",
        f"/matrix?q[][pacticipant]=Till&limit={LARGEST}",
        "/matrix?q[][pacticipant]=Till&limit=99999999999999999999",
        "/pacts/provider/Ledger/consumer/Till/pact-version/x/verification-results/9223372036854775808",
        "/pacts/provider/Ledger/consumer/Till/pact-version/x/verification-results/999999999999999999",
        # cv=9223372036854775808, and cv=999999999999999999
        "/pacts/provider/Ledger/consumer/Till/pact-version/x/metadata/Y3Y9OTIyMzM3MjAzNjg1NDc3NTgwOA",
        "/pacts/provider/Ledger/consumer/Till/pact-version/x/metadata/Y3Y9OTk5OTk5OTk5OTk5OTk5OTk5",
    ],
)
def test_every_other_number_is_answered(app, address):
    assert app.get(address).status_code in {200, 404}


@pytest.mark.parametrize(
    "address",
    [
        "/?page=999999999",
        "/?page=99999999999999999999",
        "/matrix/provider/Ledger/consumer/Till?rows=99999999999999999999",
    ],
)
def test_every_number_of_a_page_for_people_is_answered(app, address):
    assert app.get(address, headers={"Accept": "text/html"}).status_code == 200
