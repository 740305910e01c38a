"""What was put into an environment, and whether it is still there."""

from __future__ import annotations

import pytest


MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
def place(http):
    """The uuid of an environment."""
    return http.post("/environments", json={"name": "live", "production": True}).json()["uuid"]


@pytest.fixture
def deploy(http, place):
    """Deploy a version, which is made on the way; the answer."""

    def deploy(number, *, pacticipant="Till", body=None):
        http.put(f"/pacticipants/{pacticipant}/versions/{number}", json={})
        path = f"/pacticipants/{pacticipant}/versions/{number}/deployed-versions/environment/{place}"
        response = http.post(path, json=body) if body is not None else http.post(path)
        assert response.status_code == 201
        return response.json()

    return deploy


@pytest.fixture
def current(http, place):
    """What is deployed now, by a query."""

    def current(query=""):
        document = http.get(f"/environments/{place}/deployed-versions/currently-deployed{query}").json()
        return [each["_embedded"]["version"]["number"] for each in document["_embedded"]["deployedVersions"]]

    return current


def test_a_deployment_has_application_version_and_environment(deploy, http):
    document = deploy("1", body={"applicationInstance": "blue"})

    assert (document["currentlyDeployed"], document["applicationInstance"], document["target"]) == (
        True,
        "blue",
        "blue",
    )
    assert document["_embedded"]["pacticipant"]["name"] == "Till"
    assert document["_embedded"]["environment"]["name"] == "live"
    assert http.get(document["_links"]["self"]["href"]).json() == document


def test_the_next_deployment_takes_the_place_of_the_one_before(deploy, current, http):
    first = deploy("1")
    deploy("2")

    assert current() == ["2"]
    assert not http.get(first["_links"]["self"]["href"]).json()["currentlyDeployed"]


def test_the_same_version_stays_the_deployment_it_is(deploy):
    assert deploy("1", body={})["uuid"] == deploy("1")["uuid"]


def test_each_instance_is_a_slot_of_its_own(deploy, current):
    deploy("1", body={"applicationInstance": "blue"})
    deploy("2", body={"target": "green"})
    deploy("3", body={"applicationInstance": 7})
    deploy("4")
    deploy("9", pacticipant="Ledger")

    assert current() == ["9", "4", "3", "2", "1"]
    assert current("?pacticipant=Till&applicationInstance=blue") == ["1"]
    assert current("?target=7") == ["3"]
    assert current("?pacticipant=Till&applicationInstance=") == ["4"]
    assert current("?pacticipant=Nobody") == []


def test_a_version_that_comes_back_is_a_new_deployment(deploy, http, place):
    first = deploy("1")["uuid"]
    deploy("2")

    again = deploy("1")["uuid"]

    listed = http.get(f"/pacticipants/Till/versions/1/deployed-versions/environment/{place}").json()
    assert [each["uuid"] for each in listed["_embedded"]["deployedVersions"]] == [again, first]


def test_a_deployment_ends_once(deploy, current, http, clock):
    path = deploy("1")["_links"]["self"]["href"]

    ended = http.patch(path, json={"currentlyDeployed": False}, headers=MERGE).json()
    clock.forward(minutes=1)
    again = http.patch(path, json={"currentlyDeployed": False}, headers=MERGE).json()

    assert current() == []
    assert again["undeployedAt"] == ended["undeployedAt"] == "2026-11-23T08:00:00+00:00"


def test_a_deployment_cannot_be_switched_back_on(deploy, http):
    path = deploy("1")["_links"]["self"]["href"]

    response = http.patch(path, json={"currentlyDeployed": True}, headers=MERGE)

    assert (response.status_code, list(response.json()["errors"])) == (422, ["currentlyDeployed"])
    assert http.patch(path, json={"currentlyDeployed": "no"}, headers=MERGE).status_code == 400
    assert http.patch(path, content=b"", headers=MERGE).json()["currentlyDeployed"]
    assert http.patch(path, json={"currentlyDeployed": False}).status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "/pacticipants/Till/versions/99/deployed-versions/environment/{place}",
        "/pacticipants/Nobody/versions/1/deployed-versions/environment/{place}",
        "/pacticipants/Till/versions/1/deployed-versions/environment/live",
    ],
)
def test_nothing_is_made_on_the_way(deploy, http, place, path):
    deploy("1")
    address = path.replace("{place}", place)

    assert (http.post(address, json={}).status_code, http.get(address).status_code) == (404, 404)


def test_unknown_objects_are_a_404(http):
    assert http.get("/deployed-versions/nothing").status_code == 404
    assert http.get("/environments/nothing/deployed-versions/currently-deployed").status_code == 404


def test_an_instance_is_named_by_a_text_or_a_number(deploy, http, place):
    deploy("1")
    path = f"/pacticipants/Till/versions/1/deployed-versions/environment/{place}"

    for name, value in (
        ("applicationInstance", []),
        ("target", True),
        ("applicationInstance", "a\0b"),
        ("target", "x" * 501),
    ):
        response = http.post(path, json={name: value})
        assert (response.status_code, list(response.json()["errors"])) == (400, [name])
    assert deploy("1", body={"applicationInstance": None, "target": "blue"})["target"] == "blue"


def test_an_application_lists_where_it_is_deployed(deploy, http):
    """The oldest deployment first; in the answer to a change the newest version's first."""
    http.put("/pacticipants/Till/versions/1", json={})
    uuids = {
        name: deploy(number, body={"applicationInstance": name})["uuid"]
        for name, number in (("blue", "2"), ("green", "2"), ("red", "1"))
    }

    def listed(response):
        links = response.json()["_links"]["pb:deployed-environments"]
        names = {uuid: name for name, uuid in uuids.items()}
        return [names[each["href"].rpartition("/")[2]] for each in links]

    assert listed(http.get("/pacticipants/Till")) == ["blue", "green", "red"]
    assert listed(http.patch("/pacticipants/Till", json={"displayName": "The till"})) == ["green", "blue", "red"]
