"""`/environments`."""

from __future__ import annotations

import pytest


TEST = {"name": "test", "production": False}


def test_an_environment_is_made_shown_and_found(http):
    created = http.post("/environments", json={**TEST, "contacts": [{"name": "Team", "details": {"slack": "#t"}}]})
    document = created.json()

    assert created.status_code == 201
    assert created.headers["location"] == document["_links"]["self"]["href"]
    assert (document["name"], document["displayName"], document["production"]) == ("test", "Test", False)
    assert document["contacts"] == [{"name": "Team", "details": {"slack": "#t"}}]
    assert http.get(created.headers["location"]).json() == document


def test_environments_are_listed_by_the_name_they_are_shown_by(http):
    for name, shown_as in (("b", "zebra"), ("a", None), ("c", "Bee")):
        http.post("/environments", json={"name": name, "production": True, "displayName": shown_as})

    listed = http.get("/environments").json()

    assert [each["displayName"] for each in listed["_embedded"]["environments"]] == ["A", "Bee", "zebra"]
    assert [each["name"] for each in listed["_links"]["pb:environments"]] == ["a", "c", "b"]
    assert [each["name"] for each in http.get("/environments?name=c").json()["_embedded"]["environments"]] == ["c"]
    assert http.get("/environments?name=none").json()["_embedded"]["environments"] == []
    assert http.get("/environments?name[]=c").status_code == 400


def test_an_environment_is_replaced_whole(http, clock):
    path = http.post("/environments", json={**TEST, "displayName": "Bench", "contacts": []}).headers["location"]
    clock.forward(seconds=1)

    changed = http.put(path, json={"name": "live", "production": True})

    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["displayName"]) == ("live", "Live")
    assert "contacts" not in changed.json()
    assert changed.json()["updatedAt"] == "2026-11-23T08:00:01+00:00"
    assert http.put(path, json={"name": "live", "production": True}).status_code == 200


def test_a_name_is_taken_once(http):
    path = http.post("/environments", json=TEST).headers["location"]
    http.post("/environments", json={"name": "live", "production": True})

    assert http.post("/environments", json=TEST).json()["errors"]["name"]
    assert http.put(path, json={"name": "live", "production": True}).json()["errors"]["name"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "production"}),
        ({"name": "a b", "production": "true"}, {"name", "production"}),
        ({"name": "", "production": False}, {"name"}),
        ({"name": " ", "production": False}, {"name"}),
        ({"name": "a", "production": False, "contacts": [{"details": {}}]}, {"contacts"}),
        ({"name": "a", "production": False, "contacts": None}, {"contacts"}),
        ({"name": "a", "production": False, "displayName": "a\nb"}, {"displayName"}),
    ],
)
def test_a_broken_rule_is_named(http, body, fields):
    response = http.post("/environments", json=body)

    assert (response.status_code, set(response.json()["errors"])) == (400, fields)


def test_an_environment_is_removed(http):
    path = http.post("/environments", json=TEST).headers["location"]

    assert http.delete(path).status_code == 204
    assert [http.get(path).status_code, http.delete(path).status_code] == [404, 404]
    assert http.put(path, json=TEST).status_code == 404


def test_the_details_of_a_contact_are_stored_unchanged(http):
    """A number of more than 64 bits too."""
    contacts = [{"name": "Team", "details": {"id": 123456789012345678901234567890}}]

    path = http.post("/environments", json={**TEST, "contacts": contacts}).headers["location"]

    assert http.get(path).json()["contacts"] == contacts
