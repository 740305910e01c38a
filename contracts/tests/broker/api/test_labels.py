"""Labels: words that group applications."""

from __future__ import annotations


def test_labels_group_pacticipants(http):
    assert http.put("/pacticipants/Fox/labels/land").status_code == 201
    assert http.put("/pacticipants/Fox/labels/land").status_code == 200
    http.put("/pacticipants/Whale/labels/sea")

    assert [each["name"] for each in http.get("/pacticipants/label/land").json()["pacticipants"]] == ["Fox"]
    assert http.get("/pacticipants/label/air").json()["pacticipants"] == []
    assert [each["name"] for each in http.get("/labels").json()["_embedded"]["labels"]] == ["land", "sea"]
    assert http.get("/labels?page=2&size=1").json()["page"]["totalElements"] == 2
    label = http.get("/pacticipants/Fox/labels/land").json()
    assert (label["name"], label["_links"]["pacticipant"]["name"]) == ("land", "Fox")
    assert http.get("/pacticipants/Fox").json()["_embedded"]["labels"][0]["name"] == "land"

    assert http.delete("/pacticipants/Fox/labels/land").status_code == 204
    assert http.delete("/pacticipants/Fox/labels/land").status_code == 404
    assert http.get("/pacticipants/Nobody/labels/land").status_code == 404
