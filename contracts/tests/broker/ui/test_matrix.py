"""The page of the results of two applications, by version."""

from __future__ import annotations

import dataclasses
import html
import re
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from in_process import TestClient

from contracts.broker.app import create_app


MATRIX = "/matrix/provider/api/consumer/web"


def rows(shown):
    """The text of each row of the tables, without the causes, which are folded."""
    shown = re.sub(r"<details.*?</details>", "", shown, flags=re.DOTALL)
    bodies = re.findall(r"<tbody>(.*?)</tbody>", shown, re.DOTALL)
    return [words(each) for body in bodies for each in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def test_each_row_has_its_versions_and_result(page, publish, verify, deploy, http):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})
    verify("1", "10", success=False)
    verify("1", "11")
    deploy("api", "11", "live")
    publish("2", branch="feat/x")

    shown = page(MATRIX)

    assert rows(shown) == [
        "2 feat/x · head just now ○ not verified \N{EN DASH}",
        "1 main · head prod just now ✔ verified just now 11 main · head in live",
        "1 main · head prod just now ✘ failed just now 10 main",
    ]
    assert "3 rows: 1 verified, 1 failed, 1 without a result." in words(shown)
    assert "Show older" not in shown


def test_each_failed_or_missing_result_says_why(page, publish, verify):
    """With the causes of `contracts why`; a result that a later one replaced does not matter."""
    publish("1")
    verify("1", "10", success=False)
    verify("1", "10")
    verify("1", "12", success=False)
    publish("2", branch="feat/x")

    causes = [words(each) for each in re.findall(r'<div class="cause.*?</div>', page(MATRIX), re.DOTALL)]

    assert [each.partition(". ")[0] for each in causes] == [
        "api has no result for the pact of version 2 of web",
        "Version 12 of api breaks the pact of version 1 of web; it first failed just now",
    ]
    assert "Next: contracts verify --provider api --version 12 --app MODULE:NAME" in causes[1]


def test_the_rows_are_those_of_the_api(page, publish, verify, http):
    for number in range(4):
        publish(str(number))
    for number, by in product(range(3), ("10", "11", "12")):
        verify(str(number), by, success=by != "11")

    expected = [
        (each["consumer"]["version"]["number"], (each["provider"]["version"] or {"number": ""})["number"])
        for each in http.get(MATRIX).json()["matrix"]
    ]
    numbers = [re.findall(r'<code title="([^"]*)"', each) for each in page(MATRIX).split("<tr>")[2:]]

    assert [(each[0], each[1] if len(each) > 1 else "") for each in numbers] == expected
    assert len(expected) == 10


def test_its_links_lead_to_the_contract_and_the_result(page, publish, verify, http):
    publish("1")
    verify("1", "10", success=False)

    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', page(MATRIX).partition("<tbody>")[2])]
    (row,) = http.get(MATRIX).json()["matrix"]

    expected = [
        row[each]["_links"]["self"]["href"].removeprefix("http://testserver") for each in ("pact", "verificationResult")
    ]
    assert links[0] == expected[0]
    assert expected[1] in links
    assert "a request of 1" in page(expected[0])
    assert "<code>10</code>" in page(expected[1])


def test_times_are_also_shown_to_the_second(page, publish, http):
    publish("1")
    (row,) = http.get(MATRIX).json()["matrix"]

    moment = re.search(r'<time class="when" datetime="([^"]+)" title="([^"]+) UTC">just now</time>', page(MATRIX))

    assert moment[1] == row["pact"]["createdAt"]
    assert moment[2].replace(" ", "T") == moment[1][:19]


def test_a_result_for_an_earlier_version_with_the_same_contract_says_so(page, publish, verify, clock):
    same = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    publish("1", document=same)
    verify("1", "10")
    clock.forward(hours=2)
    publish("2", document=same)

    second, first = rows(page(MATRIX))

    assert "just now ✔ verified 2 hours ago for an earlier version with the same contract 10" in second
    assert "earlier" not in first


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, {"1-10", "2-10", "2-11", "3-"}),
        ({"consumer": "latest"}, {"3-"}),
        ({"consumer": "main"}, {"2-10", "2-11"}),
        ({"consumer": "branch", "consumer_name": "feat"}, {"3-"}),
        ({"consumer": "tag", "consumer_name": "prod"}, {"1-10"}),
        ({"consumer": "environment", "consumer_name": "live"}, {"1-10"}),
        ({"consumer": "version", "consumer_name": "2"}, {"2-10", "2-11"}),
        ({"consumer_name": "2"}, {"2-10", "2-11"}),
        ({"consumer": "branch"}, {"1-10", "2-10", "2-11", "3-"}),
        ({"consumer": "moon", "rows": "x"}, {"1-10", "2-10", "2-11", "3-"}),
        ({"provider_name": "11"}, {"1-", "2-11", "3-"}),
        ({"consumer_name": "2", "provider": "latest"}, {"2-11"}),
    ],
)
def test_versions_of_each_side_can_be_chosen(page, publish, verify, deploy, http, query, left):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})
    deploy("web", "1", "live")
    publish("2")
    verify("1", "10")
    verify("2", "10")
    verify("2", "11")
    publish("3", branch="feat")

    shown = page(f"{MATRIX}?{urlencode(query)}")
    numbers = [re.findall(r'<code title="([^"]*)"', each) for each in shown.split("<tr>")[2:]]

    assert {"-".join((*each, "")[:2]) for each in numbers} == left
    chosen = (
        query.get("consumer") if query.get("consumer_name") or query.get("consumer") in {"latest", "main"} else None
    )
    assert not chosen or f'<option value="{chosen}" selected>' in shown


def test_only_the_requested_versions_are_shown(page, publish, verify):
    publish("1")
    verify("1", "10")
    verify("1", "11", success=False, branch="other")

    (row,) = rows(page(f"{MATRIX}?provider=branch&provider_name=other"))
    assert "✘ failed" in row

    publish("2")
    assert "not verified by these versions" in rows(page(f"{MATRIX}?provider_name=11"))[0]


def test_a_missing_version_is_reported(page, publish, verify):
    publish("1")
    verify("1", "10")

    shown = page(f"{MATRIX}?consumer=branch&consumer_name=feat")

    assert "not found No version of web on the branch feat" in words(shown)
    assert rows(shown) == []
    assert "✔" not in shown


def test_each_version_in_an_environment_has_a_row(page, publish, verify, deploy):
    """A version without a result has one, too."""
    publish("1")
    verify("1", "10")
    publish("1", consumer="other")
    verify("1", "11", consumer="other")
    deploy("api", "10", "live", "a")
    deploy("api", "11", "live", "b")

    shown_rows = rows(page(f"{MATRIX}?provider=environment&provider_name=live"))

    assert sorted(each.replace("main · head ", "") for each in shown_rows) == [
        "1 just now ○ not verified 11 in live",
        "1 just now ✔ verified just now 10 main in live",
    ]


@pytest.mark.thorough
def test_older_rows_are_counted_and_can_be_shown(page, publish, verify):
    publish("1")
    for number in range(101):
        verify("1", str(number), branch=None)

    shown = page(MATRIX)
    assert "The newest 100 of 101 rows: 100 verified, 0 failed, 0 without a result." in words(shown)
    more = html.unescape(re.search(r'href="([^"]+)">Show older rows', shown)[1])
    assert "101 rows" in words(page(more))
    assert "The newest 2 of 101 rows" in words(page(f"{MATRIX}?rows=2"))


@pytest.mark.thorough
def test_rows_beyond_the_maximum_are_found_by_choosing_versions(page, publish, verify):
    same = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    for number in range(34):
        publish(str(number), document=same)
    for number in range(30):
        verify("0", str(number), branch=None)

    shown = words(page(f"{MATRIX}?rows=9999"))

    assert "The newest 1000 of more than 1,000 rows" in shown
    assert "Choose versions to find older rows." in shown
    assert "30 rows" in words(page(f"{MATRIX}?consumer_name=0"))


def test_applications_that_call_each_other_have_a_table_for_each_direction(page, publish):
    publish("1")
    publish("2", consumer="api", provider="web")

    shown = page(MATRIX)

    assert re.findall(r"<caption>.*?</caption>", shown) != []
    assert [each[0] for each in rows(shown)] == ["1", "2"]
    assert [each[0] for each in rows(page("/matrix/provider/web/consumer/api"))] == ["2", "1"]


def test_applications_without_a_contract_get_instructions(page, publish):
    publish("1")
    publish("1", consumer="shop", provider="stock")

    assert "No contract yet" in page("/matrix/provider/stock/consumer/web")
    assert "Latest contract" in page(MATRIX)
    assert "Latest contract" not in page("/matrix/provider/web/consumer/api")
    assert "These versions have no contract with each other." in page(
        "/matrix/provider/stock/consumer/web?consumer_name=1"
    )


def test_an_unknown_name_is_a_page_that_says_what_to_do(page, publish):
    publish("1")

    shown = page("/matrix/provider/ap/consumer/web", status=404)

    assert "There is no application named 'ap' in this broker: check the spelling." in html.unescape(shown)
    assert "All contracts" in shown
    assert "named 'we'" in html.unescape(page("/matrix/provider/api/consumer/we", status=404))


def test_hostile_names_lead_to_their_pages_and_do_not_become_markup(page, publish, verify):
    consumer, provider, version = "Web shop/1?q=#a", "<b>&+100%", '1.0+a"b\\<i>/é'
    path = f"/matrix/provider/{quote(provider, safe='')}/consumer/{quote(consumer, safe='')}"
    publish(version, consumer=consumer, provider=provider, branch="feat/<ü>")
    http_names = {"consumer": quote(consumer, safe=""), "provider": quote(provider, safe="")}
    verify(quote(version, safe=""), "<u>", **http_names, branch=None)

    shown = page(path)

    assert f"{version} feat/<ü> · head just now ✔ verified just now <u>" in rows(shown)
    assert not re.search("<b>|<i>|<u>|<ü>", shown)
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', shown)]
    assert len([page(each) for each in links if each.startswith("/pacts/") and "verification-results" not in each]) == 2
    assert rows(page(f"{path}?{urlencode({'consumer_name': version})}")) == rows(shown)
    (here,) = (each for each in re.findall(r'class="choose" action="([^"]+)"', shown))
    assert html.unescape(here) == path


def test_the_overview_and_each_contract_link_to_it(page, publish):
    publish("1")

    for path in ("/", "/pacts/provider/api/consumer/web/version/1"):
        assert f'href="{MATRIX}"' in page(path)


def test_it_requires_the_password(broker):
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_enabled=True, basic_auth_username="full", basic_auth_password="s3cret"
    )
    with TestClient(create_app(broker)) as client:
        assert client.get(MATRIX, headers={"Accept": "text/html"}).status_code == 401


def test_a_table_has_headers_for_screen_readers(page, publish):
    publish("1")

    shown = page(MATRIX)

    assert shown.count('<th scope="col">') == 3
    assert shown.count('<th scope="row">') == 1
    assert 'aria-label="Versions of web"' in shown


def test_a_replaced_result_says_so(page, publish, verify):
    publish("1")
    verify("1", "10", success=False)
    verify("1", "10")
    verify("1", "11")

    assert rows(page(MATRIX)) == [
        "1 main · head just now ✔ verified just now 11 main · head",
        "1 main · head just now ✔ verified just now 10 main",
        "1 main · head just now ✘ failed just now replaced by a later result 10 main",
    ]
