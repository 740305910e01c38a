"""The pacts of a pair, of a provider, and of everybody."""

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


def numbers(document):
    return [each["_embedded"]["consumerVersion"]["number"] for each in document["_embedded"]["pacts"]]


def test_a_list_says_what_it_lists(http):
    document = http.get(f"{PAIR}/tag/dev").json()
    consumer = {"href": f"{BASE}/pacticipants/Till", "title": "Consumer", "name": "Till"}
    provider = {"href": f"{BASE}/pacticipants/Ledger", "title": "Provider", "name": "Ledger"}
    listed = [
        {"href": f"{BASE}{PAIR}/version/{each}", "title": "Pact", "name": f"Version {each} - 23/11/2026"}
        for each in ("2", "1")
    ]
    assert document["_links"] == {
        "self": {
            "href": f"{BASE}{PAIR}/tag/dev",
            "title": "Versions with tag dev of the pact between Till and Ledger",
        },
        "pb:consumer": consumer,
        "consumer": consumer,
        "pb:provider": provider,
        "provider": provider,
        "pb:pact-versions": listed,
        "pact-versions": listed,
    }
    assert document["_embedded"]["pacts"][0] == {
        "createdAt": "2026-11-23T08:00:00+00:00",
        "_embedded": {
            "consumerVersion": {
                "number": "2",
                "_links": {"self": {"href": f"{BASE}/pacticipants/Till/versions/2", "title": "Version", "name": "2"}},
            }
        },
        "_links": {"self": {"href": f"{BASE}{PAIR}/version/2", "title": "Pact between Till (2) and Ledger"}},
    }


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("/versions", ["3", "2", "1"]),
        ("/tag/dev", ["2", "1"]),
        ("/tag/none", []),
        ("/branch/main", ["3", "1"]),
        ("/branch/none", []),
        ("/branch/latest", []),
        ("/branch/versions", ["3", "1"]),
        ("/branch/latest/versions", ["3"]),
        ("/branch/feat/latest/versions", ["2"]),
    ],
)
def test_the_pacts_of_a_pair_are_listed_newest_first(http, path, listed):
    assert numbers(http.get(PAIR + path).json()) == listed


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/tag/dev", ["3"]),
        ("/branch/feat", ["3", "1"]),
        ("/branch/main/latest/versions", ["2"]),
        ("/branch/none", ["3", "2", "1"]),
    ],
)
def test_removing_a_list_leads_to_the_latest_that_is_left(http, path, left):
    answer = http.delete(PAIR + path)
    assert answer.status_code == 200
    assert answer.json()["_links"]["pb:latest-pact-version"]["href"] == f"{BASE}{PAIR}/latest"
    assert numbers(http.get(f"{PAIR}/versions").json()) == left


@pytest.mark.parametrize("path", ["/branch/versions", "/branch/latest/versions"])
def test_removing_the_main_branchs_list_removes_every_pact_of_the_pair(http, path):
    assert http.delete(PAIR + path).json() == {"_links": {"index": {"href": BASE, "title": "Index"}}}
    assert numbers(http.get(f"{PAIR}/versions").json()) == []
    assert [each["_embedded"]["consumer"]["name"] for each in http.get("/pacts/latest").json()["pacts"]] == ["Kiosk"]


def test_removing_all_versions_says_nothing(http):
    answer = http.delete(f"{PAIR}/versions")
    assert (answer.status_code, answer.content) == (204, b"")
    assert http.delete(f"{PAIR}/versions").status_code == 204


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["/versions", "/tag/dev", "/branch/main"])
def test_a_pair_of_which_one_is_nobody_is_not_found_by_name(http, method, path):
    for pair, role in (("provider/Ledger/consumer/Nobody", "consumer"), ("provider/Nobody/consumer/Till", "provider")):
        answer = http.request(method, f"/pacts/{pair}{path}")
        assert answer.status_code == 404
        assert answer.json() == {"error": f"There is no {role} named 'Nobody' in this broker"}


def test_the_latest_pact_of_every_pair_is_listed(http):
    document = http.get("/pacts/latest").json()
    assert document["pacts"][1] == {
        "createdAt": "2026-11-23T08:00:00+00:00",
        "_embedded": {
            "consumer": {
                "name": "Till",
                "_embedded": {
                    "version": {
                        "number": "3",
                        "_links": {
                            "self": {"href": f"{BASE}/pacticipants/Till/versions/3", "title": "Version", "name": "3"}
                        },
                    }
                },
                "_links": {"self": {"href": f"{BASE}/pacticipants/Till"}},
            },
            "provider": {"name": "Ledger", "_links": {"self": {"href": f"{BASE}/pacticipants/Ledger"}}},
        },
        "_links": {
            "self": [
                {"href": f"{BASE}{PAIR}/latest", "title": "Latest version of this pact"},
                {"href": f"{BASE}{PAIR}/version/3", "title": "Pact between Till (3) and Ledger"},
            ]
        },
    }
    assert [each["href"] for each in document["_links"]["pb:pacts"]] == [
        f"{BASE}/pacts/provider/Ledger/consumer/Kiosk/latest",
        f"{BASE}{PAIR}/latest",
    ]


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


def test_the_list_of_a_provider_that_is_nobody_is_not_found_by_name(http):
    answer = http.get("/pacts/provider/Nobody/latest")
    assert answer.status_code == 404
    assert "no provider named 'Nobody'" in answer.json()["error"]


def test_a_provider_is_told_the_states_of_its_consumers(http, estate):
    estate.environment("test")
    estate.deploy("Till", "2", "test")
    states = {
        number: {"interactions": [{"description": number, "providerState": f"state {number}"}]} for number in ("4", "5")
    }
    assert http.put(f"{PAIR}/version/4", json=states["4"]).status_code == 201
    estate.version("Till", "4", branch="main")
    assert http.put(f"{PAIR}/version/5", json=states["5"]).status_code == 201
    estate.version("Till", "5", branch="other")
    estate.deploy("Till", "5", "test", target="two")

    def told(path):
        return http.get(f"/pacts/provider/Ledger/provider-states{path}").json()

    assert told("") == {"providerStates": [{"name": "state 4", "consumers": ["Till"]}]}
    assert told("/branch/other") == {"providerStates": [{"name": "state 5", "consumers": ["Till"]}]}
    assert told("/environment/test") == {"providerStates": [{"name": "state 5", "consumers": ["Till"]}]}
    assert told("/branch/none") == {"providerStates": []}
    assert http.get("/pacts/provider/Nobody/provider-states").status_code == 404
