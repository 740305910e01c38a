"""Lists in pages."""

from __future__ import annotations

import pytest


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
