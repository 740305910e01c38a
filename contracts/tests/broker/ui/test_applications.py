"""The page of an application."""

from __future__ import annotations

import html
import re

import pytest


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


@pytest.fixture
def estate(publish, verify, deploy, http):
    """An application with a consumer and a provider."""
    publish("1")
    verify("1", "10", success=False)
    publish("10", consumer="api", provider="store")
    deploy("api", "10", "live", "blue")
    http.put("/pacticipants/api/labels/team-a")
    http.put("/pacticipants/api/branches/feat/versions/11", json={})


@pytest.mark.usefixtures("estate")
def test_an_application_shows_where_it_runs_and_its_contracts_in_both_directions(page):
    shown = page("/pacticipants/api")
    text = words(shown)

    assert "<title>Application: api · Pact Broker</title>" in shown
    assert "Main branch main Labels team-a" in text
    assert "in live 10 on blue just now the head of main" in text
    callers, callees = text.partition("Whom api calls")[::2]
    assert "web → api results by version 1 main just now ✘ failed by 10" in callers
    assert "api → store results by version 10 main just now ○ not verified" in callees


@pytest.mark.usefixtures("estate")
def test_its_branches_and_versions_link_to_the_next_question(page):
    shown = page("/pacticipants/api")
    text = words(shown)

    assert "feat 11 just now Can it be deployed?" in text
    assert f'href="{html.escape("/can-i-deploy?pacticipant=api&version=11")}"' in shown
    assert "Newest versions 11 feat · head just now 10 main · head in live just now" in text
    assert 'href="/pacticipants/api/versions/10"' in shown


@pytest.mark.usefixtures("estate")
def test_a_failed_result_is_one_click_away(page):
    (link,) = re.findall(r'href="([^"]+/verification-results/[^"]+)"', page("/pacticipants/api"))

    assert "<title>Failed: web 1 → api 10" in page(link)


@pytest.mark.usefixtures("estate")
def test_an_application_shows_the_webhooks_that_concern_it(page, http):
    for number, sides in enumerate(
        (
            {},
            {"consumer": {"name": "api"}},
            {"provider": {"label": "team-a"}},
            {"consumer": {"name": "web"}},
        )
    ):
        body = {
            "description": f"hook {number}",
            "request": {"method": "POST", "url": "http://127.0.0.1:9/"},
            "events": [{"name": "contract_published"}],
        }
        assert http.post("/webhooks", json=body | sides).status_code == 201

    text = words(page("/pacticipants/api")).partition("Webhooks")[2]

    assert [f"hook {number}" in text for number in range(4)] == [True, True, True, False]


@pytest.mark.usefixtures("estate")
def test_an_application_shows_its_badges_with_markdown_to_copy(page, http):
    shown = page("/pacticipants/api")

    (image, *_) = re.findall(r'<img src="([^"]+)"', shown)
    assert http.get(image).headers["content-type"].startswith("image/svg+xml")
    assert html.unescape(re.findall(r"data-copy>(.*?)</pre>", shown)[0]) == (
        "[![Can api be deployed to live?](http://testserver/pacticipants/api/branches/main/latest-version/"
        "can-i-deploy/to-environment/live/badge)]"
        "(http://testserver/can-i-deploy?pacticipant=api&branch=main&environment=live)"
    )


def test_an_application_without_anything_says_so(page, http):
    http.post("/pacticipants", json={"name": "new", "repositoryUrl": "javascript:alert(1)"})

    shown = page("/pacticipants/new")
    text = words(shown)

    for sentence in (
        "No version is deployed.",
        "No consumer has a contract with it.",
        "It has no contract with a provider.",
        "No version is on a branch.",
        "It has no version yet.",
    ):
        assert sentence in text
    assert 'href="javascript' not in shown


def test_an_unknown_application_is_a_page_that_says_so(page):
    assert "nobody" in page("/pacticipants/nobody", status=404)


def test_a_hostile_name_does_not_become_markup(page, http):
    http.post("/pacticipants", json={"name": "<script>alert(1)</script>"})

    assert "<script>" not in page("/pacticipants/%3Cscript%3Ealert(1)%3C%2Fscript%3E")


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("path", ["/", "/matrix/provider/api/consumer/web", "/pacts/provider/api/consumer/web/latest"])
def test_the_other_pages_link_to_the_application(page, path):
    assert 'href="/pacticipants/api"' in page(path)
