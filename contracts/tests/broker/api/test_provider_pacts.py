"""The pacts of a provider."""

from __future__ import annotations

import pytest
from estates import Estate


BASE = "http://testserver"
PAIR = "/pacts/provider/Ledger/consumer/Till"


@pytest.fixture(autouse=True)
def estate(broker):
    """Till 1 (main, dev), 2 (feat, dev), 3 (main); Kiosk 7 (main)."""
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.publish("Till", "2", "b", branch="feat", tags=("dev",))
    estate.publish("Till", "3", "c", branch="main")
    estate.publish("Kiosk", "7", "a", branch="main")
    return estate


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("", ["Kiosk 7", "Till 1", "Till 2", "Till 3"]),
        ("/tag/dev", ["Till 1", "Till 2"]),
        ("/latest", ["Kiosk 7", "Till 3"]),
        ("/latest/dev", ["Till 2"]),
        ("/branch", ["Kiosk 7", "Till 1", "Till 3"]),
        ("/branch/feat", ["Till 2"]),
        ("/branch/latest", ["Kiosk 7", "Till 3"]),
        ("/branch/main/latest", ["Kiosk 7", "Till 3"]),
    ],
)
def test_the_pacts_of_a_provider_are_listed_by_consumer(http, path, listed):
    links = http.get(f"/pacts/provider/Ledger{path}").json()["_links"]
    assert [f"{each['name']} {each['href'].rpartition('/')[2]}" for each in links["pb:pacts"]] == listed
    assert links["pacts"] == links["pb:pacts"]
    assert links["self"]["href"] == f"{BASE}/pacts/provider/Ledger{path}"
    assert links["pb:provider"] == {"href": f"{BASE}/pacticipants/Ledger", "name": "Ledger"}


def test_the_list_of_an_unknown_provider_is_a_404_with_its_name(http):
    answer = http.get("/pacts/provider/Nobody/latest")
    assert answer.status_code == 404
    assert "no provider named 'Nobody'" in answer.json()["error"]
