"""The order in which a request can fail: 400, 406, 404, 415."""

from __future__ import annotations


BAD = {"Accept": "image/png", "Content-Type": "text/plain"}
MISSING = "/environments/9f0c7f0c-0000-4000-8000-000000000000"
BODY = {"name": "test", "production": False}


def test_a_broken_body_comes_first(http):
    assert http.put(MISSING, content="{", headers=BAD).status_code == 400


def test_then_what_the_client_accepts(http):
    assert http.put(MISSING, json=BODY, headers=BAD).status_code == 406


def test_then_what_is_not_there(http):
    assert http.put(MISSING, json=BODY, headers={"Content-Type": "text/plain"}).status_code == 404


def test_and_last_the_content_type_before_anything_is_kept(http):
    response = http.post("/environments", json=BODY, headers={"Content-Type": "text/plain"})

    assert response.status_code == 415
    assert http.get("/environments").json()["_embedded"]["environments"] == []


def test_an_answer_without_a_database_is_held_to_the_accept_header_too(http):
    assert http.get("/", headers={"Accept": "image/png"}).status_code == 406
