"""One address, two readers."""

from __future__ import annotations

import pytest


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
def test_a_browser_gets_a_page_and_everybody_else_the_api(http, headers, kind):
    response = http.get("/", headers=headers)

    assert response.headers["content-type"].partition(";")[0] == kind


def test_where_there_is_no_page_the_api_answers_a_browser_too(http):
    assert http.get("/diagnostic/status/heartbeat", headers={"Accept": BROWSER}).json()["ok"]


def test_the_stylesheet_is_served_whatever_is_accepted(http):
    response = http.get("/ui/style.css", headers={"Accept": "text/css,*/*;q=0.1"})

    assert (response.status_code, response.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_a_page_runs_no_scripts(http):
    policy = http.get("/", headers={"Accept": BROWSER}).headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src" not in policy
