"""The page that says whether a version can be deployed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest


def ask(**query):
    return f"/can-i-deploy?{urlencode(query)}"


WEB = {"pacticipant": "web", "version": "1", "environment": "live"}


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


@pytest.fixture
def live(publish, verify, deploy):
    """A consumer, and its provider in live with a result."""

    def live(*, success=True):
        publish("1")
        verify("1", "10", success=success)
        deploy("api", "10", "live")

    return live


def test_without_a_question_there_is_a_form(page, live):
    live()

    shown = page("/can-i-deploy")

    assert "Name an application, its version or branch, and the environment that you deploy to." in shown
    assert "<option>live</option>" in shown
    assert "<title>Can I deploy? · Pact Broker</title>" in shown


def test_a_yes_has_its_reason_and_the_results_that_count(page, live):
    live()

    shown = page(ask(**WEB))

    assert "<title>Yes: web 1 to live · Pact Broker</title>" in shown
    assert "✔ Yes web 1 to live Every required verification result exists and is a success." in words(shown)
    assert "1 verified, 0 failed, 0 without a result" in shown
    assert "What to do" not in shown


def test_a_no_leads_to_the_failed_result_and_to_the_next_command(page, live):
    live(success=False)

    shown = page(ask(**WEB))

    assert "✘ No" in words(shown)
    assert "breaks the contract" in words(shown)
    assert "contracts why --pacticipant web --version 1 --to-environment live" in shown
    (link,) = re.findall(r'href="([^"]+/verification-results/[^"]+)"', shown)
    assert "<title>Failed: web 1 → api 10" in page(html.unescape(link))


def test_a_missing_result_is_not_yet(page, live, publish):
    live()
    publish("2", branch="feat")

    text = words(page(ask(**WEB | {"version": "2"})))

    assert "… Not yet" in text
    assert "web 2 feat · head not verified api" in text


@pytest.mark.parametrize(
    "path",
    [
        ask(pacticipant="web", branch="main", environment="live"),
        "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/live",
    ],
)
def test_a_branch_means_its_head(page, live, path):
    live()

    assert "✔ Yes web the head of main to live" in words(page(path))


def test_the_versions_with_a_tag_can_be_the_target(page, live, http):
    live()
    http.put("/pacticipants/api/versions/10/tags/prod", json={})

    text = words(page(ask(pacticipant="web", version="1", to="prod")))

    assert "✔ Yes web 1 to the latest versions with the tag prod" in text


def test_the_verdict_is_that_of_the_api(page, live, http, publish):
    live()
    publish("2", branch="feat")
    for version, word in (("1", "Yes"), ("2", "Not yet"), ("3", "No")):
        query = ask(**WEB | {"version": version})
        deployable = http.get(query).json()["summary"]["deployable"]
        assert {True: "Yes", None: "Not yet", False: "No"}[deployable] == word
        assert f"<title>{word}: web {version} to live" in page(query)


@pytest.mark.parametrize("change", [{"pacticipant": "wbe"}, {"environment": "live2"}])
def test_an_unknown_name_is_reported_in_the_form(page, live, change):
    live()

    shown = page(ask(**WEB | change))

    assert "not found" in words(shown)
    assert next(iter(change.values())) in words(shown) + shown


def test_hostile_names_do_not_become_markup(page, live):
    live()
    attack = '"><script>alert(1)</script>'

    shown = page(ask(pacticipant=attack, version=attack, environment=attack))

    assert "<script" not in shown


def test_without_an_environment_it_says_how_to_create_one(page, publish):
    publish("1")

    assert "contracts create-environment --name production --production" in page("/can-i-deploy")


def test_a_contract_links_to_the_question_about_its_version(page, live):
    live()

    shown = page("/pacts/provider/api/consumer/web/version/1")

    assert f'href="{html.escape(ask(pacticipant="web", version="1"))}"' in shown
