"""Pairs of applications: listed, drawn, forgotten."""

from __future__ import annotations

import pytest
from estates import Estate


BASE = "http://testserver"


@pytest.fixture(autouse=True)
def estate(broker, clock):
    """Till 1 (main, prod) with Ledger, verified by 10; then Till 2 with Stock."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="10", success=False)
    clock.forward(minutes=1)
    estate.publish("Till", "2", "b", provider="Stock")
    return estate


def test_integrations_are_listed_the_last_changed_first(http):
    document = http.get("/integrations", headers={"Accept": "application/hal+json"}).json()
    pair = "provider/Stock/consumer/Till"
    assert document["_embedded"]["integrations"][0] == {
        "consumer": {"name": "Till"},
        "provider": {"name": "Stock"},
        "_links": {
            "pb:dashboard": {"href": f"{BASE}/dashboard/{pair}", "title": "Dashboard of the pair"},
            "pb:matrix": {"href": f"{BASE}/matrix/{pair}", "title": "Matrix of the pair"},
            "pb:group": {"href": f"{BASE}/pacticipants/Till", "title": "Consumer"},
            "pb:delete_integration": {"href": f"{BASE}/integrations/{pair}", "title": "DELETE this to forget the pair"},
        },
    }
    assert [each["provider"]["name"] for each in document["_embedded"]["integrations"]] == ["Stock", "Ledger"]


def test_integrations_are_found_by_name_and_come_in_pages(http):
    def providers(query):
        document = http.get(f"/integrations?{query}", headers={"Accept": "application/hal+json"}).json()
        return [each["provider"]["name"] for each in document["_embedded"]["integrations"]], document.get("page")

    assert providers("q=STO") == (["Stock"], None)
    assert providers("page=2&size=1") == (
        ["Ledger"],
        {"number": 2, "size": 1, "totalElements": 2, "totalPages": 2},
    )


def test_integrations_are_a_graph_unless_asked_otherwise(http):
    answer = http.get("/integrations", headers={"Accept": "*/*"})
    assert answer.headers["content-type"].startswith("text/vnd.graphviz")
    assert answer.text == 'digraph {\n  "Till" -> "Ledger"\n  "Till" -> "Stock"\n}\n'


@pytest.mark.parametrize("accept", ["application/hal+json", "text/html", "*/*"])
def test_a_pair_is_removed_whatever_the_client_accepts(http, accept):
    path = "/integrations/provider/Stock/consumer/Till"
    assert http.delete(path, headers={"Accept": accept}).status_code == 204
    assert [each["_embedded"]["provider"]["name"] for each in http.get("/pacts/latest").json()["pacts"]] == ["Ledger"]
    assert http.delete(path).status_code == 404


def test_everything_is_forgotten(http):
    assert http.delete("/integrations").status_code == 204
    assert http.get("/metrics").json()["pacticipants"]["count"] == 0
