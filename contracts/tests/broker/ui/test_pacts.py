"""A pact, to read."""

from __future__ import annotations

import html
import shlex

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
    assert 'No version of <a href="/pacticipants/api"><bdi>api</bdi></a> has verified this contract yet.' in shown


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

    assert '/pacticipants/web/tags/prod/versions"><bdi>prod</bdi></a>' in page(f"{PAIR}/latest/prod")


def test_a_pact_shows_where_its_version_is_deployed(page, publish, http):
    publish("1")
    uuid = http.post("/environments", json={"name": "production", "production": True}).json()["uuid"]
    http.post(f"/pacticipants/web/versions/1/deployed-versions/environment/{uuid}", json={})

    assert "in <bdi>production</bdi>" in page(f"{PAIR}/version/1")


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
    assert "<dt>Consumer version</dt>\n  <dd><code>named-1</code>" in page(of_the_first)


RULED = {
    "consumer": {"name": "web"},
    "provider": {"name": "api"},
    "interactions": [
        {
            "description": "a request",
            "request": {"method": "POST", "path": "/it's", "headers": {"Accept": "text/plain"}, "body": {"a": "b"}},
            "response": {
                "status": 200,
                "headers": {"Content-Type": "text/plain"},
                "body": {"id": 10, "name": "Teapot"},
                "matchingRules": {
                    "body": {"$.id": {"matchers": [{"match": "integer"}]}},
                    "header": {"content-type": {"matchers": [{"match": "regex", "regex": "text/.*"}]}},
                },
            },
        }
    ],
}


def test_a_value_with_a_rule_is_only_an_example(page, publish):
    publish("1", document=RULED)
    shown = page(f"{PAIR}/version/1")
    assert '<span class="rule">any integer</span> <span class="example">e.g. 10</span>,' in shown
    assert '<span class="text">&#34;Teapot&#34;</span>' in shown
    assert '<span class="rule">any text that matches text/.*</span> <code class="example">e.g. text/plain' in shown


def test_a_request_can_be_copied_as_a_curl_command(page, publish):
    publish("1", document=RULED)
    command = html.unescape(page(f"{PAIR}/version/1").partition("As a curl command")[2].partition("</pre>")[0])
    words = shlex.split(command.partition(">curl ")[2])
    assert words == ["-X", "POST", "http://localhost:8000/it's", "-H", "Accept: text/plain", "--data-raw", '{"a":"b"}']


CSV = {
    "type": "Synchronous/HTTP",
    "description": "a price list",
    "request": {
        "method": "POST",
        "path": "/prices",
        "query": {"day": ["1"]},
        "matchingRules": {"query": {"$.day[0]": {"matchers": [{"match": "integer"}]}}},
        "body": {"content": "CAESAmFi", "encoded": "base64", "contentType": "application/protobuf"},
    },
    "response": {
        "status": 200,
        "body": {"content": "Tea,1.5", "contentType": "text/csv", "encoded": False},
        "matchingRules": {"body": {"column:2": {"matchers": [{"match": "decimal"}]}}},
    },
}


def test_contents_of_plugins_show_their_type_their_rules_and_their_bytes(page, publish):
    metadata = {"pactSpecification": {"version": "4.0"}, "plugins": [{"name": "csv", "version": "0.0.6"}]}
    publish("1", document=RULED | {"interactions": [CSV], "metadata": metadata})
    shown = html.unescape(page(f"{PAIR}/version/1"))
    assert "<dd>csv 0.0.6</dd>" in shown
    assert "query day: any integer" in shown
    assert "content type: application/protobuf" in shown
    assert "these are its bytes in base64" in shown
    assert (
        "echo CAESAmFi | base64 --decode | curl -X POST 'http://localhost:8000/prices?day=1' --data-binary @-" in shown
    )
    assert "body column:2: any decimal number" in shown
    assert ">Tea,1.5</pre>" in shown


def test_what_a_plugin_shows_is_shown(page, publish):
    markup = {"interactionMarkup": {"markup": "```protobuf\nmessage <M>", "markupType": "COMMON_MARK"}}
    publish("1", document=RULED | {"interactions": [RULED["interactions"][0] | markup]})
    assert "```protobuf\nmessage &lt;M&gt;" in page(f"{PAIR}/version/1")


def test_a_large_contract_is_shown_in_parts(page, publish):
    body = {"items": [{"id": number, "name": "x" * 40} for number in range(50)]}
    interactions = [
        {"description": f"request {number}", "request": {"method": "GET", "path": "/"}, "response": {"body": body}}
        for number in range(120)
    ]
    publish("1", document=RULED | {"interactions": interactions})
    first, last = page(f"{PAIR}/version/1"), page(f"{PAIR}/version/1?page=3")
    assert "Page 1 of 3." in first
    assert max(len(first), len(last)) < 300_000
    assert "request 119" in last
    assert "bytes. To read all of it" in first
    assert f"{PAIR}/version/1?interaction=49" in first
    assert '"id": <span class="number">49</span>' in page(f"{PAIR}/version/1?interaction=49").replace("&#34;", '"')


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=99999999999", "interaction=x", "interaction=7"])
def test_an_unusable_place_in_a_contract_is_no_error(page, publish, query):
    publish("1")
    assert "1 interaction" in page(f"{PAIR}/version/1?{query}")


def test_failed_interactions_come_first(page, publish, http):
    second = RULED["interactions"][0] | {"description": "the second request"}
    publish("1", document=RULED | {"interactions": [*RULED["interactions"], second]})
    pact = http.get(f"{PAIR}/version/1").json()
    failed = next(each for each in pact["interactions"] if each["description"] == "the second request")
    result = {
        "success": False,
        "providerApplicationVersion": "10",
        "testResults": [{"interactionId": failed["_id"], "success": False}],
    }
    http.post(pact["_links"]["pb:publish-verification-results"]["href"], json=result)
    shown = page(f"{PAIR}/version/1")
    assert shown.index("<h3>the second request") < shown.index("<h3>a request<")
    assert "Why it fails in <bdi>api</bdi> 10" in shown
