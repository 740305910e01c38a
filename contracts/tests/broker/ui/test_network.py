"""The network of applications as a drawing and as a table."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree as ET

import pytest

from contracts.broker.ui import network_graphs


SVG = "{http://www.w3.org/2000/svg}"


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


def drawing(markup):
    """The texts of the boxes, and the classes of the lines."""
    svg = ET.fromstring(re.search(r"<svg.*</svg>", markup, re.DOTALL)[0])  # noqa: S314, our own
    boxes = [each.find(f".//{SVG}text").text for each in svg.iter(f"{SVG}g") if each.get("class").startswith("node")]
    lines = [each.get("class").split()[1] for each in svg.iter(f"{SVG}path") if each.get("class").startswith("line")]
    return boxes, lines


@pytest.fixture
def estate(publish, verify, http):
    """A chain of three applications with a failure, and a pair that is not connected with it."""
    publish("1")
    verify("1", "10", success=False)
    publish("10", consumer="api", provider="store")
    publish("1", consumer="shop", provider="bank")
    verify("1", "5", consumer="shop", provider="bank")
    for name in ("shop", "bank"):
        http.put(f"/pacticipants/{name}/labels/money")


@pytest.mark.usefixtures("estate")
def test_the_whole_network_is_drawn_with_its_states(page):
    shown = page("/relationships")

    assert "<title>Network · Pact Broker</title>" in shown
    assert drawing(shown) == (["api", "bank", "shop", "store", "web"], ["unverified", "verified", "failed"])
    assert 'href="/groups/api"' in shown
    assert 'aria-label="web calls api: failed"' in shown
    assert {"✘", "○", "✔"} <= set(re.findall(r'text-anchor="middle">(.)</text>', shown))
    assert "web api ✘ failed api store ○ not verified shop bank ✔ verified" in words(shown)


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("path", "boxes"),
    [
        ("/groups/api", ["api", "store", "web"]),
        ("/groups/web", ["web", "api"]),
        ("/groups/web?steps=connected", ["web", "api", "store"]),
        ("/relationships?label=money", ["bank", "shop"]),
    ],
)
def test_a_part_of_the_network_is_drawn_alone(page, path, boxes):
    assert drawing(page(path))[0] == boxes


@pytest.mark.usefixtures("estate")
def test_too_large_a_network_is_drawn_as_clusters(page, monkeypatch):
    monkeypatch.setattr(network_graphs, "MOST_NODES", 4)

    shown = page("/relationships")

    assert drawing(shown)[0] == ["api", "money"]
    assert "api 3 2 ✘ 1 failed money 2 1 none" in words(shown)
    assert 'href="/relationships?label=money"' in shown
    assert drawing(page("/groups/web?steps=connected"))[0] == ["web", "api", "store"]

    monkeypatch.setattr(network_graphs, "MOST_NODES", 2)
    assert "1 further applications are not drawn" in words(page("/groups/web?steps=connected"))


@pytest.mark.usefixtures("estate")
def test_lines_between_clusters_have_the_worst_state(page, publish, verify, monkeypatch):
    monkeypatch.setattr(network_graphs, "MOST_NODES", 4)
    publish("2", consumer="web", provider="shop")
    publish("2", consumer="web", provider="bank")
    verify("2", "1", consumer="web", provider="bank")

    shown = page("/relationships")

    assert drawing(shown) == (["web", "money"], ["unverified"])
    assert "web → money: not verified (2 contracts)" in shown


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("query", ["", "?around=api", "?label=money", "?around=web&steps=connected"])
def test_the_drawing_is_saved_as_a_file_with_its_own_styles(http, query):
    response = http.get(f"/ui/network.svg{query}", headers={"Accept": "text/html,*/*;q=0.8"})

    assert response.headers["content-type"].startswith("image/svg+xml")
    assert "script-src" not in response.headers["content-security-policy"]
    svg = ET.fromstring(response.text)  # noqa: S314, our own
    assert svg.find(f"{SVG}style") is not None
    links = [each.get("href") for each in svg.iter(f"{SVG}a")]
    assert links
    assert all(each.startswith("http://testserver/") for each in links)


@pytest.mark.usefixtures("estate")
def test_a_page_offers_the_file_of_what_it_shows(page, http):
    for path in ("/relationships?label=money", "/groups/web?steps=connected"):
        shown = page(path)
        (export,) = re.findall(r'href="([^"]+)" download', shown)
        assert drawing(http.get(html.unescape(export)).text) == drawing(shown)


def test_without_contracts_the_pages_say_so(page, http):
    http.post("/pacticipants", json={"name": "alone"})

    assert "The network appears with the first contract." in words(page("/relationships"))
    assert "alone has no contract yet." in words(page("/groups/alone"))
    assert "nobody" in page("/groups/nobody", status=404)
    assert http.get("/ui/network.svg?around=nobody").status_code == 404


def test_hostile_names_stay_text(page, publish, http):
    publish("1", consumer="<script>alert(1)</script>", provider='"><g onload="alert(1)">')

    shown = page("/relationships")

    assert drawing(shown)[0] == ['"><g onload="alert(1)">', "<script>alert(1)</scrip…"]
    assert "<script>" not in shown
    assert "<g onload" not in shown
    assert "<script>" not in http.get("/ui/network.svg").text


def test_other_clients_still_get_the_table_of_the_protocol(http, publish):
    publish("1")

    assert http.get("/relationships", headers={"Accept": "text/csv"}).headers["content-type"].startswith("text/csv")
    assert http.get("/groups/api", headers={"Accept": "*/*"}).headers["content-type"].startswith("text/csv")
