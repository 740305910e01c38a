"""The choice between pages and API."""

from __future__ import annotations

import dataclasses
import re
from contextlib import contextmanager

import pytest
from in_process import TestClient

from contracts.broker import ui, urls
from contracts.broker.app import create_app
from contracts.model.errors import Unavailable


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Accept": BROWSER}, "text/html"),
        ({"Accept": "*/*"}, "application/hal+json"),
        ({"Accept": "application/hal+json"}, "application/hal+json"),
        ({"Accept": "application/json, text/html, application/hal+json"}, "application/hal+json"),
        ({"Accept": f"{BROWSER}", "Content-Type": "application/json"}, "application/hal+json"),
    ],
)
def test_a_browser_gets_a_page_and_every_other_client_the_api(http, headers, kind):
    response = http.get("/", headers=headers)

    assert response.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize(
    ("base_url", "base"),
    [((), "http://testserver"), (("https://broker.example/pacts",), "https://broker.example/pacts")],
)
def test_a_browser_that_accepts_json_gets_the_api_browser(broker, base_url, base):
    broker.settings = dataclasses.replace(broker.settings, base_url=base_url)
    headers = {"Accept": "text/html, application/hal+json;q=0.9"}

    with TestClient(create_app(broker)) as client:
        response = client.get("/pacticipants/a%2Fb?q=%20", headers=headers, follow_redirects=False)
        changed = client.put("/pacticipants/a/labels/b", headers=headers)

    assert (response.status_code, changed.status_code) == (303, 201)
    assert response.headers["location"] == f"{base}/hal-browser/browser.html#/pacticipants/a%2Fb?q=%20"


def test_a_path_without_a_page_of_its_own_shows_the_document(http):
    response = http.get("/diagnostic/status/heartbeat", headers={"Accept": BROWSER})

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<dt>ok</dt>" in response.text


def test_a_program_that_accepts_only_html_gets_a_406_where_there_is_no_page(http):
    assert http.get("/diagnostic/status/heartbeat", headers={"Accept": "text/html"}).status_code == 406


def test_a_browser_gets_a_page_for_an_unknown_path(http):
    response = http.get("/no/such/place", headers={"Accept": BROWSER})

    assert response.status_code == 404
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "This broker has no page at this URL." in response.text
    assert http.get("/no/such/place", headers={"Accept": "application/hal+json"}).json().keys() == {"error"}


def test_the_stylesheet_is_served_to_every_client(http):
    response = http.get("/ui/style.css", headers={"Accept": "text/css,*/*;q=0.1"})

    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_a_page_runs_no_scripts(http):
    policy = http.get("/webhooks", headers={"Accept": BROWSER}).headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("path", ["/", "/pacticipants/web/versions", "/ui/webhook/form"])
def test_an_outage_of_the_database_is_a_page(http, broker, monkeypatch, path):
    @contextmanager
    def unavailable():
        raise Unavailable("the disk is gone")
        yield

    monkeypatch.setattr(broker.database, "reading", unavailable)

    response = http.get(path, headers={"Accept": BROWSER})

    assert (response.status_code, response.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "503 Service Unavailable" in response.text
    assert "the disk is gone" in response.text
    assert "retry-after" in response.headers


@pytest.mark.parametrize("path", ["/", "/pacticipants/web/versions", "/ui/webhook/form"])
def test_an_unexpected_error_is_a_page_with_the_reference_of_the_log(broker, monkeypatch, path, caplog):
    def broken():
        raise ZeroDivisionError

    with TestClient(create_app(broker), raise_server_exceptions=False) as client:
        monkeypatch.setattr(broker.database, "reading", broken)
        response = client.get(path, headers={"Accept": BROWSER})

    assert (response.status_code, response.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "500 Internal Server Error" in response.text
    (record,) = caplog.records
    assert record.message.rpartition(" ")[2] in response.text


CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.thorough
def test_no_route_and_no_error_shows_raw_json_to_a_browser(http, broker):
    """Every path with GET, with names that do not exist, with values that are refused, and with another method."""
    routes = [*http.app.router.routes, *ui.all_pages(broker).router.routes]
    paths = {re.sub(r"{[^}]*}", "x", each.path) for each in routes if "GET" in each.methods}
    assert len(paths) > 100
    statuses = set()
    refused = "page=0&size=x&q[]=x&environment=x&state=x"
    for address in ["/", "/unknown", "/tokens/x/unknown", *(f"{path}?{refused}" for path in sorted(paths))]:
        response = http.get(address, headers={"Accept": CHROMIUM})
        kind = response.headers["content-type"].partition(";")[0]
        assert "json" not in kind, address
        if response.status_code >= 400:
            assert kind == "text/html" or urls.is_badge(address.partition("?")[0]), address
        statuses.add(response.status_code)
    assert statuses >= {200, 400, 404}
    form = http.post("/ui/requests", headers={"Accept": CHROMIUM}, data={"method": "x"})
    assert form.headers["content-type"].startswith("text/html")
