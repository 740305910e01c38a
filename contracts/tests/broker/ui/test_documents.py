"""Any document of the API as a page."""

from __future__ import annotations

import html
import json
import re

import pytest

from contracts.broker.ui.documents import MOST_BYTES, MOST_EMBEDDED


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


def test_a_document_shows_its_properties_links_and_embedded_documents(page, publish, http):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})

    shown = page("/pacticipants/web/latest-version")
    text = words(shown)

    assert "<title>1 · Pact Broker</title>" in shown or "<title>Version · Pact Broker</title>" in shown
    assert "number 1" in text
    assert '<a href="/pacticipants/web">/pacticipants/web</a>' in shown
    assert '<a href="/doc/pacticipant?context=version" title="Meaning"><code>pb:pacticipant</code></a>' in shown
    assert '<a href="/pacticipants/web/versions/1/tags/prod">' in shown
    assert "<code>/pacticipants/web/versions/1/tags/{tag}</code>" in html.unescape(shown)


def test_breadcrumbs_lead_to_the_parents_that_exist(page, publish):
    publish("1")

    (crumbs,) = re.findall(r'<nav class="crumbs".*?</nav>', page("/pacticipants/web/branches/main"), re.DOTALL)

    assert re.findall(r'href="([^"]+)"', crumbs) == [
        "/pacticipants",
        "/pacticipants/web",
        "/pacticipants/web/branches",
    ]
    assert '<li aria-current="page"><bdi>main</bdi></li>' in crumbs


def test_an_error_is_a_page_with_its_status_and_reason(page):
    shown = words(page("/pacticipants/nobody/branches", status=404))

    assert "404 Not Found" in shown
    assert "nobody" in shown


def test_a_document_that_is_not_an_object_is_shown_whole(page, publish):
    publish("1")

    shown = html.unescape(page("/integrations"))

    assert "api" in shown


def test_only_the_first_embedded_documents_are_shown(page, http):
    for number in range(MOST_EMBEDDED + 1):
        http.put(f"/pacticipants/a{number:03}/versions/1", json={})

    shown = page("/pacticipants")

    assert f"These are the first {MOST_EMBEDDED} of {MOST_EMBEDDED + 1}." in words(shown)
    assert shown.partition("<h2>Links</h2>")[0].count('<details class="interaction"') == MOST_EMBEDDED


def test_a_document_that_is_too_large_comes_with_a_command(page, http):
    http.post("/pacticipants", json={"name": "big", "repositoryUrl": f"https://example.org/{'x' * MOST_BYTES}"})

    shown = words(page("/pacticipants"))

    assert "This document is too large for a page" in shown
    assert "curl -H 'Accept: application/hal+json' 'http://testserver/pacticipants'" in shown


def test_texts_of_documents_do_not_become_markup(page, http):
    name = "<script>alert(1)</script>"
    http.post("/pacticipants", json={"name": name, "repositoryUrl": "javascript:alert(1)"})

    shown = page("/pacticipants")

    assert "<script" not in shown
    assert name in html.unescape(shown)
    assert 'href="javascript' not in shown


def test_texts_images_and_the_description_for_programs_stay_what_they_are(http, publish):
    publish("1")
    for path, kind in (
        ("/pacts/provider/api/consumer/web/latest/badge", "image/svg+xml"),
        ("/openapi.json?download", "application/json"),
    ):
        response = http.get(path, headers={"Accept": BROWSER})
        assert response.headers["content-type"].partition(";")[0] == kind


@pytest.mark.thorough
def test_a_browser_gets_no_json_at_any_path(http, publish, verify, deploy):
    publish("1")
    verify("1", "10")
    deploy("web", "1", "live")
    paths, queue = set(), ["/", "/metrics", "/integrations", "/dashboard", "/diagnostic/status/heartbeat"]
    while queue:
        path = queue.pop()
        if path in paths or "{" in path:
            continue
        paths.add(path)
        document = http.get(path)
        response = http.get(path, headers={"Accept": BROWSER})
        assert "json" not in response.headers["content-type"], path
        if document.headers.get("content-type", "").startswith("application/hal+json"):
            hrefs = re.findall(r'"href": ?"http://testserver([^"]*)"', json.dumps(document.json()))
            queue += [each or "/" for each in hrefs]
    assert len(paths) > 30


@pytest.mark.parametrize("path", ["/pacticipants", "/metrics"])
def test_other_clients_get_json_as_before(http, path):
    for accept in ("*/*", "application/json, text/html, application/hal+json", "application/hal+json"):
        assert "json" in http.get(path, headers={"Accept": accept}).headers["content-type"]
