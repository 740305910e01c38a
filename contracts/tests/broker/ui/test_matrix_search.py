"""The results of any versions, and the comparison of two."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def results(publish, verify, deploy):
    """Version 1 of web is verified and deployed, version 2 fails with api 11; app has a contract, too."""
    publish("1")
    verify("1", "10")
    deploy("web", "1", "production")
    deploy("api", "10", "production")
    publish("2", document=None)
    verify("2", "11", success=False)
    publish("1", consumer="app")


def rows(markup):
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip()
        for row in re.findall(r"<tr>.*?</tr>", markup, re.DOTALL)
    ][1:]


@pytest.mark.usefixtures("results")
def test_a_url_of_the_api_shows_its_answer(page):
    shown = page("/matrix?q[][pacticipant]=web&q[][version]=2&q[][pacticipant]=api&latestby=cvpv")
    assert "These do not work together" in shown
    assert [row.partition(" main")[0] for row in rows(shown)] == ["web 2 → api"]
    assert 'name="q[][version]" value="2"' in shown
    assert '<option value="cvpv" selected>' in shown
    assert "Version 11 of api breaks the pact of version 2 of web" in shown


@pytest.mark.usefixtures("results")
def test_versions_are_chosen_by_branch_environment_and_main(page):
    shown = page("/matrix?q[][pacticipant]=web&q[][environment]=production&q[][pacticipant]=api&q[][branch]=main")
    assert "These work together" in shown
    assert len(rows(shown)) == 1


@pytest.mark.usefixtures("results")
def test_several_applications_are_asked_about_together(page):
    shown = page("/matrix?q[][pacticipant]=web&q[][pacticipant]=app&q[][pacticipant]=api&latestby=cp")
    assert [row.split()[0] for row in rows(shown)] == ["app", "web"]
    assert '<p class="word">… Not known yet</p>' in shown  # app has no result yet


def test_an_empty_form_asks_for_two_applications_and_for_more_on_request(page):
    assert page("/matrix").count('name="q[][pacticipant]"') == 2
    assert page("/matrix?rows=4").count('name="q[][pacticipant]"') == 4


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("q[][pacticipant]=nobody", "nobody"),
        ("q[][version]=1", "names no application"),
        ("q[][pacticipant]=web&latestby=x", "latestby must be one of"),
        ("q=1", "q must be a list"),
        ("q[][pacticipant]=web&q[]=1", ""),
    ],
)
def test_a_question_that_cannot_be_answered_keeps_the_form(page, publish, query, problem):
    publish("1")
    shown = page(f"/matrix?{query}")
    assert "Show</button>" in shown
    assert problem in shown


@pytest.mark.usefixtures("results")
def test_two_versions_are_compared_by_pair(page):
    shown = page("/ui/compare/web/1/2")
    (row,) = rows(shown)
    assert row == "web → api ✔ verified with 10 ✘ failed with 11 what changed"
    assert "/diff/pact-version/" in shown
    (row,) = rows(page("/ui/compare/web/1/1"))
    assert row.endswith("the same")


@pytest.mark.usefixtures("results")
def test_a_provider_s_versions_are_compared_with_each_consumer(page):
    shown = rows(page("/ui/compare/api/10/11"))
    assert shown[0].startswith("web → api ✔ verified with 1 ✘ failed with 2")


def test_a_version_that_does_not_exist_cannot_be_compared(page, publish):
    publish("1")
    assert "version" in page("/ui/compare/web/1/9", 404)
    assert "nobody" in page("/ui/compare/nobody/1/9", 404)
