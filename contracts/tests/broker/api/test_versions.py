"""Versions of a pacticipant, one by one and in lists."""

from __future__ import annotations

import pytest


MERGE = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
def numbers(http):
    """The numbers of the versions that an address lists."""

    def numbers(path):
        return [each["number"] for each in http.get(path).json()["_embedded"]["versions"]]

    return numbers


def test_put_overwrites_and_patch_merges(http, clock):
    created = http.put("/pacticipants/Till/versions/1", json={"buildUrl": "http://ci/1", "tags": [{"name": "dev"}]})
    clock.forward(seconds=1)
    merged = http.patch("/pacticipants/Till/versions/1", json={"tags": [{"name": "prod"}]}, headers=MERGE)
    overwritten = http.put("/pacticipants/Till/versions/1", content=b"")

    assert (created.status_code, merged.status_code, overwritten.status_code) == (201, 200, 200)
    assert [each["name"] for each in created.json()["_embedded"]["tags"]] == ["dev"]
    assert merged.json()["buildUrl"] == "http://ci/1"
    assert [each["name"] for each in merged.json()["_embedded"]["tags"]] == ["prod"]
    assert "buildUrl" not in overwritten.json()
    assert [each["name"] for each in overwritten.json()["_embedded"]["tags"]] == ["prod"]
    assert http.patch("/pacticipants/Till/versions/2", json={}, headers=MERGE).status_code == 201
    assert http.patch("/pacticipants/Till/versions/2", json={}).status_code == 415


def test_tags_are_a_list_of_names(http):
    assert list(http.put("/pacticipants/Till/versions/1", json={"tags": "x"}).json()["errors"]) == ["tags"]
    assert list(http.put("/pacticipants/Till/versions/1", json={"tags": [{}]}).json()["errors"]) == ["tags"]


def test_a_version_leads_to_where_it_can_go_and_shows_where_it_was(http):
    http.put("/pacticipants/Till/versions/1", json={})
    uuid = http.post("/environments", json={"name": "live", "production": True}).json()["uuid"]
    links = http.get("/pacticipants/Till/versions/1").json()["_links"]

    assert [each["name"] for each in links["pb:record-deployment"]] == ["live"]
    http.post(links["pb:record-deployment"][0]["href"], json={"applicationInstance": "blue"})
    http.post(links["pb:record-release"][0]["href"], json={})
    links = http.get("/pacticipants/Till/versions/1").json()["_links"]

    assert links["pb:deployed-environments"][0]["name"] == "Live"
    assert links["pb:deployed-environments"][0]["application_instance"] == "blue"
    assert links["pb:released-environments"][0]["currently_supported"] is True
    listed = http.get(f"/pacticipants/Till/environments/{uuid}/versions").json()["_embedded"]["versions"]
    assert [each["number"] for each in listed] == ["1"]
    assert listed[0]["_links"]["pb:deployed-environments"]
    assert http.get("/pacticipants/Till/environments/none/versions").status_code == 404


def test_the_latest_version_is_the_one_made_last(http):
    for number in ("9", "2"):
        http.put(f"/pacticipants/Till/versions/{number}", json={})
    http.put("/pacticipants/Till/versions/9", json={})
    http.put("/pacticipants/Till/versions/9/tags/prod", json={})

    assert http.get("/pacticipants/Till/latest-version").json()["number"] == "2"
    assert http.get("/pacticipants/Till/latest-version/prod").json()["number"] == "9"
    assert http.get("/pacticipants/Till/latest-version/none").status_code == 404
    assert http.get("/pacticipants/Nobody/latest-version").status_code == 404


def test_versions_are_listed_the_latest_first(http, numbers):
    for number in "123":
        http.put(f"/pacticipants/Till/branches/main/versions/{number}", json={})
    http.put("/pacticipants/Till/versions/2/tags/dev", json={})

    assert numbers("/pacticipants/Till/versions") == ["3", "2", "1"]
    assert numbers("/pacticipants/Till/versions?page=2&size=1") == ["2"]
    assert numbers("/pacticipants/Till/branches/main/versions") == ["3", "2", "1"]
    assert numbers("/pacticipants/Till/tags/dev/versions") == ["2"]
    assert http.get("/pacticipants/Till/tags/none/versions").status_code == 404
    assert http.get("/pacticipants/Till/branches/none/versions").status_code == 404
    assert http.get("/pacticipants/Nobody/versions").status_code == 404


def test_a_removed_version_leaves_its_heads_to_the_next(http):
    for number in "12":
        http.put(f"/pacticipants/Till/branches/main/versions/{number}", json={})
        http.put(f"/pacticipants/Till/versions/{number}/tags/dev", json={})

    assert http.delete("/pacticipants/Till/versions/2").status_code == 204
    assert http.get("/pacticipants/Till/branches/main/latest-version").json()["number"] == "1"
    assert http.get("/pacticipants/Till/latest-version/dev").json()["number"] == "1"
    assert http.delete("/pacticipants/Till/versions/2").status_code == 404


def test_a_list_without_pages_may_be_longer_than_one_chunk(http, numbers, monkeypatch):
    monkeypatch.setattr("contracts.broker.api.versions._CHUNK_SIZE", 2)
    for number in "12345":
        http.put(f"/pacticipants/Till/branches/main/versions/{number}", json={})

    assert numbers("/pacticipants/Till/versions") == ["5", "4", "3", "2", "1"]


@pytest.mark.parametrize(
    "path", ["/pacticipants/Nobody/branches/main/versions", "/pacticipants/Nobody/tags/dev/versions"]
)
def test_the_versions_of_an_unknown_pacticipant_are_a_404_in_the_reference_s_words(http, path):
    response = http.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/json;charset=utf-8")


def test_a_version_that_does_not_exist_is_answered_in_the_protocol_s_words_and_in_ours(http):
    http.post("/pacticipants", json={"name": "Till"})

    for answer in (http.get("/pacticipants/Till/versions/9"), http.delete("/pacticipants/Till/versions/9/tags/prod")):
        assert answer.status_code == 404
        assert answer.json() == {
            "error": "The requested document was not found on this server.",
            "detail": "There is no version '9' of 'Till'",
        }
