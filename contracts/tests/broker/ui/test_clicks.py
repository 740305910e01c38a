"""The questions of docs/pages.md are answered within two clicks from the overview."""

from __future__ import annotations

import html
import re

import pytest


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
MOST_CLICKS = 2
CLICKS = {
    "(1 failed) Contracts": 0,
    "Failed: web 1 → api 10": 1,
    "Contract: web 1 → api": 1,
    "Results: web → api": 1,
    "Can I deploy?": 1,
    "Network": 1,
    "Network: web": 2,
    "Environments": 1,
    "Application: web": 1,
    "Version: web 1": 1,
    "Application: api": 1,
    "Webhooks": 1,
    "Webhook: POST 127.0.0.1": 2,
    "Delivery: waiting": 2,
    "API browser": 1,
    "Administration": 1,
    "Audit log": 2,
    "Tokens": 2,
}
"""The titles of pages with the number of clicks from the overview."""


@pytest.fixture
def titles(http, publish, verify, deploy):
    """The titles of the pages that a person reaches, with the number of clicks from `/`."""
    webhook = {"request": {"method": "POST", "url": "http://127.0.0.1:9/"}, "events": [{"name": "contract_published"}]}
    assert http.post("/webhooks", json=webhook).status_code == 201
    publish("1")
    verify("1", "10", success=False)
    deploy("web", "1", "production")
    reached, clicks = {}, {"/": 0}
    for path in (queue := ["/"]):
        response = http.get(path, headers=BROWSER)
        assert response.status_code == 200, path
        assert response.headers["content-type"].startswith("text/html"), path
        (title,) = re.findall(r"<title>(.*?) · Pact Broker</title>", response.text)
        reached.setdefault(html.unescape(title), clicks[path])
        if clicks[path] < MOST_CLICKS:
            for link in re.findall(r'href="(/[^"#]*)"', response.text):
                target = html.unescape(link)
                if target not in clicks and (target == "/ui/administration" or not target.startswith("/ui/")):
                    clicks[target] = clicks[path] + 1
                    queue.append(target)
    return reached


@pytest.mark.thorough
def test_each_page_is_few_clicks_away(titles):
    assert titles.items() >= CLICKS.items()
