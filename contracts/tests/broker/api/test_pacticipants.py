"""`/pacticipants`."""

from __future__ import annotations

import pytest


MERGE = {"Content-Type": "application/merge-patch+json"}
WHOLE = {
    "name": "Till",
    "displayName": "The Till",
    "repositoryUrl": "http://git/till",
    "repositoryName": "till",
    "repositoryNamespace": "shop",
    "mainBranch": "trunk",
}


def test_a_pacticipant_is_made_and_shown(http):
    created = http.post("/pacticipants", json=WHOLE)

    assert (created.status_code, created.headers["location"]) == (201, "http://testserver/pacticipants/Till")
    assert {name: created.json()[name] for name in WHOLE} == WHOLE
    assert http.get("/pacticipants/Till").json()["_links"]["pb:deployed-environments"] == []


def test_one_that_exists_is_handed_back_unchanged(http):
    http.post("/pacticipants", json=WHOLE)

    again = http.post("/pacticipants", json={"name": "Till", "displayName": "Other"})

    assert (again.status_code, again.json()["displayName"]) == (201, "The Till")


def test_put_replaces_everything_but_the_name(http):
    http.post("/pacticipants", json=WHOLE)

    changed = http.put("/pacticipants/Till", json={"name": "ignored", "repositoryUrl": "http://git/new"}).json()

    assert (changed["name"], changed["displayName"], changed["repositoryUrl"]) == ("Till", "Till", "http://git/new")
    assert "mainBranch" not in changed
    assert http.put("/pacticipants/Nobody", json={}).status_code == 404


def test_patch_changes_only_its_fields_and_creates_a_missing_pacticipant(http, clock):
    http.post("/pacticipants", json=WHOLE)
    clock.forward(seconds=5)

    changed = http.patch("/pacticipants/Till", json={"mainBranch": None, "displayName": "D"}, headers=MERGE).json()
    created = http.patch("/pacticipants/my-new", json={"mainBranch": "main"})

    assert (changed["displayName"], changed["repositoryName"]) == ("D", "till")
    assert "mainBranch" not in changed
    assert changed["updatedAt"] == "2026-11-23T08:00:05+00:00"
    assert (created.status_code, created.json()["displayName"], created.json()["mainBranch"]) == (201, "My New", "main")
    assert created.headers["location"].endswith("/pacticipants/my-new")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "a", "mainBranch": "a b"}, "mainBranch"),
        ({"name": "a", "displayName": ""}, "displayName"),
        ({"name": "a", "repositoryUrl": 1}, "repositoryUrl"),
    ],
)
def test_a_broken_rule_is_named(http, body, field):
    response = http.post("/pacticipants", json=body)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_pacticipants_are_listed_by_name_with_their_latest_versions(http):
    for name in ("beta", "Alpha", "50%"):
        http.post("/pacticipants", json={"name": name})
    http.put("/pacticipants/beta/versions/1", json={})
    http.put("/pacticipants/beta/versions/0", json={})

    document = http.get("/pacticipants").json()

    names = [each["name"] for each in document["_embedded"]["pacticipants"]]
    assert names == [each["name"] for each in document["pacticipants"]] == ["50%", "Alpha", "beta"]
    assert document["_embedded"]["pacticipants"][2]["_embedded"]["latestVersion"]["number"] == "0"
    assert [each["name"] for each in http.get("/pacticipants?q=LPH").json()["pacticipants"]] == ["Alpha"]
    assert [each["name"] for each in http.get("/pacticipants?q=%25").json()["pacticipants"]] == ["50%"]


def test_a_pacticipant_goes_with_all_that_is_its_own(http):
    http.put("/pacticipants/Till/versions/1/tags/prod", json={})
    http.put("/pacticipants/Till/branches/main/versions/1", json={})

    assert http.delete("/pacticipants/Till").status_code == 204
    assert http.get("/pacticipants/Till/versions/1").status_code == 404
    assert http.delete("/pacticipants/Till").status_code == 404


def test_one_that_is_made_again_is_shown_with_its_latest_version(http):
    http.put("/pacticipants/Till/versions/1", json={})
    response = http.post("/pacticipants", json={"name": "Till"})
    assert response.status_code == 201
    assert response.json()["_embedded"]["latestVersion"]["number"] == "1"


@pytest.mark.parametrize("path", ["/pacticipants", "/integrations", "/pacticipants/web/branches"])
def test_a_search_for_more_than_any_name_finds_nothing(http, path):
    http.put("/pacticipants/web/branches/main/versions/1", json={})
    for q in ("x" * 60_000, "é" * 5_001, "%" * 5_000):
        response = http.get(path, params={"q": q})
        assert response.status_code == 200, response.text
        assert all(each == [] for each in response.json()["_embedded"].values())
