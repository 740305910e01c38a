"""The page of a verification result."""

from __future__ import annotations

import html
import re

import pytest

from contracts.broker.ui import results


KEYS_ARE_MISSING = "Actual map is missing the following keys: amount, currency"
PACT = "/pacts/provider/api/consumer/web/version"
DOCUMENT = {
    "consumer": {"name": "web"},
    "provider": {"name": "api"},
    "interactions": [
        {
            "description": "a request for a product",
            "providerState": "product 1 exists",
            "request": {"method": "GET", "path": "/products/1"},
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": {"id": 1, "price": {"amount": "9.95", "currency": "EUR"}, "tags": ["new"]},
            },
        },
        {
            "description": "a request for a product",
            "providerState": "no product exists",
            "request": {"method": "GET", "path": "/products/2"},
            "response": {"status": 404},
        },
        {
            "description": "a request for all products",
            "request": {"method": "GET", "path": "/products"},
            "response": {"status": 200},
        },
    ],
}


@pytest.fixture
def contract(http, publish):
    """A contract of three interactions; its document, with the identifiers of the interactions."""
    publish("1", document=DOCUMENT)
    return http.get(f"{PACT}/1").json()


@pytest.fixture
def result(http, contract):
    """Publish a result for the contract; returns the path of its page."""

    def result(test_results, *, success=False, by="10", **fields):
        body = {"success": success, "providerApplicationVersion": by, "testResults": test_results} | fields
        response = http.post(contract["_links"]["pb:publish-verification-results"]["href"], json=body)
        assert response.status_code == 201, response.text
        return response.headers["location"].removeprefix("http://testserver")

    return result


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main id=")[2]))).strip()


def row(*cells):
    return " ".join(cells)


def identifiers(contract):
    return [each["_id"] for each in contract["interactions"]]


def test_a_failed_interaction_shows_each_place_with_what_was_expected_and_what_came(page, contract, result):
    product, missing, _ = identifiers(contract)
    path = result(
        [
            {"interactionId": missing, "interactionDescription": "a request for a product", "success": True},
            {
                "interactionId": product,
                "interactionDescription": "a request for a product",
                "success": False,
                "mismatches": [
                    {"attribute": "status", "identifier": "", "description": "expected 200 but was 500"},
                    {
                        "attribute": "header",
                        "identifier": "content-type",
                        "description": "is text",
                        "actual": "text",
                    },
                    {"attribute": "body", "identifier": "$.price.amount", "description": "a number", "actual": 9.95},
                ],
                "exceptions": [],
            },
        ],
        buildUrl="https://ci.example/7",
        verifiedBy={"implementation": "pact-contracts", "version": "0.2.0"},
    )

    shown = page(path)
    text = words(shown)

    assert "1 of 2 interactions failed a request for a product GET /products/1 given product 1 exists" in text
    assert row("status", "200", "500", "expected 200 but was 500") in text
    assert row("header content-type", "application/json", "text", "is text") in text
    assert row("body $.price.amount", '"9.95"', "9.95", "a number") in text
    assert '<mark>    "amount": "9.95",</mark>' in html.unescape(shown)
    assert "1 interaction passed a request for a product GET /products/2" in text
    assert "1 interaction without a test result a request for all products" in text
    assert "Verified with pact-contracts 0.2.0" in text
    assert '<a href="https://ci.example/7" rel="noopener noreferrer">' in shown
    assert text.index("failed a request") < text.index("interaction passed")


def test_the_results_of_pact_jvm_are_read(page, contract, result):
    product, *_ = identifiers(contract)
    path = result(
        [
            {
                "interactionId": product,
                "success": False,
                "exceptions": [{"message": "Boom", "exceptionClass": "java.io.IOException"}],
                "mismatches": [
                    {"attribute": "body", "identifier": "$.tags.0", "description": "Expected 'new'", "diff": '-"new"'}
                ],
            }
        ]
    )

    shown = page(path)

    assert "java.io.IOException: Boom" in words(shown)
    assert row("body $.tags.0", '"new"', "Expected 'new' -\"new\"") in words(shown)
    assert '<mark>    "new"</mark>' in html.unescape(shown)


def test_each_missing_key_has_its_rule_and_its_example(page, http, publish):
    rules = {"body": {"$.price.amount": {"matchers": [{"match": "decimal"}]}}}
    interaction = DOCUMENT["interactions"][0]
    ruled = interaction | {"response": interaction["response"] | {"matchingRules": rules}}
    publish("2", document=DOCUMENT | {"interactions": [ruled]})
    contract = http.get(f"{PACT}/2").json()
    mismatches = [
        {"attribute": "body", "identifier": "$.price", "description": KEYS_ARE_MISSING},
        {"attribute": "body", "identifier": "$.id", "description": "Expected 'a' (String) to be an integer"},
    ]
    results = [{"interactionId": identifiers(contract)[0], "success": False, "mismatches": mismatches}]
    body = {"success": False, "providerApplicationVersion": "10", "testResults": results}
    posted = http.post(contract["_links"]["pb:publish-verification-results"]["href"], json=body)
    shown = page(posted.headers["location"].removeprefix("http://testserver"))
    text = words(shown)
    assert 'body $.price.amount any decimal number e.g. "9.95" The key amount is missing' in text
    assert 'body $.price.currency "EUR" The key currency is missing' in text
    assert "body $.id 1 a Expected 'a' (String) to be an integer" in text
    assert shown.count("<mark>") == 3
    assert f'href="{PACT}/2?interaction=0"' in shown


def test_a_result_with_an_unknown_id_is_of_the_interaction_with_its_description(page, result):
    path = result(
        [{"interactionId": "of a file", "interactionDescription": "a request for all products", "success": False}]
    )
    assert "a request for all products GET /products" in words(page(path))


@pytest.mark.parametrize("key", ["tests", "examples"])
def test_the_results_of_pact_ruby_are_read(page, result, key):
    interaction = {"interactionDescription": "a request for a product", "interactionProviderState": "product 1 exists"}
    path = result(
        {
            key: [
                interaction | {"testDescription": "has status code 200", "status": "passed", "actualStatus": 200},
                interaction
                | {
                    "testDescription": "has a matching body",
                    "status": "failed",
                    "differences": [{"description": 'Expected "9.95" but got 9.95 at $.price.amount'}],
                    "exception": {"class": "RSpec::Expectations", "message": "the same, as a picture"},
                    "actualStatus": 200,
                    "actualBody": {"id": 1, "price": {"amount": 9.95}},
                },
                {"interactionDescription": "a request for all products", "status": "passed"},
            ]
        }
    )

    text = words(page(path))

    assert "1 of 2 interactions failed a request for a product GET /products/1 given product 1 exists" in text
    assert 'body $.price.amount "9.95" 9.95 Expected "9.95" but got 9.95 at $.price.amount' in text
    assert "the same, as a picture" not in text.partition("Document")[0]
    assert "Actual response 200" in text
    assert "1 interaction passed a request for all products GET /products" in text


@pytest.mark.parametrize(
    "document", ["free text", {"summary": "3 failed"}, [{"success": "no"}], [1], {"tests": [{"name": "x"}]}]
)
def test_unreadable_results_are_shown_verbatim(page, result, document):
    shown = words(page(result(document)))

    assert "The verifier published them in an unknown format" in shown
    assert "interactions failed" not in shown


def test_a_failure_without_test_results_points_to_the_build(page, result):
    assert "The verifier published no test results. See the log of the build." in words(page(result(None)))


def test_a_failure_whose_interactions_all_passed_says_so(page, contract, result):
    path = result([{"interactionId": each, "success": True} for each in identifiers(contract)])

    assert "Every published interaction passed, but the verifier reported a failure." in words(page(path))


def test_the_deployed_consumers_are_affected_and_the_advice_names_their_environments(page, publish, result, deploy):
    publish("2", document=DOCUMENT)
    publish("3", branch="other")
    deploy("web", "1", "production")
    deploy("web", "2", "staging", "blue")
    deploy("web", "3", "production", "green")

    text = words(page(result(None)))

    assert "Who is affected web 1 in production web 2 in staging on blue" in text
    assert "web 3" not in text
    assert "Do not deploy api 10 to production and staging: web depends on this contract there." in text


def test_without_a_deployed_consumer_nobody_is_affected(page, result):
    text = words(page(result(None)))

    assert "No deployed version of web has this contract." in text
    assert "Do not deploy" not in text


def test_the_advice_has_a_command_that_verifies_the_contract_again(page, contract, result):
    sha = contract["_links"]["pb:pact-version"]["name"]

    shown = html.unescape(page(result(None)))

    url = f"http://testserver/pacts/provider/api/consumer/web/pact-version/{sha}"
    assert (
        f"contracts verify --provider api --version $(git rev-parse HEAD) \\\n  --app MODULE:NAME --pact-url {url}"
        in shown
    )


def test_a_success_needs_no_advice(page, contract, result):
    results = [{"interactionId": each, "success": True} for each in identifiers(contract)]

    shown = page(result(results, success=True))

    assert "<title>Verified: web 1 → api 10 · Pact Broker</title>" in shown
    assert "3 interactions passed" in words(shown)
    assert "What to do" not in shown


def test_a_replaced_result_links_to_the_latest_one(page, result):
    first, second = result(None), result(None, success=True)

    assert f'verified the contract again: <a href="{second}">' in page(first)
    assert "verified the contract again" not in page(second)


def test_contract_and_matrix_link_to_the_result(page, result):
    result(None)

    for path in (f"{PACT}/1", "/matrix/provider/api/consumer/web"):
        link, *_ = re.findall(r'href="([^"]+/verification-results/[^"]+)"', page(path))
        assert "<title>Failed: web 1 → api 10 · Pact Broker</title>" in page(html.unescape(link))


def test_the_contract_marks_the_interactions_that_fail_now(page, contract, result):
    product, missing, _ = identifiers(contract)
    failed = result([{"interactionId": product, "success": False}, {"interactionId": missing, "success": True}])

    shown = page(f"{PACT}/1")
    marked, *others = re.findall(r'<details class="interaction[^"]*".*?</details>', shown, re.DOTALL)[:3]

    assert 'class="interaction failed"' in marked
    assert f"/verification-results/{failed.rpartition('/')[2]}" in marked
    assert not any("failed" in each for each in others)

    result([], success=True, by="11")
    assert "interaction failed" not in page(f"{PACT}/1")


def test_the_page_is_about_the_consumer_version_of_its_url(page, publish, result):
    result(None)
    publish("2", document=DOCUMENT)

    (link,) = set(re.findall(r'href="([^"]+/verification-results/[^"]+)"', page(f"{PACT}/1")))

    assert "<title>Failed: web 1 → api 10" in page(html.unescape(link))


@pytest.mark.parametrize("path", [f"{PACT}/1", "/pacts/provider/api/consumer/web/latest"])
def test_the_latest_result_of_a_contract_has_the_page_too(page, result, path):
    address = f"{path}/verification-results/latest"
    assert "There is no verification result of the" in page(address, status=404)

    result(None)
    result(None, success=True, by="11")

    assert "<title>Verified: web 1 → api 11" in page(address)


@pytest.mark.parametrize("number", ["999", "x", "9" * 40])
def test_a_missing_result_is_a_page_that_says_so(page, contract, number):
    sha = contract["_links"]["pb:pact-version"]["name"]

    shown = page(f"/pacts/provider/api/consumer/web/pact-version/{sha}/verification-results/{number}", status=404)

    assert "There is no verification result" in shown


def test_texts_of_verifiers_do_not_become_markup(page, result):
    attack = "<script>alert(1)</script>"
    path = result(
        [
            {
                "interactionId": attack,
                "interactionDescription": attack,
                "success": False,
                "mismatches": [{"attribute": attack, "identifier": attack, "description": attack, "actual": attack}],
                "exceptions": [{"message": attack}],
            }
        ],
        buildUrl="javascript:alert(1)",
        verifiedBy={"implementation": attack},
    )

    shown = page(path)

    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 5
    assert 'href="javascript' not in shown


def test_many_failures_and_long_results_are_shown_in_part(page, publish, http):
    interaction = DOCUMENT["interactions"][0]
    many = [interaction | {"description": f"request {number}"} for number in range(120)]
    publish("2", document=DOCUMENT | {"interactions": many})
    contract = http.get(f"{PACT}/2").json()
    tests = [
        {"interactionId": each["_id"], "success": False, "exceptions": [{"message": "x" * 500}]}
        for each in contract["interactions"]
    ]
    body = {"success": False, "providerApplicationVersion": "10", "testResults": tests}
    posted = http.post(contract["_links"]["pb:publish-verification-results"]["href"], json=body)
    path = posted.headers["location"].removeprefix("http://testserver")
    shown = page(path)
    assert "120 of 120 interactions failed" in words(shown)
    assert "These are the first 100." in shown
    assert "These are the first 50,000 of " in shown
    assert f"curl -H &#39;Accept: application/hal+json&#39; http://testserver{path.partition('/metadata')[0]}" in shown
    assert len(shown) < 600_000


def test_of_many_interactions_that_passed_or_have_no_result_the_first_are_listed(page, contract, result, monkeypatch):
    monkeypatch.setattr(results, "MOST_LISTED", 1)
    reported = [{"interactionId": each, "success": True} for each in identifiers(contract)[:2]]

    text = words(page(result(reported, success=True)))
    assert "2 interactions passed" in text
    assert [each in text for each in ("GET /products/1", "GET /products/2")] == [True, False]
    assert "These are the first 1." in text

    text = words(page(result(reported[:1], success=True, by="11")))
    assert "2 interactions without a test result" in text
    assert "These are the first 1." in text
