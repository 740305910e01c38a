"""The page that shows any document of the API."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import requests

from contracts.testing import running_broker


PAGE = "/hal-browser/browser.html"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def test_the_page_runs_the_broker_s_own_script_and_no_other(http):
    response = http.get(PAGE, headers={"Accept": "text/html"})

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<script src="/ui/hal-browser.js"></script>' in response.text
    policy = response.headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_client_gets_the_page_and_its_script(http):
    """The API has nothing at these addresses."""
    assert http.get(PAGE, headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")
    script = http.get("/ui/hal-browser.js", headers={"Accept": "*/*"})
    assert (script.status_code, script.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert "innerHTML" not in script.text


@pytest.mark.parametrize(
    ("headers", "base"),
    [({}, "http://testserver"), ({"X-Forwarded-Host": "b.example", "X-Forwarded-Proto": "https"}, "https://b.example")],
)
def test_the_page_knows_the_start_of_links_in_documents(http, headers, base):
    assert f'data-base="{base}"' in http.get(PAGE, headers=headers).text
    assert http.get("/", headers=headers).json()["_links"]["self"]["href"] == base


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_browser_shows_a_document_with_its_links(tmp_path):
    with running_broker() as broker:
        assert requests.put(f"{broker.base_url}/pacticipants/a%20b/versions/1", json={}, timeout=60).status_code == 201
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
        address = f"{broker.base_url}{PAGE}#/pacticipants/a%20b/versions/1"
        command = [CHROMIUM, *options, "--virtual-time-budget=10000", "--dump-dom", address]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout

    assert "GET /pacticipants/a%20b/versions/1: 200" in shown
    assert '<a href="#/pacticipants/a%20b"><wbr>/<wbr>pacticipants/<wbr>a%20b</a>' in shown
    assert '<a href="/doc/tag?context=version" title="Meaning"><code>pb:tag</code></a>' in shown
    assert '<input name="tag"' in shown
