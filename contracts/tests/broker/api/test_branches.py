"""The branches of a pacticipant, and the versions on them."""

from __future__ import annotations


def test_the_head_of_a_branch_is_the_version_added_last(http):
    head = "/pacticipants/Till/branches/main/latest-version"
    for number in ("1", "2"):
        http.put(f"/pacticipants/Till/versions/{number}", json={})
    http.put("/pacticipants/Till/branches/main/versions/2", json={})
    added = http.put("/pacticipants/Till/branches/main/versions/1", json={})

    assert added.status_code == 201
    assert http.get(head).json()["number"] == "1"
    assert http.put("/pacticipants/Till/branches/main/versions/2", json={}).status_code == 200
    assert http.get(head).json()["number"] == "1"


def test_a_version_leaves_a_branch(http):
    for number in "12":
        http.put(f"/pacticipants/Till/branches/main/versions/{number}", json={})
    path = "/pacticipants/Till/branches/main/versions/2"

    assert http.get(path).json()["_links"]["pb:version"]["name"] == "2"
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404
    assert http.get("/pacticipants/Till/branches/main/latest-version").json()["number"] == "1"
    assert http.get("/pacticipants/Till/versions/2").status_code == 200


def test_branches_are_listed_the_last_used_first(http, clock):
    for branch in ("old", "feat/x", "main"):
        http.put(f"/pacticipants/Till/branches/{branch.replace('/', '%2F')}/versions/1", json={})
        clock.forward(minutes=2)
    http.put("/pacticipants/Till/branches/old/versions/2", json={})

    document = http.get("/pacticipants/Till/branches").json()

    assert [each["name"] for each in document["_embedded"]["branches"]] == ["old", "main", "feat/x"]
    assert document["page"]["size"] == 100
    searched = http.get("/pacticipants/Till/branches?q=FEAT").json()["_embedded"]["branches"]
    assert [each["name"] for each in searched] == ["feat/x"]
    assert http.get("/pacticipants/Till/branches/old").json()["updatedAt"]


def test_branches_are_removed_and_their_versions_stay(http):
    for branch in ("main", "a", "b", "c"):
        http.put(f"/pacticipants/Till/branches/{branch}/versions/1", json={})

    assert http.delete("/pacticipants/Till/branches/c").status_code == 204
    removed = http.delete("/pacticipants/Till/branches?exclude[]=b")

    assert (removed.status_code, removed.json()["notices"][0]["type"]) == (202, "success")
    assert "Removed 1 branch of Till; those kept: b, main" in removed.json()["notices"][0]["text"]
    listed = http.get("/pacticipants/Till/branches").json()["_embedded"]["branches"]
    assert {each["name"] for each in listed} == {"main", "b"}
    assert http.get("/pacticipants/Till/versions/1").status_code == 200
    assert http.delete("/pacticipants/Nobody/branches/x").status_code == 404
