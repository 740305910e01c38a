"""The network as CSV."""

from __future__ import annotations

import pytest
from estates import Estate


@pytest.fixture(autouse=True)
def estate(broker, clock):
    """Till 1 (main, prod) with Ledger, verified by 10; then Till 2 with Stock."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10", success=False)
    clock.forward(minutes=1)
    estate.publish("Till", "2", "b", provider="Stock")
    return estate


def test_the_network_is_csv(http):
    answer = http.get("/relationships", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    names = {line.split(",")[1] for line in answer.text.splitlines()}
    assert names == {"Till", "Ledger", "Stock"}


@pytest.mark.parametrize(("path", "lines"), [("Till.csv", 3), ("Till?maxPacticipants=2", 2)])
def test_the_group_of_an_application_can_be_limited(http, path, lines):
    assert len(http.get(f"/groups/{path}", headers={"Accept": "text/csv"}).text.splitlines()) == lines


def test_the_group_of_an_unknown_application_is_a_404(http):
    assert http.get("/groups/Nobody", headers={"Accept": "text/csv"}).status_code == 404


@pytest.mark.parametrize("most", ["0", "x", "-1", "9" * 5000, "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_group_is_limited_to_a_whole_number(http, most):
    answer = http.get(f"/groups/Till?maxPacticipants={most}", headers={"Accept": "text/csv"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["maxPacticipants"]


@pytest.mark.parametrize("name", ["=cmd|x", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_takes_no_name_for_a_formula(http, broker, name):
    Estate(broker).publish(name, "1", "a")

    lines = http.get("/relationships", headers={"Accept": "text/csv"}).text.splitlines()

    assert f"'{name}" in {line.split(",")[1] for line in lines}
