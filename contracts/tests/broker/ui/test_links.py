"""Every page that links lead to, on the shop's contracts: it is a page, and each name on it is a link."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from page_paths import PAGES
from shops import Shop


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
NAMES = {
    *("web-shop", "mobile-app", "catalogue", "checkout", "payments", "orders", "mailer"),
    *("1.8.0", "1.9.0-search", "5.2.0", "5.3.0", "2.3.1", "2.4.0", "3.0.0", "3.1.0", "0.9.4", "7.1.0", "0.4.0"),
    *("main", "search", "live", "staging", "production", "team-browse", "team-money"),
}
"""The applications, versions, branches, tags, environments and labels of the shop."""
EXEMPT = {"a", "h1", "h2", "label", "legend", "option", "pre", "textarea", "title"}
"""A heading is about its page; the others hold no links. What has the class `linked` has a link beside its name."""
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """A page: its *links*, and the names and images that are not links."""

    def __init__(self, text):
        super().__init__()
        self.links = set()
        self.plain = []
        self._open = []
        self.feed(text.replace("<wbr>", ""))

    def handle_starttag(self, tag, attributes):
        fields = dict(attributes)
        if tag == "a" and "download" not in fields:
            self.links.add(fields.get("href", "").partition("#")[0].removeprefix("http://testserver"))
        if tag == "img":
            self._check(fields["src"])
        if tag not in VOID:
            classes = fields.get("class", "").split()
            exempt = tag in EXEMPT or "linked" in classes or "aria-current" in fields
            self._open.append((tag, exempt))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if text.strip() in NAMES:
            self._check(text.strip())

    def _check(self, name):
        if not any(exempt for _, exempt in self._open):
            self.plain.append(name)


@pytest.fixture
def opened(http):
    """One page of each kind that links lead to, by path."""
    Shop("http://testserver", http.request).open()
    http.put("/pacticipants/web-shop/versions/1.8.0/tags/live", json={})
    pages, kinds = {}, set()
    reached = list(PAGES.values())
    for path in reached:
        if kind(path) in kinds:
            continue
        kinds.add(kind(path))
        response = http.get(path, headers=BROWSER)
        pages[path] = response
        if response.headers["content-type"].startswith("text/html") and not is_about_the_api(path, response):
            links = {html.unescape(each) for each in Page(response.text).links}
            reached.extend(
                sorted(each for each in links if each.startswith("/") and not each.startswith("/ui/requests"))
            )
    return pages


def kind(path):
    """The path without what differs between pages of a kind: names, numbers, hashes, and the values of the query."""
    place, _, query = path.partition("?")
    segments = ["*" if each in NAMES or re.fullmatch(r"\d+|[\w-]{20,}", each) else each for each in place.split("/")]
    return "/".join(segments), *sorted({each.partition("=")[0] for each in query.split("&")})


def is_about_the_api(path, response):
    """Whether it is a document of the API as a page, whose fields are plain, or the table of operations."""
    return "Open in the API browser" in response.text or path == "/openapi.json"


@pytest.mark.thorough
def test_each_link_leads_to_a_page_on_which_each_name_is_a_link(opened):
    assert len(opened) > 30
    plain = {}
    for path, response in opened.items():
        is_drawing = path.startswith("/ui/network.svg")
        expected = "image/svg+xml" if is_drawing else "text/html; charset=utf-8"
        assert (response.status_code, response.headers["content-type"]) == (200, expected), path
        if not is_drawing and not is_about_the_api(path, response) and (names := Page(response.text).plain):
            plain[path] = names
    assert plain == {}
