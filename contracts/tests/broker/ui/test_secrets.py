"""The page of secrets, and the form that creates and replaces them."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VALUE = "s3cr3t-value"


@pytest.fixture
def browser(broker):
    with TestClient(create_app(broker), headers=BROWSER, follow_redirects=False) as client:
        yield client


@pytest.fixture
def submit(browser):
    def submit(query="", **fields):
        form = browser.get(f"/ui/secret/form{query}").text
        token = re.search(r'name="token" value="([^"]+)"', form)[1]
        return browser.post(f"/ui/secret/form{query}", data={"token": token} | fields)

    return submit


def test_a_secret_is_created_and_listed_without_its_value(broker, browser, submit):
    assert "No secret exists yet." in browser.get("/secrets").text

    created = submit(name="CI_TOKEN", description="starts <builds>", value=VALUE)

    assert (created.status_code, created.headers["location"]) == (303, "/secrets")
    page = browser.get("/secrets").text
    assert "<code>${user.CI_TOKEN}</code>" in page
    assert "starts &lt;builds&gt;" in page
    assert "never" in page
    assert VALUE not in page
    with broker.database.reading() as connection:
        assert broker.vault.decrypt(connection.exec_driver_sql("SELECT value FROM secrets").scalar()) == VALUE


def test_a_secret_is_replaced_and_an_empty_value_keeps_the_value(broker, http, submit):
    uuid = http.post("/secrets", json={"name": "CI_TOKEN", "value": VALUE}).json()["uuid"]

    assert submit(f"?secret={uuid}", name="CI_TOKEN", description="of CI", value="").status_code == 303
    with broker.database.reading() as connection:
        assert broker.vault.decrypt(connection.exec_driver_sql("SELECT value FROM secrets").scalar()) == VALUE
    assert submit(f"?secret={uuid}", name="CI_TOKEN", value="another value").status_code == 303
    with broker.database.reading() as connection:
        assert broker.vault.decrypt(connection.exec_driver_sql("SELECT value FROM secrets").scalar()) == "another value"


def test_a_problem_is_shown_in_the_form_which_forgets_the_value(submit):
    for fields, problem in (
        ({"name": "a b", "value": VALUE}, "name must be 1 to 100 of the characters A-Z a-z 0-9 _ -"),
        ({"name": "A", "value": "abc"}, "value must have at least 4 characters"),
        ({"name": "A", "value": ""}, "value must have at least 4 characters"),
    ):
        response = submit(**fields)
        assert response.status_code == 400
        assert problem in html.unescape(response.text)
        assert VALUE not in response.text


def test_a_form_of_another_site_changes_nothing(browser, http):
    response = browser.post("/ui/secret/form", data={"token": "x", "name": "A", "value": VALUE})

    assert response.status_code == 403
    assert VALUE not in response.text
    assert http.get("/secrets").json()["_embedded"]["secrets"] == []


def test_the_form_of_a_missing_secret_is_a_page_that_says_so(browser):
    assert browser.get("/ui/secret/form?secret=none").status_code == 404


def test_the_pages_need_the_permission_to_change_webhooks(broker, http):
    def token(**permissions):
        secret = http.post("/tokens", json={"note": "x"} | permissions).json()["token"]
        return {"Authorization": f"Bearer {secret}"}

    may, may_not = token(permissions=[{"role": "webhooks"}]), token()
    broker.settings = dataclasses.replace(broker.settings, require_tokens=True)
    browser = TestClient(create_app(broker), headers=BROWSER)

    for path in ("/secrets", "/ui/secret/form", "/ui/webhook/form"):
        assert browser.get(path, headers=may).status_code == 200
        assert browser.get(path, headers=may_not).status_code == 403


def test_the_form_for_any_request_forgets_the_value_too(browser):
    form = browser.get("/ui/requests?method=POST&path=/secrets").text
    token = re.search(r'name="token" value="([^"]+)"', form)[1]
    fields = {"token": token, "method": "POST", "path": "/secrets", "content": f'{{"name": "a b", "value": "{VALUE}"}}'}

    response = browser.post("/ui/requests", data=fields)

    assert response.status_code == 400
    assert "name must be 1 to 100 of the characters" in html.unescape(response.text)
    assert VALUE not in response.text
