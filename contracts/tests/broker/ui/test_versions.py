"""The page of a version."""

from __future__ import annotations

import html
import re

from hooks import add_webhook

from contracts.model.webhooks import EVENTS


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


def test_a_version_shows_where_it_runs_and_what_it_published(page, publish, verify, deploy, http, clock):
    publish("1", build_url="https://ci/1")
    publish("1", provider="store")
    verify("1", "10", success=False)
    http.put("/pacticipants/web/versions/1/tags/rc", json={})
    deploy("web", "1", "live", "blue")
    clock.forward(hours=2)

    shown = page("/pacticipants/web/versions/1")
    text = words(shown)

    assert "<title>Version: web 1 · Pact Broker</title>" in shown
    assert "Branches, tags main · head rc" in text
    assert "in live on blue since 2 hours ago Can it be deployed to live?" in text
    assert 'href="/can-i-deploy?pacticipant=web&amp;version=1&amp;environment=live"' in shown
    assert "api contract 2 hours ago ✘ failed by 10 , 2 hours ago store contract 2 hours ago ○ not verified" in text
    assert "It verified no contract." in text
    assert 'href="https://ci/1"' in shown


def test_a_provider_version_shows_what_it_verified(page, publish, verify):
    publish("1")
    publish("1", consumer="shop")
    verify("1", "10")
    verify("1", "10", consumer="shop", success=False)

    shown = page("/pacticipants/api/versions/10")
    (failed, _) = re.findall(r'href="([^"]+/verification-results/[^"]+)"', shown)

    assert "shop 1 ✘ failed just now web 1 ✔ verified just now" in words(shown)
    assert "<title>Failed: shop 1 → api 10" in page(failed)
    assert "It published no contract." in words(shown)
    assert "No environment exists yet." in words(shown)


def test_a_job_of_a_version_renews_the_page_until_its_result_arrives(page, publish, verify, http, broker):
    http.put("/pacticipants/api/branches/main/versions/10", json={})
    add_webhook(broker, events=EVENTS)
    publish("1")

    shown = page("/pacticipants/api/versions/10")

    assert 'id="live" data-refresh="5"' in shown
    assert "◷ not requested yet just now web 1 → api 10 latest from main branch" in words(shown)
    assert 'href="/verification-jobs/' in shown

    verify("1", "10")

    assert 'id="live">' in page("/pacticipants/api/versions/10")
    assert " done just now web 1" in words(page("/pacticipants/api/versions/10"))


def test_an_unknown_version_is_a_page_that_says_so(page, publish):
    publish("1")

    assert "There is no version" in page("/pacticipants/web/versions/2", status=404)


def test_hostile_names_stay_text(page, publish):
    publish("<script>alert(1)</script>", consumer='"><b>')

    shown = page("/pacticipants/%22%3E%3Cb%3E/versions/%3Cscript%3Ealert(1)%3C%2Fscript%3E")

    assert "<script>" not in shown
    assert "<b>" not in shown
