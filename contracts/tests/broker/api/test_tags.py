"""The tags of a version."""

from __future__ import annotations


def test_a_tag_is_set_once_shown_and_taken_away(http):
    first = http.put("/pacticipants/Till/versions/1/tags/dev", json={})
    again = http.put("/pacticipants/Till/versions/1/tags/dev", json={})
    path = "/pacticipants/Till/versions/1/tags/dev"

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == f"http://testserver{path}"
    assert http.get(path).json()["_links"]["version"]["name"] == "1"
    assert http.delete(path).status_code == 204
    assert (http.delete(path).status_code, http.get(path).status_code) == (404, 404)
    assert http.get("/pacticipants/Till/latest-version/dev").status_code == 404


def test_the_first_tag_of_a_young_version_is_its_branch(http, clock):
    http.put("/pacticipants/Till/versions/1/tags/main", json={})
    http.put("/pacticipants/Till/versions/2", json={})
    clock.forward(seconds=11)
    http.put("/pacticipants/Till/versions/2/tags/late", json={})

    assert http.get("/pacticipants/Till/branches/main/latest-version").json()["number"] == "1"
    assert http.get("/pacticipants/Till").json()["mainBranch"] == "main"
    assert http.get("/pacticipants/Till/branches/late").status_code == 404


def test_a_tag_called_like_an_environment_deploys(http):
    uuid = http.post("/environments", json={"name": "prod", "production": True}).json()["uuid"]
    http.put("/pacticipants/Till/versions/1/tags/prod", json={})

    deployed = http.get(f"/environments/{uuid}/deployed-versions/currently-deployed").json()

    assert len(deployed["_embedded"]["deployedVersions"]) == 1
