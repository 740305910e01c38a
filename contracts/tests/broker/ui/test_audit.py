"""The page of the audit log."""

from __future__ import annotations

import dataclasses
import html
import re

import pytest
from in_process import TestClient

from contracts.broker.api import access
from contracts.broker.app import create_app
from contracts.broker.ui import audit


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def page(client, path="/audit", **options):
    response = client.get(path, headers=BROWSER, **options)
    return response, html.unescape(response.text.replace("<wbr>", ""))


def test_changes_and_refusals_are_shown_with_the_newest_first(http, clock):
    http.post("/pacticipants", json={"name": "web & co"})
    clock.forward(minutes=3)
    http.post("/pacticipants", json={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site", "X-Request-Id": "r-7"})
    _, text = page(http)
    assert text.index("✘ refused (403)") < text.index('POST /pacticipants</code> <span class="tag">name: web & co')
    assert "r-7" in text
    assert "3 minutes ago" in text


def test_filters_are_those_of_the_api(http):
    http.put("/pacticipants/web/labels/blue", json={})
    http.put("/pacticipants/api/labels/red", json={})
    assert "/labels/red" not in page(http, "/audit?name=blue")[1]
    assert "/labels/red" in page(http, "/audit?type=change&since=2026-11-23&subject=anonymous")[1]
    assert "No entry matches." in page(http, "/audit?type=refusal")[1]
    assert "since must be a time such as" in page(http, "/audit?since=yesterday")[1]


def test_older_entries_are_on_further_pages(http, monkeypatch):
    monkeypatch.setattr(audit, "PAGE_SIZE", 2)
    for number in range(3):
        http.put(f"/pacticipants/web/labels/{number}", json={})
    _, first = page(http, "/audit?type=change")
    (older,) = re.findall(r'href="([^"]*)">Older', first)
    _, second = page(http, older)
    assert "/labels/0<" in second
    assert "/labels/1<" not in second
    assert "Older" not in second


@pytest.mark.parametrize("account", ["reader", "admin"])
def test_only_an_administrator_sees_it_and_its_link(broker, account, monkeypatch):
    monkeypatch.setattr(access, "GUESS_SECONDS", 0, raising=False)
    accounts = {"basic_auth_username": "admin", "basic_auth_password": "a" * 12}
    accounts |= {"basic_auth_read_only_username": "reader", "basic_auth_read_only_password": "a" * 12}
    broker.settings = dataclasses.replace(broker.settings, basic_auth_enabled=True, **accounts)
    client = TestClient(create_app(broker))
    response, text = page(client, auth=(account, "a" * 12))
    overview = page(client, "/", auth=(account, "a" * 12))[1]
    is_admin = account == "admin"
    assert response.status_code == (200 if is_admin else 403)
    assert ("may not do everything" in text) is not is_admin
    assert ('href="/ui/administration"' in overview) is is_admin
