"""A pact, to read."""

from __future__ import annotations

import pytest

from contracts.model.metadata import Metadata, encode


PAIR = "/pacts/provider/api/consumer/web"


def test_a_pact_shows_what_the_consumer_expects(page, publish):
    publish("1", build_url="https://ci.example/1")

    shown = page(f"{PAIR}/version/1")

    assert "a request of 1" in shown
    assert "given a &lt;product&gt; exists" in shown
    assert "GET /products/1" in shown
    assert '<a href="https://ci.example/1" rel="noopener noreferrer">build</a>' in shown
    assert "No version of api has verified this contract yet." in shown


def test_a_pact_shows_its_results(page, publish, verify):
    publish("1")
    verify("1", "10", success=False)
    verify("1", "11")

    shown = page(f"{PAIR}/version/1")

    assert shown.index(">11<") < shown.index(">10<")
    assert ">✘ failed<" in shown
    assert "javascript:" not in shown
    assert "the newest" not in shown


def test_more_results_than_a_page_has_are_in_the_matrix(page, publish, verify):
    publish("1")
    for number in range(11):
        verify("1", str(number))

    assert "These are the newest 10 results." in page(f"{PAIR}/version/1")


@pytest.mark.parametrize("path", ["/latest", "/branch/main/latest"])
def test_each_path_of_a_pact_has_its_page(page, publish, path):
    publish("1")

    assert "a request of 1" in page(PAIR + path)


def test_a_content_has_a_page_under_its_permalinks(page, publish, http):
    publish("1")
    content = http.get(f"{PAIR}/version/1").json()["_links"]["pb:pact-version"]["href"]

    assert "a request of 1" in page(content)
    assert "a request of 1" in page(f"{content}/metadata/Y3ZuPTE")


def test_the_latest_with_a_tag(page, publish, http):
    publish("1")
    http.put("/pacticipants/web/versions/1/tags/prod", json={})

    assert '<span class="tag" title="tag">prod</span>' in page(f"{PAIR}/latest/prod")


def test_a_pact_shows_where_its_version_is_deployed(page, publish, http):
    publish("1")
    uuid = http.post("/environments", json={"name": "production", "production": True}).json()["uuid"]
    http.post(f"/pacticipants/web/versions/1/deployed-versions/environment/{uuid}", json={})

    assert "in production" in page(f"{PAIR}/version/1")


def test_a_missing_pact_is_a_page_that_says_so(page):
    assert "All contracts" in page(f"{PAIR}/version/1", status=404)


def test_a_document_that_is_not_a_pact_is_shown_verbatim(page, publish):
    publish("1", document={"consumer": {"name": "web"}, "other": "document"})

    shown = page(f"{PAIR}/version/1")

    assert "No interactions" in shown
    assert "&#34;other&#34;: &#34;document&#34;" in shown


def test_the_page_of_a_permalink_is_about_the_version_that_it_names(page, publish, http):
    document = {"consumer": {"name": "web"}, "provider": {"name": "api"}, "interactions": []}
    for number in ("named-1", "named-2"):
        publish(number, document=document)
    content = http.get(f"{PAIR}/version/named-1").json()["_links"]["pb:pact-version"]["href"]
    of_the_first = f"{content}/metadata/{encode(Metadata(consumer_version_number='named-1'))}"

    assert http.get(of_the_first).json()["_links"]["pb:consumer-version"]["name"] == "named-1"
    assert "<dd><code>named-1</code>" in page(of_the_first)
