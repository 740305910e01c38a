"""Any document of the API as a page."""

from __future__ import annotations

import html
import json
import re

import pytest
from costs import executed

from contracts.broker.ui import document_parts
from contracts.broker.ui.document_parts import PART_SIZE
from contracts.broker.ui.documents import MOST_BYTES, MOST_CHARACTERS


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
    assert '<a href="/pacticipants/web">/<wbr>pacticipants/<wbr>web</a>' in shown
    assert '<a href="/doc/pacticipant?context=version" title="Meaning"><code>pb:pacticipant</code></a>' in shown
    assert '<a href="/pacticipants/web/versions/1/tags/prod">' in shown
    assert "<code>/pacticipants/web/versions/1/tags/{tag}</code>" in html.unescape(shown.replace("<wbr>", ""))


def test_breadcrumbs_lead_to_the_parents_that_exist(page, publish):
    publish("1")

    (crumbs,) = re.findall(r'<nav class="crumbs".*?</nav>', page("/pacticipants/web/branches/main"), re.DOTALL)

    assert re.findall(r'href="([^"]+)"', crumbs) == [
        "/hal-browser/browser.html",
        "/pacticipants",
        "/pacticipants/web",
        "/pacticipants/web/branches",
    ]
    assert '<li aria-current="page"><bdi>main</bdi></li>' in crumbs


def test_an_error_is_a_page_with_its_status_and_reason(page):
    shown = words(page("/pacticipants/nobody/branches", status=404))

    assert "404 Not Found" in shown
    assert "nobody" in shown


def test_only_a_path_that_can_change_leads_to_a_form(page, publish):
    publish("1")

    assert ">Change…</a>" in page("/pacticipants/web/branches/main")
    assert ">Change…</a>" not in page("/metrics")


def test_a_short_object_is_one_line(page, publish):
    publish("1")

    assert "pacticipants count: 2, withMainBranchSetCount:" in words(page("/metrics"))


def test_a_document_that_is_not_an_object_is_shown_whole(page, publish):
    publish("1")

    shown = html.unescape(page("/integrations"))

    assert "api" in shown


def items(shown):
    """The number of embedded documents on a page."""
    return shown.partition("<h2>Links</h2>")[0].count('<details class="interaction"')


@pytest.fixture
def applications(http, monkeypatch):
    """Applications, one more than a page shows."""
    monkeypatch.setattr(document_parts, "PART_SIZE", 3)
    names = ["a1", "a2", "a3", "a4"]
    for name in names:
        http.post("/pacticipants", json={"name": name})
    return names


def test_a_long_list_comes_in_pages(page, applications):
    first = page("/pacticipants?q=a")
    following = re.search(r'<a href="([^"]+)">Next', first)[1]

    assert following == "/pacticipants?q=a&amp;page=2"
    assert items(first) == 3
    assert f"pacticipants {len(applications)}" in words(first)
    last = page(html.unescape(following))
    assert items(last) == 1
    assert applications[-1] in words(last)
    assert "Next →" not in last


@pytest.mark.usefixtures("applications")
def test_the_api_builds_only_the_page_that_is_shown(page, broker):
    with executed(broker.database) as statements:
        page("/pacticipants")

    (listing,) = [parameters for statement, parameters in statements if "LIMIT" in statement]
    assert 3 in listing


def test_a_list_that_the_api_returns_whole_comes_in_pages_too():
    tests = [f"case {number}" for number in range(PART_SIZE + 1)]
    document = {"tests": tests, "_embedded": {"logs": tests}, "_links": {"pb:logs": tests, "self": {"href": "/1"}}}

    part = document_parts.part_of(document, "page=2")

    last = tests[-1:]
    assert part.document == {
        "tests": last,
        "_embedded": {"logs": last},
        "_links": {"pb:logs": last, "self": {"href": "/1"}},
    }
    assert (part.number, part.last, part.totals) == (2, 2, {"logs": PART_SIZE + 1})


@pytest.mark.usefixtures("applications")
@pytest.mark.parametrize(
    ("query", "expected"), [("size=2", 2), ("pageSize=2", 2), ("size=1000", 3), ("pageSize=1000", 3)]
)
def test_a_browser_chooses_smaller_pages_but_no_larger_ones(page, query, expected):
    assert items(page(f"/pacticipants?{query}")) == expected


@pytest.mark.usefixtures("applications")
def test_a_browser_saves_the_whole_document(http):
    shown = http.get("/pacticipants?page=2&q=a", headers={"Accept": BROWSER}).text
    address = html.unescape(re.search(r'href="([^"]+)" download', shown)[1])

    saved = http.get(address, headers={"Accept": BROWSER})

    assert address == "/pacticipants?q=a&download="
    assert saved.json() == http.get("/pacticipants?q=a", headers={"Accept": "application/hal+json"}).json()


def test_a_long_property_is_cut(page, http):
    http.post(
        "/pacticipants", json={"name": "big", "repositoryUrl": f"https://example.org/{'x' * 4 * MOST_CHARACTERS}"}
    )

    shown = words(page("/pacticipants"))

    assert f"{'x' * (MOST_CHARACTERS - 100)}" in shown
    assert "x" * MOST_CHARACTERS not in shown


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
