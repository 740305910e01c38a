"""The form that sends a request to the API."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import pytest
from in_process import TestClient

from contracts.broker.app import create_app
from contracts.broker.ui import submissions
from contracts.broker.ui.questions import FIELDS, QUESTIONS


FORM = "/ui/requests"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def submit(http):
    """Open the form as a browser does, and send it; returns the response."""

    def submit(method, path, content=None, *, client=http, **fields):
        shown = client.get(FORM, params={"method": method, "path": path, **fields}, headers=BROWSER)
        assert shown.status_code == 200
        entries = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
        entries = {name: html.unescape(value) for name, value in entries.items()}
        entries |= fields
        if content is not None:
            entries["content"] = content
        return client.post(FORM, data=entries, headers=BROWSER, follow_redirects=False)

    return submit


def test_a_deletion_asks_first_and_shows_the_page_after_it(http, page, publish, submit):
    publish("1")
    question = page(f"{FORM}?method=DELETE&path=/pacticipants/web")
    assert "Delete the application web?" in question
    assert "versions, contracts, results, deployments and webhooks" in question
    assert http.get("/pacticipants/web").status_code == 200

    response = submit("DELETE", "/pacticipants/web", next="/?q=api")

    assert (response.status_code, response.headers["location"]) == (303, "/?q=api")
    assert http.get("/pacticipants/web").status_code == 404


def test_each_question_is_about_a_path_that_can_be_changed(page):
    for (method, path), question in QUESTIONS.items():
        shown = page(f"{FORM}?method={method}&path={re.sub('{.*?}', 'x', path)}")
        assert f'name="method" value="{method}"' in shown, path
        assert re.search(r"<h1>[A-Z][^{]*\?</h1>", shown), path
        assert f">{question.button}</button>" in shown


def test_a_form_with_fields_is_offered(page):
    for path, form in FIELDS.items():
        method = "PUT" if "{" in path else "POST"
        shown = page(f"{FORM}?method={method}&path={re.sub('{.*?}', 'a%252Fb', path)}")
        assert f'href="{re.sub("{.*?}", "a%2Fb", form)}"' in shown, path


def test_an_object_is_made_from_its_fields_and_shown(http, page, submit):
    assert "&#34;displayName&#34;: &#34;&#34;" in page(f"{FORM}?method=POST&path=/environments")
    response = submit("POST", "/environments", '{"name": "live", "production": true}')
    assert response.status_code == 303
    assert http.get(response.headers["location"]).json()["name"] == "live"


def test_a_test_of_a_webhook_shows_what_was_sent_and_received(http, submit):
    request = {"method": "POST", "url": "http://127.0.0.1:9/x"}
    uuid = http.post("/webhooks", json={"events": [{"name": "contract_published"}], "request": request}).json()["uuid"]
    response = submit("POST", f"/webhooks/{uuid}/execute")
    assert response.status_code == 200
    assert "POST http://127.0.0.1:9/x" in response.text
    assert "✘ failed" in response.text
    assert 'href="/webhooks" aria-current' in response.text
    assert ">Send the test again</button>" in response.text


def test_a_document_is_changed_from_what_it_is(http, page, submit):
    uuid = http.post("/environments", json={"name": "live", "production": False}).json()["uuid"]
    shown = html.unescape(page(f"{FORM}?method=PUT&path=/environments/{uuid}"))
    assert '"name": "live"' in shown
    assert "_links" not in shown
    read = re.search(r'name="revision" value="(\w+)"', shown)[1]
    changed = '{"name": "new", "production": false}'
    assert submit("PUT", f"/environments/{uuid}", changed, revision=read).status_code == 303
    late = submit("PUT", f"/environments/{uuid}", '{"name": "late", "production": true}', revision=read)
    assert late.status_code == 409
    assert "Someone else has changed this" in late.text
    assert all(f"&#34;name&#34;: &#34;{each}&#34;" in late.text for each in ("new", "late"))
    assert http.get(f"/environments/{uuid}").json()["name"] == "new"


def test_what_was_typed_is_kept_when_the_api_refuses_it(submit):
    response = submit("POST", "/environments", '{"name": "a<b c"}')
    assert response.status_code == 400
    assert "production" in response.text
    assert "a&lt;b c" in response.text


def test_a_body_that_is_not_json_is_an_error_on_the_page(submit):
    response = submit("POST", "/environments", "{")
    assert response.status_code == 400
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("token", [None, "", "x"])
def test_without_the_token_nothing_is_changed(http, publish, token):
    publish("1")
    http.get(FORM, headers=BROWSER)
    fields = {"method": "DELETE", "path": "/pacticipants/web"} | ({} if token is None else {"token": token})
    response = http.post(FORM, data=fields, headers=BROWSER, follow_redirects=False)
    assert response.status_code == 403
    assert "Nothing was changed" in response.text
    assert http.get("/pacticipants/web").status_code == 200


def test_an_empty_cookie_and_an_empty_token_are_no_match(http):
    http.cookies.set(submissions.COOKIE, "")
    response = http.post(FORM, data={"method": "DELETE", "path": "/pacticipants/web", "token": ""}, headers=BROWSER)
    assert response.status_code == 403


def test_a_page_of_another_site_cannot_send_the_form(http):
    response = http.post(
        FORM, data={"method": "DELETE", "path": "/x"}, headers=BROWSER | {"Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 403


def test_the_cookie_is_for_this_site_and_not_for_scripts(http):
    cookie = http.get(FORM, headers=BROWSER).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_an_account_that_may_only_read_changes_nothing(broker, submit):
    broker.settings = dataclasses.replace(
        broker.settings,
        basic_auth_username="ann",
        basic_auth_password="secret",
        basic_auth_read_only_username="reader",
        basic_auth_read_only_password="open",
    )
    client = TestClient(create_app(broker))
    client.auth = ("reader", "open")
    assert submit("POST", "/environments", "{}", client=client).status_code == 401
    client.auth = ("ann", "secret")
    created = submit("POST", "/environments", '{"name": "live", "production": true}', client=client)
    assert created.status_code == 303


@pytest.mark.parametrize("path", ["", "//evil.example", "/\\evil.example", "https://evil.example", "/nothing", FORM])
def test_other_paths_can_neither_be_changed_nor_lead_away(http, page, submit, path):
    http.post("/environments", json={"name": "live", "production": False})
    assert "Nothing can be changed at" in page(f"{FORM}?method=DELETE&path={path}")
    response = submit("POST", "/environments", '{"name": "e", "production": true}', next=path)
    assert response.headers["location"].startswith(path if path in {"/nothing", FORM} else "/environments/")


def test_a_form_that_is_too_large_is_refused(http, monkeypatch):
    monkeypatch.setattr(submissions, "_MOST_BYTES", 10)
    assert http.post(FORM, data={"content": "x" * 100}, headers=BROWSER).status_code == 413


def test_a_new_signing_secret_is_shown_on_the_page_once(http, submit):
    uuid = http.post("/webhooks", json={"request": {"method": "POST", "url": "http://127.0.0.1:9/x"}}).json()["uuid"]
    page = http.get(f"/webhooks/{uuid}", headers=BROWSER).text
    path = f"/webhooks/{uuid}/signing-secret"
    assert f"method=POST&amp;path=%2Fwebhooks%2F{uuid}%2Fsigning-secret" in page
    assert "by a secret created" in page
    form = http.get(FORM, params={"method": "POST", "path": path}, headers=BROWSER).text
    assert "&#34;oldValidForHours&#34;: 24" in form
    response = submit("POST", path, '{"oldValidForHours": 24}')
    assert response.status_code == 201
    assert re.search(r"<pre[^>]*>whsec_[\w+/=]+</pre>", response.text)
    guide = re.search(r'href="[^"]*/(docs/guide/.*\.md)#([\w-]+)"', response.text)
    root = Path(__file__).parents[4]
    assert f"## {guide[2].replace('-', ' ').capitalize()}" in (root / guide[1]).read_text().splitlines()
    page = http.get(f"/webhooks/{uuid}", headers=BROWSER).text
    assert "whsec_" not in page
    assert "and by the previous one until 2026-11-24 08:00:00 UTC" in page
    assert submit("DELETE", path).status_code == 303
    assert "<dd>none. With" in http.get(f"/webhooks/{uuid}", headers=BROWSER).text


def test_a_new_token_is_shown_on_the_page_once(http, submit):
    response = submit("POST", "/tokens", '{"note": "ci"}')
    assert (response.status_code, response.headers["cache-control"]) == (201, "no-store")
    assert re.search(r"<pre[^>]*>contracts_[\w-]+</pre>", response.text)
    uuid = http.get("/tokens").json()["_embedded"]["tokens"][0]["uuid"]
    assert submit("DELETE", f"/tokens/{uuid}").status_code == 303
    assert http.get("/tokens").json()["_embedded"]["tokens"] == []
