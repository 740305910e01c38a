"""Lists in pages."""

from __future__ import annotations

import pytest
from estates import Estate


def test_a_list_comes_in_pages_on_request(http):
    for name in "abc":
        http.post("/pacticipants", json={"name": name})

    document = http.get("/pacticipants?page=2&size=1&q=").json()

    assert [each["name"] for each in document["pacticipants"]] == ["b"]
    assert document["page"] == {"number": 2, "size": 1, "totalElements": 3, "totalPages": 3}
    assert document["_links"]["next"]["href"] == "http://testserver/pacticipants?size=1&page=3"
    assert document["_links"]["previous"]["href"] == "http://testserver/pacticipants?size=1&page=1"
    assert http.get("/pacticipants?size=100").json()["page"]["totalPages"] == 1


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("page=x&size=0", {"page": ["must be an integer"], "size": ["must be greater than or equal to 1"]}),
        ("pageNumber=-1", {"page": ["must be greater than or equal to 1"]}),
        ("page=--5", {"page": ["must be an integer"]}),
        ("page[]=1", {"page": ["must be an integer"]}),
        ("size=99999999999999999999", {"size": ["must be less than or equal to 2147483647"]}),
        (f"page={'0' * 20}{'9' * 5000}", {"page": ["must be less than or equal to 2147483647"]}),
    ],
)
def test_a_page_is_a_whole_number_from_one(http, query, errors):
    response = http.get(f"/pacticipants?{query}")

    assert (response.status_code, response.json()["errors"]) == (400, errors)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/pacts/latest", 2),
        ("/pacts/provider/Ledger", 3),
        ("/pacts/provider/Ledger/branch/main/latest", 2),
        ("/pacts/provider/Ledger/latest", 2),
        ("/pacticipants/label/team", 2),
        ("/environments/{live}/deployed-versions/currently-deployed", 2),
        ("/environments/{live}/released-versions/currently-supported", 2),
    ],
)
def test_every_list_that_grows_with_the_estate_has_pages(http, broker, path, most):
    estate = Estate(broker)
    live = http.post("/environments", json={"name": "live", "production": True}).json()["uuid"]
    estate.publish("Till", "1", "a", branch="old")
    for name in ("Till", "Kiosk"):
        estate.publish(name, "2", "a", branch="main")
        estate.deploy(name, "2", "live")
        estate.release(name, "2", "live")
        http.put(f"/pacticipants/{name}/labels/team", json={})
    path = path.format(live=live)
    whole, last = (items(http.get(f"{path}{query}").json()) for query in ("", f"?size=1&page={most}"))

    assert len(whole) == most
    assert last == whole[-1:]
    assert http.get(f"{path}?size=1").json()["page"]["totalElements"] == most


def items(document):
    """The addresses of what a document lists."""
    for embedded in document.get("_embedded", {}).values():
        return [each["_links"]["self"]["href"] for each in embedded]
    return [each["href"] for each in document["_links"]["pb:pacts"]]
