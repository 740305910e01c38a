"""The board of environments."""

from __future__ import annotations

import html
import re

from contracts.broker.ui import board


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


def test_the_board_shows_what_runs_since_when_and_whether_main_could_replace_it(page, publish, verify, deploy, clock):
    publish("1")
    verify("1", "10")
    deploy("web", "1", "production")
    deploy("api", "10", "production", "blue")
    deploy("api", "10", "test")
    clock.forward(hours=3)
    verify("1", "11", success=False)
    publish("2")

    shown = page("/environments")
    text = words(shown)

    assert "<title>Environments · Pact Broker</title>" in shown
    assert "2 applications deployed or released" in text
    assert re.findall(r'<th scope="col">(.*?)</th>', shown)[1].startswith(
        '<a href="/?environment=test"><bdi>test</bdi></a>'
    )
    assert "api 10 3 hours ago ✔ main can replace it 10 on blue 3 hours ago ✘ main cannot replace it 11" in text
    assert "1 3 hours ago ○ main: not known yet 2" in text
    assert 'href="/can-i-deploy?pacticipant=api&amp;version=11&amp;environment=production"' in shown


def test_a_version_that_is_main_is_not_compared(page, publish, deploy):
    publish("1")
    deploy("web", "1", "production")

    assert "web 1 just now the head of main 1" in words(page("/environments"))


def test_applications_are_searched_and_come_in_pages(page, publish, deploy, monkeypatch):
    monkeypatch.setattr(board, "PAGE_SIZE", 2)
    for name in ("web", "shop", "<i>"):
        publish("1", consumer=name)
        deploy(name.replace("<i>", "%3Ci%3E"), "1", "production")

    assert "&lt;i&gt;" in page("/environments")
    assert "<i>" not in page("/environments")
    assert 'href="/environments?page=2">Next →' in page("/environments")
    assert "web 1 just now" in words(page("/environments?page=2"))
    assert "1 application deployed or released with “HO”" in words(page("/environments?q=HO"))
    assert "No application like “nobody” is deployed or released" in words(page("/environments?q=nobody"))


def test_without_environments_and_deployments_the_board_shows_the_commands(page, http):
    assert "contracts create-environment --name production" in words(page("/environments"))

    http.post("/environments", json={"name": "live", "production": True})

    assert "contracts record-deployment --pacticipant NAME --version VERSION --environment live" in words(
        page("/environments")
    )
