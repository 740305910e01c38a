"""What was responses available in an environment, and is supported there."""

from __future__ import annotations

import pytest


MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
def place(http):
    """The uuid of an environment."""
    return http.post("/environments", json={"name": "store", "production": True}).json()["uuid"]


@pytest.fixture
def release(http, place):
    """Release a version, which is responses on the way; the answer."""

    def release(number):
        http.put(f"/pacticipants/App/versions/{number}", json={})
        return http.post(f"/pacticipants/App/versions/{number}/released-versions/environment/{place}", json={})

    return release


@pytest.fixture
def current(http, place):
    """What is supported now, by a query."""

    def current(query=""):
        document = http.get(f"/environments/{place}/released-versions/currently-supported{query}").json()
        return [each["_embedded"]["version"]["number"] for each in document["_embedded"]["releasedVersions"]]

    return current


def test_many_versions_are_supported_at_once(release, current):
    responses = [release("1"), release("2")]

    assert [each.status_code for each in responses] == [201, 201]
    assert responses[0].headers["location"] == responses[0].json()["_links"]["self"]["href"]
    assert current() == ["2", "1"]
    assert current("?pacticipant=App&version=1") == ["1"]
    assert current("?pacticipant=Nobody") == []


def test_support_ends_once_and_a_new_release_brings_it_back(release, current, http, clock):
    path = release("1").headers["location"]

    ended = http.patch(path, json={"currentlySupported": False}, headers=MERGE).json()
    clock.forward(minutes=1)
    again = http.patch(path, json={"currentlySupported": False}, headers=MERGE).json()

    assert again["supportEndedAt"] == ended["supportEndedAt"]
    assert current() == []
    back = release("1")
    assert (back.status_code, back.json()["uuid"], current()) == (200, ended["uuid"], ["1"])
    assert "supportEndedAt" not in http.get(path).json()


def test_support_cannot_be_switched_back_on(release, http):
    path = release("1").headers["location"]

    response = http.patch(path, json={"currentlySupported": True}, headers=MERGE)

    assert (response.status_code, list(response.json()["errors"])) == (422, ["currentlySupported"])
    assert http.patch(path, json={"currentlySupported": "no"}, headers=MERGE).status_code == 400
    assert http.patch(path, json={}, headers=MERGE).json()["currentlySupported"]


def test_the_releases_of_a_version_are_listed(release, http, place):
    uuid = release("1").json()["uuid"]

    listed = http.get(f"/pacticipants/App/versions/1/released-versions/environment/{place}").json()

    assert [each["uuid"] for each in listed["_embedded"]["releasedVersions"]] == [uuid]


def test_unknown_objects_are_a_404(http, place):
    assert http.get("/released-versions/nothing").status_code == 404
    assert http.post(f"/pacticipants/App/versions/1/released-versions/environment/{place}").status_code == 404
