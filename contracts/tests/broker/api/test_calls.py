"""The order in which a request can fail: 400, 406, 404, 415."""

from __future__ import annotations


BAD = {"Accept": "image/png", "Content-Type": "text/plain"}
MISSING = "/environments/9f0c7f0c-0000-4000-8000-000000000000"
BODY = {"name": "test", "production": False}


def test_a_broken_body_comes_first(http):
    assert http.put(MISSING, content="{", headers=BAD).status_code == 400


def test_then_the_accept_header_is_checked(http):
    assert http.put(MISSING, json=BODY, headers=BAD).status_code == 406


def test_then_missing_objects_are_reported(http):
    assert http.put(MISSING, json=BODY, headers={"Content-Type": "text/plain"}).status_code == 404


def test_and_last_the_content_type_before_anything_is_stored(http):
    response = http.post("/environments", json=BODY, headers={"Content-Type": "text/plain"})

    assert response.status_code == 415
    assert http.get("/environments").json()["_embedded"]["environments"] == []


def test_a_response_without_the_database_also_obeys_the_accept_header(http):
    assert http.get("/", headers={"Accept": "image/png"}).status_code == 406
