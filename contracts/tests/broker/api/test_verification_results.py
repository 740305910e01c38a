"""Results over HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest
from estates import Estate, scans, statements

from contracts.model.metadata import Metadata, SelectorMetadata, encode


RESULT = {"success": True, "providerApplicationVersion": "10"}


@pytest.fixture
def estate(broker):
    estate = Estate(broker)
    estate.publish("Till", "1", "a", branch="main", tags=("prod",))
    return estate


@pytest.fixture
def pact_url(estate):
    """The address of Till's content."""
    return f"/pacts/provider/Ledger/consumer/Till/pact-version/{estate.pact('Till', '1').sha}"


@pytest.fixture
def results(pact_url):
    return f"{pact_url}/verification-results"


def test_a_result_that_is_sent_comes_back_at_its_own_address(http, results, pact_url):
    response = http.post(
        results,
        json={
            "success": False,
            "providerApplicationVersion": "10",
            "buildUrl": "https://ci/7",
            "testResults": [{"interactionId": "abc", "success": False}, {"free": ["form"]}],
            "verifiedBy": {
                "implementation": "Pact-Rust",
                "version": "1.4.7",
                "clientLanguage": {"name": "pact-python", "version": "4", "testFramework": "pytest"},
            },
            "verificationDate": "2020-01-01T00:00:00Z",
        },
    )
    url = f"http://testserver{results}/1"
    assert response.status_code == 201
    assert response.headers["location"] == url
    assert response.headers["content-type"] == "application/hal+json;charset=utf-8"
    document = response.json()
    assert document == {
        "providerName": "Ledger",
        "providerApplicationVersion": "10",
        "success": False,
        "verificationDate": "2020-01-01T00:00:00+00:00",
        "buildUrl": "https://ci/7",
        "testResults": [{"interactionId": "abc", "success": False}, {"free": ["form"]}],
        "verifiedBy": {
            "implementation": "Pact-Rust",
            "version": "1.4.7",
            "client_implementation": "pact-python",
            "client_test_framework": "pytest",
            "client_version": "4",
        },
        "_links": {
            "self": {
                "href": url,
                "title": "Verification result",
                "name": "Verification result 1 for Pact between Till (1) and Ledger",
            },
            "pb:pact-version": {
                "href": f"http://testserver{pact_url}/metadata/Y3ZuPTE",
                "title": "Pact",
                "name": "Pact between Till (1) and Ledger",
            },
            "pb:triggered-webhooks": {
                "href": f"{url}/triggered-webhooks",
                "title": "Webhooks that this result triggered",
            },
        },
    }
    assert http.get(url).json() == document
    assert http.get(url, headers={"Accept": "application/json"}).headers["content-type"].startswith("application/json")


def test_absent_fields_are_left_out(http, results):
    document = http.post(results, json=RESULT).json()
    assert document["verifiedBy"] == {}
    assert document["verificationDate"] == "2026-11-23T08:00:00+00:00"
    assert not {"buildUrl", "testResults"} & set(document)


@pytest.mark.parametrize(
    "extra",
    [
        {"buildUrl": None, "testResults": None, "verifiedBy": None, "verificationDate": None},
        {"buildUrl": "foo", "testResults": "text", "verifiedBy": {"clientLanguage": "x"}, "unknown": 1},
        {"providerApplicationVersion": "1 2", "verificationDate": "2021-06-01"},
    ],
)
def test_harmless_values_are_accepted(http, results, extra):
    assert http.post(results, json=RESULT | extra).status_code == 201


def test_the_extended_form_has_the_tags_of_the_provider_version(http, results, estate):
    location = http.post(results, json=RESULT).headers["location"]
    extended = {"Accept": "application/vnd.pactbrokerextended.v1+json"}
    assert http.get(location, headers=extended).json()["_embedded"] == {"tags": []}
    estate.version("Ledger", "10", tags=("prod",))
    response = http.get(location, headers=extended)
    assert response.headers["content-type"].startswith("application/vnd.pactbrokerextended.v1+json")
    assert response.json()["_embedded"] == {"tags": [{"name": "prod", "latest": True}]}


def test_the_metadata_of_the_address_says_how_the_result_counts(http, pact_url, estate):
    segment = encode(Metadata(pending=True, selectors=(SelectorMetadata(latest=True, consumer_version_id=1),)))
    response = http.post(f"{pact_url}/metadata/{segment}/verification-results", json=RESULT | {"success": False})
    assert response.status_code == 201
    assert "/metadata/" not in response.headers["location"]
    assert http.get(f"{pact_url}/metadata/{segment}/verification-results/1").json() == response.json()
    unreadable = http.post(f"{pact_url}/metadata/%25%25/verification-results", json=RESULT)
    assert unreadable.status_code == 201
    assert estate.verify("Till", "1", by="12", metadata=Metadata(wip=True)).wip


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"success": ["is missing"], "providerApplicationVersion": ["is missing"]}),
        (RESULT | {"success": None}, {"success": ["must be boolean"]}),
        (RESULT | {"success": "true"}, {"success": ["must be boolean"]}),
        (RESULT | {"success": 1}, {"success": ["must be boolean"]}),
        (RESULT | {"providerApplicationVersion": 1}, {"providerApplicationVersion": ["must be a string"]}),
        (RESULT | {"providerApplicationVersion": ""}, {"providerApplicationVersion": ["must be filled"]}),
        (RESULT | {"providerApplicationVersion": " "}, {"providerApplicationVersion": ["cannot be blank"]}),
        (RESULT | {"verifiedBy": "x"}, {"verifiedBy": ["must be a hash"]}),
        (RESULT | {"verificationDate": "foo"}, {"verificationDate": ["must be a date"]}),
        (RESULT | {"verificationDate": 1}, {"verificationDate": ["must be a string"]}),
    ],
)
def test_a_result_that_breaks_a_rule_is_refused(http, results, body, errors):
    response = http.post(results, json=body)
    assert (response.status_code, response.json()) == (400, {"errors": errors})


@pytest.mark.parametrize(
    "url", ["http://ci/a b", "not a url", "http://ci/\n", "http://ci/%zz", "http://ci/{x}", "http://ci/ä"]
)
def test_a_build_url_that_is_none_is_refused(http, results, url):
    response = http.post(results, json=RESULT | {"buildUrl": url})
    assert response.status_code == 400
    assert "percent-encode" in response.json()["errors"]["buildUrl"][0]


@pytest.mark.parametrize("url", ["", "ftp://x/y", "job/7?a=[1]&b='c'#d", "http://ci/a%20b", "http://[::1]:80/~x"])
def test_every_valid_url_is_accepted(http, results, url):
    response = http.post(results, json=RESULT | {"buildUrl": url})
    assert (response.status_code, response.json()["buildUrl"]) == (201, url)


def test_the_first_error_is_reported_first(http, results, pact_url):
    nowhere = f"{pact_url[:-1]}x/verification-results"
    text = {"Content-Type": "text/plain"}
    json_only = {"Accept": "application/json"}
    assert http.post(nowhere, json={}, headers=text | json_only).status_code == 400
    assert http.post(nowhere, json=RESULT, headers=text | json_only).status_code == 406
    assert http.post(nowhere, json=RESULT, headers=text).status_code == 404
    assert http.post(results, json=RESULT, headers=text).status_code == 415
    assert http.get(f"{results}/latest").status_code == 404


def test_a_result_for_a_content_that_was_merged_or_replaced_since_is_taken(http, broker):
    pair = "/pacts/provider/Ledger/consumer/Till"

    def contract(*descriptions):
        return {"interactions": [{"description": each, "request": {"path": f"/{each}"}} for each in descriptions]}

    broker.settings = replace(broker.settings, allow_dangerous_contract_modification=True)
    addresses = []
    for method, body in (("PUT", contract("b")), ("PATCH", contract("c")), ("PUT", contract("d"))):
        pact = http.request(method, f"{pair}/version/2", json=body).json()
        addresses.append({name: each["href"] for name, each in pact["_links"].items() if isinstance(each, dict)})
    for relations in addresses:
        assert http.get(relations["pb:pact-version"]).status_code == 200
        posted = http.post(relations["pb:publish-verification-results"], json=RESULT)
        assert posted.status_code == 201
        assert http.get(posted.headers["location"]).status_code == 200
        assert http.get(relations["pb:latest-verification-results"]).json()["success"] is True
    assert http.get(f"{pair}/version/2").json()["interactions"][0]["description"] == "d"
    assert len({each["pb:pact-version"] for each in addresses}) == 3
    listed = http.get(f"{pair}/versions").json()["_links"]["pb:pact-versions"]
    assert [each["href"] for each in listed].count(f"http://testserver{pair}/version/2") == 1
    assert len(http.get("/pacts/latest").json()["pacts"]) == 1

    assert http.delete(f"{pair}/version/2").status_code == 200
    assert http.post(addresses[0]["pb:publish-verification-results"], json=RESULT).status_code == 404


@pytest.mark.parametrize("number", ["2", "x", "-1", "²", "9" * 30])
def test_a_number_that_no_result_has_is_not_found(http, results, number):
    http.post(results, json=RESULT)
    assert http.get(f"{results}/{number}").status_code == 404
    assert http.delete(f"{results}/{number}").status_code == 404


def test_a_list_of_all_results_does_not_exist(http, results):
    response = http.get(f"{results}/all")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/hal+json")
    assert "matrix" in response.json()["error"]


def test_a_removed_result_does_not_exist_any_more(http, results):
    location = http.post(results, json=RESULT).headers["location"]
    assert http.delete(location).status_code == 204
    assert http.get(location).status_code == 404
    assert http.get(f"{results}/latest").status_code == 404


def test_the_latest_result_of_a_pact_is_found_in_every_way(http, results, estate):
    pair = "/pacts/provider/Ledger/consumer/Till"
    ways = [f"{pair}/version/1", results.removesuffix("/verification-results"), f"{pair}/latest", f"{pair}/latest/prod"]
    for way in ways:
        assert http.get(f"{way}/verification-results/latest").status_code == 404
    estate.verify("Till", "1", by="10")
    last = http.post(results, json=RESULT | {"success": False, "providerApplicationVersion": "11"}).json()
    for way in ways:
        assert http.get(f"{way}/verification-results/latest").json() == last


def test_a_new_version_with_a_known_content_is_verified_at_once(http, results, estate):
    http.post(results, json=RESULT)
    estate.publish("Till", "2", "a")
    document = http.get("/pacts/provider/Ledger/consumer/Till/version/2/verification-results/latest").json()
    assert document["success"] is True
    assert document["_links"]["pb:pact-version"]["name"] == "Pact between Till (2) and Ledger"
    document = http.get("/pacts/provider/Ledger/consumer/Till/version/1/verification-results/latest").json()
    assert document["_links"]["pb:pact-version"]["name"] == "Pact between Till (1) and Ledger"


def test_the_results_of_a_consumer_version_are_summed_up(http, results, estate):
    estate.publish("Till", "1", "b", provider="Stock")
    estate.publish("Till", "2", "a")
    url = "/verification-results/consumer/Till/version/1/latest"
    http.post(results, json=RESULT)
    document = http.get(url).json()
    assert document["success"] is False
    assert document["providerSummary"] == {"successful": ["Ledger"], "failed": [], "unknown": ["Stock"]}
    (ledger,) = document["_embedded"]["verificationResults"]
    assert ledger["providerName"] == "Ledger"
    assert ledger["_links"]["self"]["name"] == "Verification result 1 for Pact between Till (1) and Ledger"
    assert document["_links"]["self"]["href"] == f"http://testserver{url}"
    estate.verify("Till", "1", by="5", provider="Stock")
    assert http.get(url).json()["success"] is True
    estate.verify("Till", "1", by="6", provider="Stock", success=False)
    assert http.get(url).json()["providerSummary"]["failed"] == ["Stock"]


def test_a_version_without_pacts_has_nothing_to_verify(http, estate):
    estate.version("Till", "2")
    document = http.get("/verification-results/consumer/Till/version/2/latest").json()
    assert document["success"] is True
    assert document["_embedded"] == {"verificationResults": []}
    assert http.get("/verification-results/consumer/Till/version/9/latest").status_code == 404
    assert http.get("/verification-results/consumer/Nobody/version/1/latest").status_code == 404


def test_a_result_and_its_look_ups_read_no_whole_table(http, broker, results):
    with scans(broker.database) as statements:
        http.post(results, json=RESULT)
        http.get(f"{results}/1")
        http.get(f"{results}/latest")
        http.get("/verification-results/consumer/Till/version/1/latest")
    assert set(statements) <= {"SCAN webhooks"}


def test_the_number_of_results_before_adds_no_statement(http, broker, results):
    counts = []
    for _ in range(3):
        with statements(broker.database) as executed:
            http.post(results, json=RESULT)
        counts.append(len(executed))
    assert counts[1] == counts[2] <= 12
