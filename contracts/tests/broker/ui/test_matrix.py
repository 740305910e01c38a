"""Which versions of two applications were verified with which, to read."""

from __future__ import annotations

import dataclasses
import html
import re
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from starlette.testclient import TestClient

from contracts.broker.app import create_app


MATRIX = "/matrix/provider/api/consumer/web"


def rows(shown):
    """What a person reads in each row of the tables, without the tags."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", shown, re.DOTALL)
    return [words(each) for body in bodies for each in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def test_each_row_says_which_versions_and_how_it_went(page, publish, verify, deploy, http):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})
    verify("1", "10", success=False)
    verify("1", "11")
    deploy("api", "11", "live")
    publish("2", branch="feat/x")

    shown = page(MATRIX)

    assert rows(shown) == [
        "2 feat/x · head just now never verified none",
        "1 main · head prod just now ✔ verified just now 11 main · head in live",
        "1 main · head prod just now ✘ failed just now 10 main",
    ]
    assert "3 rows, all there are: 1 verified, 1 failed, 1 without a result." in words(shown)
    assert "Show older" not in shown


def test_the_rows_are_those_of_the_api(page, publish, verify, http):
    for number in range(4):
        publish(str(number))
    for number, by in product(range(3), ("10", "11", "12")):
        verify(str(number), by, success=by != "11")

    told = [
        (each["consumer"]["version"]["number"], (each["provider"]["version"] or {"number": ""})["number"])
        for each in http.get(MATRIX).json()["matrix"]
    ]
    numbers = [re.findall(r'<code title="([^"]*)"', each) for each in page(MATRIX).split("<tr>")[2:]]

    assert [(each[0], each[1] if len(each) > 1 else "") for each in numbers] == told
    assert len(told) == 10


def test_its_links_lead_to_the_contract_and_the_result(page, publish, verify, http):
    publish("1")
    verify("1", "10", success=False)

    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', page(MATRIX).partition("<tbody>")[2])]
    (row,) = http.get(MATRIX).json()["matrix"]

    told = [
        row[each]["_links"]["self"]["href"].removeprefix("http://testserver") for each in ("pact", "verificationResult")
    ]
    assert links[:2] == told
    assert "a request of 1" in page(links[0])
    assert http.get(links[1], headers={"Accept": "text/html,*/*;q=0.8"}).json()["providerApplicationVersion"] == "10"


def test_moments_are_told_to_the_second_too(page, publish, http):
    publish("1")
    (row,) = http.get(MATRIX).json()["matrix"]

    moment = re.search(r'<time class="when" datetime="([^"]+)" title="([^"]+) UTC">just now</time>', page(MATRIX))

    assert moment[1] == row["pact"]["createdAt"]
    assert moment[2].replace(" ", "T") == moment[1][:19]


def test_a_result_from_before_the_contract_was_published_says_so(page, publish, verify, clock):
    same = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    publish("1", document=same)
    verify("1", "10")
    clock.forward(hours=2)
    publish("2", document=same)

    second, first = rows(page(MATRIX))

    assert "just now ✔ verified 2 hours ago before it was published 10" in second
    assert "before" not in first


@pytest.mark.parametrize(
    ("asked", "left"),
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
def test_versions_of_each_side_can_be_chosen(page, publish, verify, deploy, http, asked, left):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})
    deploy("web", "1", "live")
    publish("2")
    verify("1", "10")
    verify("2", "10")
    verify("2", "11")
    publish("3", branch="feat")

    shown = page(f"{MATRIX}?{urlencode(asked)}")
    numbers = [re.findall(r'<code title="([^"]*)"', each) for each in shown.split("<tr>")[2:]]

    assert {"-".join((*each, "")[:2]) for each in numbers} == left
    chosen = (
        asked.get("consumer") if asked.get("consumer_name") or asked.get("consumer") in {"latest", "main"} else None
    )
    assert not chosen or f'<option value="{chosen}" selected>' in shown


def test_nothing_is_said_of_versions_that_were_not_asked_for(page, publish, verify):
    publish("1")
    verify("1", "10")
    verify("1", "11", success=False, branch="other")

    (row,) = rows(page(f"{MATRIX}?provider=branch&provider_name=other"))
    assert "✘ failed" in row

    publish("2")
    assert "not verified by these none of these" in rows(page(f"{MATRIX}?provider_name=11"))[0]


def test_a_version_that_is_not_there_is_told(page, publish, verify):
    publish("1")
    verify("1", "10")

    shown = page(f"{MATRIX}?consumer=branch&consumer_name=feat")

    assert "not there No version of web on the branch feat" in words(shown)
    assert rows(shown) == []
    assert "✔" not in shown


def test_of_versions_in_one_place_each_has_a_row(page, publish, verify, deploy):
    """One that gave no result too, though another one beside it did."""
    publish("1")
    verify("1", "10")
    publish("1", consumer="other")
    verify("1", "11", consumer="other")
    deploy("api", "10", "live", "a")
    deploy("api", "11", "live", "b")

    found = rows(page(f"{MATRIX}?provider=environment&provider_name=live"))

    assert sorted(each.replace("main · head ", "") for each in found) == [
        "1 just now never verified 11 in live",
        "1 just now ✔ verified just now 10 main in live",
    ]


def test_older_rows_are_counted_and_can_be_had(page, publish, verify):
    publish("1")
    for number in range(101):
        verify("1", str(number), branch=None)

    shown = page(MATRIX)
    assert "The newest 100 of 101 rows: 100 verified, 0 failed, 0 without a result." in words(shown)
    more = html.unescape(re.search(r'href="([^"]+)">Show older ones too', shown)[1])
    assert "101 rows, all there are" in words(page(more))
    assert "The newest 2 of 101 rows" in words(page(f"{MATRIX}?rows=2"))


def test_more_than_a_page_takes_are_found_by_choosing_versions(page, publish, verify):
    same = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    for number in range(34):
        publish(str(number), document=same)
    for number in range(30):
        verify("0", str(number), branch=None)

    shown = words(page(f"{MATRIX}?rows=9999"))

    assert "The newest 1000 of more than 1,000 rows" in shown
    assert "Choose versions to find older ones." in shown
    assert "30 rows, all there are" in words(page(f"{MATRIX}?consumer_name=0"))


def test_applications_that_call_each_other_have_a_table_for_each_direction(page, publish):
    publish("1")
    publish("2", consumer="api", provider="web")

    shown = page(MATRIX)

    assert re.findall(r"<caption>.*?</caption>", shown) != []
    assert [each[0] for each in rows(shown)] == ["1", "2"]
    assert [each[0] for each in rows(page("/matrix/provider/web/consumer/api"))] == ["2", "1"]


def test_applications_without_a_contract_are_told_how_to_get_one(page, publish):
    publish("1")
    publish("1", consumer="shop", provider="stock")

    assert "No contract between them" in page("/matrix/provider/stock/consumer/web")
    assert "Latest contract" in page(MATRIX)
    assert "Latest contract" not in page("/matrix/provider/web/consumer/api")
    assert "There is no contract between these versions." in page("/matrix/provider/stock/consumer/web?consumer_name=1")


def test_an_unknown_name_is_a_page_that_says_what_to_do(page, publish):
    publish("1")

    shown = page("/matrix/provider/ap/consumer/web", status=404)

    assert "There is no application named 'ap' in this broker: check the spelling." in html.unescape(shown)
    assert "Back to the overview" in shown
    assert "named 'we'" in html.unescape(page("/matrix/provider/api/consumer/we", status=404))


def test_names_lead_where_they_should_and_become_no_markup(page, publish, verify):
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


def test_the_overview_and_each_contract_lead_there(page, publish):
    publish("1")

    for path in ("/", "/pacts/provider/api/consumer/web/version/1"):
        assert f'href="{MATRIX}"' in page(path)


def test_a_password_is_asked_for_as_everywhere(broker):
    broker.settings = dataclasses.replace(
        broker.settings, basic_auth_enabled=True, basic_auth_username="full", basic_auth_password="s3cret"
    )
    with TestClient(create_app(broker)) as client:
        assert client.get(MATRIX, headers={"Accept": "text/html"}).status_code == 401


def test_a_table_has_headers_for_those_who_hear_it(page, publish):
    publish("1")

    shown = page(MATRIX)

    assert shown.count('<th scope="col">') == 3
    assert shown.count('<th scope="row">') == 1
    assert 'aria-label="Which versions of web"' in shown


def test_a_result_that_was_replaced_is_shown_and_says_so(page, publish, verify):
    publish("1")
    verify("1", "10", success=False)
    verify("1", "10")
    verify("1", "11")

    assert rows(page(MATRIX)) == [
        "1 main · head just now ✔ verified just now 11 main · head",
        "1 main · head just now ✔ verified just now 10 main",
        "1 main · head just now ✘ failed just now replaced by a later result 10 main",
    ]
