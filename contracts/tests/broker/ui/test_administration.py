"""The page for those who run the broker."""

from __future__ import annotations

import html
import re


def test_each_place_is_a_page(http, page):
    links = re.findall(r'<li><a href="([^"]+)"', page("/ui/administration"))
    assert len(links) > 5
    for each in links:
        response = http.get(html.unescape(each), headers={"Accept": "text/html,*/*;q=0.8"})
        assert response.status_code == 200, each
        assert response.headers["content-type"].startswith("text/html"), each


def test_an_administrator_finds_it_in_the_navigation(page):
    (entry,) = re.findall(r'<a href="/ui/administration"[^>]*>', page("/tokens").partition("</nav>")[0])
    assert "aria-current" in entry
