"""The page that says whether a version can be deployed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

import pytest
from costs import executed

from contracts.broker.ui import deployability


def ask(**query):
    return f"/can-i-deploy?{urlencode(query)}"


LIVE = [("environment", "live")]
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
    assert '<option value="live">live</option>' in shown
    assert "<title>Can I deploy? · Pact Broker</title>" in shown


def test_a_yes_has_its_reason_and_the_results_that_count(page, live):
    live()

    shown = page(ask(**WEB))

    assert "<title>Yes: web 1 to live · Pact Broker</title>" in shown
    assert "✔ Yes web 1 to live Every required verification result exists and is a success." in words(shown)
    assert "1 verified, 0 failed, 0 without a result" in shown
    assert "what to do" not in shown


def test_a_no_leads_to_the_failed_result_and_to_the_next_command(page, live):
    live(success=False)

    shown = page(ask(**WEB))

    assert "✘ No" in words(shown)
    assert "Version 10 of api breaks the pact of version 1 of web" in words(shown)
    assert "contracts verify --provider api --version 10 --app MODULE:NAME --pact-url http" in shown
    (link,) = set(re.findall(r'href="(/[^"]+/verification-results/[^"]+)"', shown))
    assert "<title>Failed: web 1 → api 10" in page(html.unescape(link))


def test_a_missing_result_is_not_yet(page, live, publish):
    live()
    publish("2", branch="feat")

    text = words(page(ask(**WEB | {"version": "2"})))

    assert "… Not yet" in text
    assert "web 2 feat · head ○ not verified api" in text


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


def test_several_applications_are_asked_about_together(page, live, publish, verify):
    """Each of them alone would miss a result; together they have one."""
    live()
    publish("2")
    verify("2", "11", branch="next")
    together = [("pacticipant", "web"), ("version", "2"), ("pacticipant", "api"), ("branch", "next"), *LIVE]

    shown = page(f"/can-i-deploy?{urlencode(together)}")

    assert "✔ Yes web 2 and api the head of next to live" in words(shown)
    assert [re.findall(rf'name="{name}" value="([^"]*)"', shown) for name in ("pacticipant", "version", "branch")] == [
        ["web", "api", ""],
        ["2", "", ""],
        ["", "next", ""],
    ]
    assert "contracts can-i-deploy --pacticipant web --version 2 --pacticipant api --branch next" in shown
    assert "… Not yet" in words(page(ask(**WEB | {"version": "2"})))


@pytest.mark.parametrize(("number", "word"), [("11", "✔ Yes"), ("12", "✘ No"), ("99", "… Not yet")])
def test_a_what_if_replaces_what_is_in_the_environment(page, live, publish, verify, number, word):
    live()
    publish("2")
    verify("2", "11")
    verify("2", "12", success=False)

    shown = page(ask(**WEB | {"version": "2", "replace": "api", "replace_version": number}))

    assert f"{word} web 2 to live , if api {number} were there" in words(shown)
    assert f'name="replace_version" value="{number}"' in shown


def test_the_rest_of_many_rows_is_a_link_away(page, publish, verify, deploy, monkeypatch):
    monkeypatch.setattr(deployability, "MOST_ROWS", 2)
    for number in range(5):
        publish("1", consumer=f"web-{number}")
        if number:
            verify("1", "10", consumer=f"web-{number}")
        deploy(f"web-{number}", "1", "live")
    query = {"pacticipant": "api", "version": "10", "environment": "live"}

    shown = page(ask(**query))

    assert "3 of 5, those without a success first." in words(shown)
    assert re.findall(r'class="state (\w+)"', shown)[0] == "unverified"
    (link,) = re.findall(r'href="([^"]+)">Show all', shown)
    assert page(html.unescape(link)).count("<tr>") == 1 + 5


def test_the_progress_of_a_verification_is_shown_and_renewed(page, http, live, publish):
    live()
    assert "data-refresh" not in page(ask(**WEB))
    webhook = {
        "events": [{"name": "contract_requiring_verification_published"}],
        "request": {"method": "POST", "url": "http://127.0.0.1:9/"},
    }
    assert http.post("/webhooks", json=webhook).status_code == 201
    publish("2", branch="feat")

    shown = page(ask(**WEB | {"version": "2"}))

    assert (
        "Version 10 of api has no result for the pact of version 2 of web. "
        "The broker is sending the webhook that requests it, and sends it again if that fails." in words(shown)
    )
    assert re.findall(r'<li( class="done")?>(needed|requested|build started|result)</li>', shown)[:2] == [
        (' class="done"', "needed"),
        ("", "requested"),
    ]
    assert 'id="live" data-refresh="5"' in shown


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)], indirect=True)
@pytest.mark.parametrize(
    ("success", "most"), [(True, 11), (False, 17)], ids=["a yes", "a no with everything that explains it"]
)
def test_a_page_takes_a_bounded_number_of_statements(page, database, publish, verify, deploy, success, most):
    def count(consumers):
        for number in range(consumers):
            publish("1", consumer=f"web-{number}", document=None if success else {"interactions": [{"a": number}]})
            verify("1", "10", consumer=f"web-{number}", success=success)
            deploy(f"web-{number}", "1", "live")
        path = ask(pacticipant="api", version="10", environment="live")
        page(path)
        with executed(database) as statements:
            page(path)
        return len(statements)

    assert count(1) == count(3) <= most


def test_each_item_of_the_evidence_is_a_link(page, live, publish):
    live(success=False)
    publish("2", document={"interactions": [{"description": "other"}]})

    def items(**question):
        return re.sub(r">\s+<", "><", page(ask(**WEB | question)).partition('class="causes"')[2])

    assert 'by</dt><dd><a href="/pacticipants/api/versions/10"><code><bdi>version 10 of api (main)<' in items()
    assert 'version</dt><dd><a href="/pacticipants/api/versions/10"><code><bdi>10<' in items(version="2")
    assert '<li><a href="/pacticipants/web/versions/2"><code><bdi>2<' in items(version="none")
    assert 'href="/pacticipants/web/branches/main/versions"><bdi>main</bdi><' in items(version="", branch="mian")
