"""What a browser gets when the broker refuses its request."""

from __future__ import annotations

import dataclasses

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def guarded(broker):
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_enabled=True, basic_auth_username="full", basic_auth_password="s3cret"
    )
    with TestClient(create_app(broker)) as client:
        yield client


def test_a_browser_gets_a_page_that_says_what_to_present(guarded):
    response = guarded.get("/", headers=BROWSER)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Basic realm="Restricted area"')
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1>You are not signed in</h1>" in response.text
    assert "This broker requires a user name and a password, or a token." in response.text
    assert '<nav class="pages"' not in response.text


def test_everyone_may_read_the_stylesheet_of_that_page(guarded):
    assert guarded.get("/ui/style.css").status_code == 200
    assert guarded.get("/ui/live.js").status_code == 401


def test_other_clients_get_the_text(guarded):
    response = guarded.get("/", headers={"Accept": "application/hal+json"})

    assert (response.status_code, response.headers["content-type"]) == (401, "text/plain; charset=utf-8")


def test_a_page_is_as_it_was_for_those_who_may_read_it(guarded):
    response = guarded.get("/", auth=("full", "s3cret"), headers=BROWSER)

    assert response.status_code == 200
    assert "<h1>No contracts yet</h1>" in response.text
