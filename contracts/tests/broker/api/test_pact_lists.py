"""The pacts of a pair, and the latest of everybody."""

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


def test_a_list_has_a_title(http):
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
def test_a_pair_with_an_unknown_application_is_a_404_with_its_name(http, method, path):
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


@pytest.mark.parametrize("path", ["/branch/none", "/branch/none/latest/versions", "/tag/none"])
def test_a_branch_or_tag_that_does_not_exist_cannot_be_removed(http, path):
    before = http.get(f"{PAIR}/versions").json()["_links"]["pb:pact-versions"]

    answer = http.delete(PAIR + path)

    assert answer.status_code == 404
    assert "'none'" in answer.json()["error"]
    assert http.get(f"{PAIR}/versions").json()["_links"]["pb:pact-versions"] == before
