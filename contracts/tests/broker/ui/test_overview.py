"""The overview: every pair, how it stands on main, what is deployed where."""

from __future__ import annotations

import html
import re

import pytest


def words(page):
    """What a person reads, without the tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<main id=")[2])))


def test_an_empty_broker_says_how_to_start(page):
    shown = page("/")
    assert "No contracts yet" in shown
    assert "export PACT_BROKER_BASE_URL=http://testserver\ncontracts publish pacts/ --branch main" in shown
    assert "contracts verify" in shown
    assert "contracts can-i-deploy" in shown


def test_an_unverified_pair_shows_its_latest_contract(page, publish):
    publish("1")
    publish("2", branch="feat")

    shown = words(page("/"))

    assert "1 integration" in shown
    assert "web → api 2 feat just now not verified not deployed" in shown


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


def test_further_pairs_are_on_further_pages(page, publish):
    for number in range(51):
        publish("1", consumer=f"consumer-{number:02}", provider=f"provider-{number:02}")

    first, second = page("/"), page("/?page=2")

    assert "Page 1 of 2" in words(first)
    assert "Older →" in words(first)
    assert "← Newer Page 2 of 2" in words(second)
    assert "consumer-00" in words(second)
    assert "on this page" in words(page("/?page=3"))


@pytest.mark.parametrize("number", ["x", "0", "-1", "99999999999999999999", "²"])
def test_an_invalid_page_number_is_the_first_page(page, publish, number):
    publish("1")

    page(f"/?page={number}")


def test_names_cannot_become_markup(page, publish):
    publish("1", consumer="<script>alert(1)</script>", provider="api")

    assert "<script>" not in page("/")
    assert "<script>" not in page("/?q=<script>")


def test_contracts_are_filtered_by_their_result_on_main(page, publish, verify):
    publish("1")
    verify("1", "10", success=False)
    publish("1", provider="store")
    verify("1", "5", provider="store")
    publish("1", provider="post")
    publish("1", consumer="feature", branch="main")
    publish("2", consumer="feature", branch="feat")
    publish("1", consumer="lost", branch=None)

    def pairs(query):
        return re.findall(r"<strong>(.*?)</strong>.*?<strong>(.*?)</strong>", page(f"/?{query}"))

    assert pairs("state=failed") == [("web", "api")]
    assert pairs("state=verified") == [("web", "store")]
    assert set(pairs("state=unverified")) == {("web", "post"), ("feature", "api")}
    assert pairs("state=unverified&q=feat") == [("feature", "api")]
    assert len(pairs("state=whatever")) == len(pairs("")) == 5
    assert "No contract of an application like “store” with the result “failed” on main." in words(
        page("/?state=failed&q=store")
    )


def test_a_filter_says_which_one_it_is_and_stays_on_further_pages(page, publish):
    for number in range(51):
        publish("1", consumer=f"consumer-{number:02}", provider=f"provider-{number:02}")

    shown = page("/?state=unverified")

    assert '<a href="/?state=unverified" aria-current="true">Not verified on main</a>' in shown
    assert "51 integrations" in words(shown)
    (older,) = re.findall(r'href="([^"]+)">Older', shown)
    assert "Page 2 of 2" in words(page(html.unescape(older)))
