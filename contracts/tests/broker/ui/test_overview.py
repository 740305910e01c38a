"""The overview: every pair, how it stands on main, what is deployed where."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from hooks import add_webhook

from contracts.broker.ui import overview
from contracts.model.webhooks import EVENTS
from contracts.testing.brokers import running_broker


def words(page):
    """What a person reads, without the tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main id=")[2])))


def test_an_empty_broker_says_how_to_start(page):
    shown = page("/")
    assert "No contracts yet" in shown
    assert "export PACT_BROKER_BASE_URL=http://testserver\n" in shown
    assert "contracts verify" in shown
    assert "contracts can-i-deploy" in shown


@pytest.mark.thorough
def test_the_first_commands_work_as_they_are_when_pasted_into_a_shell(tmp_path):
    with running_broker() as running:
        start = html.unescape(requests.get(running.base_url, headers={"Accept": "text/html"}, timeout=60).text)
        commands = start.partition('<pre class="wrapped">')[2].partition("</pre>")[0]
        scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": scripts}
        subprocess.run(["/bin/sh", "-ec", commands], check=True, cwd=tmp_path, env=environment, timeout=120)
        assert requests.get(f"{running.base_url}/pacts/provider/api/consumer/web/latest", timeout=60).ok


def test_an_unverified_pair_shows_its_latest_contract(page, publish):
    publish("1")
    publish("2", branch="feat")

    shown = words(page("/"))

    assert "1 integration" in shown
    assert "web → api results by version 2 feat just now ○ not verified not deployed" in shown


def test_the_state_is_that_of_the_main_branches(page, publish, verify):
    publish("1")
    publish("2", branch="feat")
    verify("1", "10")

    assert "verified by 10 , just now" in words(page("/"))

    verify("1", "11", success=False)
    verify("1", "12", branch="feat")

    shown = page("/")
    assert "failed by 11" in words(shown)
    (link,) = re.findall(r'href="([^"]+/verification-results/[^"]+)"', shown)
    assert "<title>Failed: web 2 → api 11" in page(link) or "<title>Failed: web 1 → api 11" in page(link)


def test_deployments_are_grouped_by_environment_with_production_last(page, publish, deploy, verify):
    publish("1")
    verify("1", "10")
    deploy("web", "1", "production")
    deploy("api", "10", "production", "blue")
    deploy("web", "1", "staging")

    assert "staging web 1 production web 1 api 10 on blue" in words(page("/"))


def test_pairs_are_found_by_either_name_in_any_case(page, publish):
    publish("1")
    publish("1", consumer="shop", provider="stock")
    publish("1", consumer="50%", provider="x")

    assert "shop" in words(page("/?q=STOCK"))
    assert "web" not in words(page("/?q=STOCK"))
    assert "1 integration with “%”" in words(page("/?q=%25"))
    assert "No contract of an application like “nobody”" in words(page("/?q=nobody"))


@pytest.mark.parametrize("number", ["x", "0", "-1", "99999999999999999999", "²"])
def test_an_invalid_page_number_is_the_first_page(page, publish, number):
    publish("1")

    page(f"/?page={number}")


def test_names_cannot_become_markup(page, publish):
    publish("1", consumer="<script>alert(1)</script>", provider="api")

    assert "<script>" not in page("/")
    assert "<script>" not in page("/?q=<script>")


def pairs(page, query=""):
    """The consumers and providers of a page, in its order."""
    return re.findall(r"<strong><a[^>]*><bdi>(.*?)</bdi>.*?<strong><a[^>]*><bdi>(.*?)</bdi>", page(f"/?{query}"))


@pytest.fixture
def estate(publish, verify, http, broker, clock):
    """A pair in each state, from the oldest to the newest: stale, verified, failed, not verified, waiting."""
    publish("0", consumer="old", provider="store")
    verify("0", "5", consumer="old", provider="store")
    clock.forward(days=91)
    publish("1", provider="store")
    verify("1", "5", provider="store")
    publish("1")
    verify("1", "10", success=False)
    publish("1", provider="post")
    add_webhook(broker, events=EVENTS)
    http.put("/pacticipants/bank/branches/main/versions/7", json={})
    publish("1", consumer="shop", provider="bank")
    for name, label in (("api", "team-a"), ("web", "team-b"), ("old", "team-b")):
        http.put(f"/pacticipants/{name}/labels/{label}")


@pytest.mark.usefixtures("estate")
def test_pairs_are_narrowed_and_ordered(page):
    queries = {
        "": ["web api", "web post", "shop bank", "old store", "web store"],
        "state=failed": ["web api"],
        "state=unverified": ["web post", "shop bank"],
        "state=waiting": ["shop bank"],
        "state=stale": ["old store"],
        "state=verified": ["old store", "web store"],
        "state=verified&sort=newest": ["web store", "old store"],
        "state=verified&q=WEB": ["web store"],
        "state=other&sort=other&group=other": ["web api", "web post", "shop bank", "old store", "web store"],
        "sort=newest": ["shop bank", "web post", "web api", "web store", "old store"],
        "sort=consumer": ["old store", "shop bank", "web api", "web post", "web store"],
        "sort=provider": ["web api", "shop bank", "web post", "old store", "web store"],
        "label=team-b&sort=consumer": ["old store", "web api", "web post", "web store"],
    }

    assert {query: [" ".join(each) for each in pairs(page, query)] for query in queries} == queries


@pytest.mark.usefixtures("estate")
def test_totals_are_filters(page):
    shown = page("/?q=e&sort=newest")

    tiles = re.findall(r'class="tile[^"]*" href="([^"]*)"[^>]*><strong>(.*?)</strong> (.*?)</a>', shown)
    assert [(number, label) for _, number, label in tiles] == [
        ("4", "All"),
        ("1", "Failed"),
        ("1", "Not verified"),
        ("0", "Waiting"),
        ("1", "Stale"),
        ("2", "Verified"),
    ]
    assert html.unescape(tiles[1][0]) == "/?q=e&state=failed&sort=newest"
    assert "<title>(1 failed) Contracts" in shown
    assert 'aria-current="true"><strong>1</strong> Failed' in page("/?state=failed")


@pytest.mark.usefixtures("estate")
def test_pairs_are_grouped_by_application_or_label(page):
    def headings(query):
        return [words(f"<main id={each}").strip() for each in re.findall(r"<h2>(.*?)</h2>", page(f"/?{query}"))]

    assert headings("group=provider") == [
        "api 1 integration, 1 failed",
        "post 1 integration",
        "bank 1 integration",
        "store 2 integrations",
    ]
    assert headings("group=label&sort=newest") == [
        "team-a 1 integration, 1 failed",
        "team-b 4 integrations, 1 failed",
        "No label 1 integration",
    ]
    assert "5 integrations" in words(page("/?group=label"))
    assert 'href="/?label=team-a&amp;sort=newest"' in page("/?group=label&sort=newest")


def test_an_environment_shows_the_pairs_of_the_applications_in_it(page, publish, deploy):
    publish("1")
    publish("1", consumer="shop", provider="bank")
    deploy("web", "1", "production")

    assert pairs(page, "environment=production") == [("web", "api")]
    assert pairs(page, "environment=test") == []
    assert '<option value="production" selected>' in page("/?environment=production")


@pytest.mark.usefixtures("estate")
def test_the_page_renews_itself_while_a_verification_is_in_progress(page):
    assert '<div id="live" data-refresh="5">' in page("/")
    assert '<a href="/?page=2">Refresh</a>' in page("/?page=2")
    assert '<div id="live">' in page("/?q=web")


def test_a_result_for_another_contract_is_stale(page, publish, verify):
    publish("1")
    verify("1", "10")
    publish("2")

    assert "○ not verified results only for another contract" in words(page("/?state=stale"))


def test_further_pairs_are_on_further_pages_of_the_same_view(page, publish, monkeypatch):
    monkeypatch.setattr(overview, "PAGE_SIZE", 2)
    for number in "123":
        publish("1", consumer=f"consumer-{number}")

    first = page("/?state=unverified&sort=consumer")
    (following,) = re.findall(r'href="([^"]+)">Next', first)

    assert "1 2 Next →" in words(first)
    assert html.unescape(following) == "/?state=unverified&sort=consumer&page=2"
    assert pairs(page, "state=unverified&sort=consumer&page=2") == [("consumer-3", "api")]
    assert "← Previous 1 2" in words(page("/?page=2"))
    assert "on this page" in words(page("/?page=3"))


def test_a_search_without_pairs_says_what_it_looked_for(page, publish):
    publish("1")

    assert "No contract of an application like “store” is in the state “failed”." in words(
        page("/?state=failed&q=store")
    )


def test_a_value_that_does_not_exist_is_named_with_those_that_do(http, page, publish):
    publish("1")
    http.post("/environments", json={"name": "live", "production": True})

    text = page("/?state=broken&environment=test&sort=size&group=team")

    for sentence in (
        "There is no state “broken”, only: failed, unverified,",
        "There is no environment “test”, only: live.",
        "There is no sort “size”, only: attention,",
        "There is no group “team”, only: ",
    ):
        assert sentence in text
    assert "There is no" not in page("/?state=failed&environment=live&sort=attention&group=")
