"""A pact over HTTP."""

from __future__ import annotations

import json

import pytest

from contracts.model import contents
from contracts.model.metadata import Metadata, SelectorMetadata, decode, encode


BASE = "http://testserver"
PAIR = "/pacts/provider/Ledger/consumer/Till"
EXTENDED = "application/vnd.pactbrokerextended.v1+json"


def document(*descriptions):
    return {
        "consumer": {"name": "Till"},
        "provider": {"name": "Ledger"},
        "interactions": [{"description": each, "request": {"path": f"/{each}"}} for each in descriptions],
    }


def put(http, number, *descriptions, status=201):
    answer = http.put(f"{PAIR}/version/{number}", json=document(*descriptions))
    assert answer.status_code == status, answer.text
    return answer.json()


def tag(broker, number, *tags):
    from estates import Estate  # noqa: PLC0415, only some tests tag

    Estate(broker).version("Till", number, tags=tags)


def test_a_pact_is_shown_with_its_ids_and_links(http):
    put(http, "1", "a")
    sha = contents.sha(document("a"))
    shown = http.get(f"{PAIR}/version/1")
    assert shown.headers["content-type"] == "application/hal+json;charset=utf-8"
    interaction = document("a")["interactions"][0]
    assert shown.json() == document() | {
        "interactions": [{"_id": contents.interaction_id(interaction), **interaction}],
        "createdAt": "2026-11-23T08:00:00+00:00",
        "_links": shown.json()["_links"],
    }
    hrefs = {
        relation: each["href"].removeprefix(BASE)
        for relation, each in shown.json()["_links"].items()
        if relation != "curies"
    }
    assert hrefs == {
        "self": f"{PAIR}/version/1",
        "pb:consumer": "/pacticipants/Till",
        "pb:consumer-version": "/pacticipants/Till/versions/1",
        "pb:provider": "/pacticipants/Ledger",
        "pb:pact-version": f"{PAIR}/pact-version/{sha}",
        "pb:latest-pact-version": f"{PAIR}/latest",
        "pb:all-pact-versions": f"{PAIR}/versions",
        "pb:latest-untagged-pact-version": f"{PAIR}/latest-untagged",
        "pb:latest-tagged-pact-version": f"{PAIR}/latest/{{tag}}",
        "pb:previous-distinct": f"{PAIR}/version/1/previous-distinct",
        "pb:diff-previous-distinct": f"{PAIR}/version/1/diff/previous-distinct",
        "pb:diff": f"{PAIR}/pact-version/{sha}/diff/pact-version/{{pactVersion}}",
        "pb:pact-webhooks": "/webhooks/provider/Ledger/consumer/Till",
        "pb:consumer-webhooks": "/webhooks/consumer/Till",
        "pb:tag-prod-version": "/pacticipants/Till/versions/1/tags/prod",
        "pb:tag-version": "/pacticipants/Till/versions/1/tags/{tag}",
        "pb:publish-verification-results": f"{PAIR}/pact-version/{sha}/verification-results",
        "pb:verification-started": "/pacts/provider/Ledger/verification-started",
        "pb:latest-verification-results": f"{PAIR}/pact-version/{sha}/verification-results/latest",
        "pb:triggered-webhooks": f"{PAIR}/version/1/triggered-webhooks",
        "pb:webhook-decisions": "/webhook-decisions?pacticipant=Till&version=1",
        "pb:matrix-for-consumer-version": (
            "/matrix?q%5B%5D%5Bpacticipant%5D=Till&q%5B%5D%5Bversion%5D=1&latestby=cvpv"
        ),
    }


@pytest.mark.parametrize(
    "alias", ["/pacts/provider/Ledger/consumer/Till/versions/1", "/pact/provider/Ledger/consumer/Till/version/1"]
)
def test_old_addresses_lead_to_the_same_pact(http, alias):
    assert http.put(alias, json=document("a")).status_code == 201
    assert http.get(alias).json() == http.get(f"{PAIR}/version/1").json()


def test_plain_json_is_the_same_document(http):
    put(http, "1", "a")
    answer = http.get(f"{PAIR}/version/1", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.json() == http.get(f"{PAIR}/version/1").json()


def test_the_extended_form_holds_the_content_and_the_versions_tags(http, broker):
    put(http, "1", "a")
    tag(broker, "1", "dev")
    answer = http.get(f"{PAIR}/version/1", headers={"Accept": EXTENDED})
    assert answer.headers["content-type"] == f"{EXTENDED};charset=utf-8"
    extended, plain = answer.json(), http.get(f"{PAIR}/version/1").json()
    assert extended["_links"] == plain.pop("_links")
    assert extended["createdAt"] == plain.pop("createdAt")
    assert extended["contract"] == plain
    assert extended["_embedded"]["tags"] == [
        {
            "name": "dev",
            "latest": True,
            "_links": {
                "self": {"href": f"{BASE}/pacticipants/Till/versions/1/tags/dev", "title": "Tag", "name": "dev"}
            },
        }
    ]


def test_a_pact_is_replaced_by_the_same_and_by_nothing_else(http):
    put(http, "1", "a", "b")
    assert put(http, "1", "b", "a", status=200)["interactions"][0]["description"] == "a"
    answer = http.put(f"{PAIR}/version/1", json=document("c"))
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/hal+json;charset=utf-8")
    assert "another contract with Ledger" in answer.json()["error"]


def test_numbers_come_back_as_they_were_spelled(http):
    text = '{"interactions":[],"i":12345678901234567890,"f":1.10,"e":1e3}'
    answer = http.put(f"{PAIR}/version/1", content=text, headers={"Content-Type": "application/json"})
    assert answer.text.startswith('{"interactions":[],"i":12345678901234567890,"f":1.10,"e":1e3,"createdAt":')


def test_a_pact_from_a_broker_is_published_without_the_members_that_the_broker_added(http):
    fetched = put(http, "1", "a")
    again = http.put(f"{PAIR}/version/2", json=fetched)
    assert again.text.count('"_links"') == 1
    assert again.json()["_links"]["self"]["href"].endswith("/version/2")


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        ({"consumer": {"name": "Kiosk"}}, ["consumer.name"]),
        ({"consumer": {"name": "Kiosk"}, "provider": {"name": "Stock"}}, ["consumer.name", "provider.name"]),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_names_in_the_contract_must_be_those_of_the_address(http, method, names, fields):
    answer = http.request(method, f"{PAIR}/version/1", json=document() | names)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == fields


@pytest.mark.parametrize("names", [{}, {"consumer": {}, "provider": {"name": None}}, {"consumer": "Kiosk"}])
def test_a_contract_without_names_is_accepted(http, names):
    assert http.put(f"{PAIR}/version/1", json={"interactions": []} | names).status_code == 201


@pytest.mark.parametrize("text", ["[1]", "3", "null", "{,}"])
def test_a_contract_that_is_not_a_json_object_is_refused(http, text):
    answer = http.put(f"{PAIR}/version/1", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_a_potential_duplicate_is_refused_in_plain_text(http):
    put(http, "1", "a")
    answer = http.put("/pacts/provider/ledger/consumer/Till/version/1", json={"interactions": []})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/plain; charset=utf-8")
    assert "'ledger' is new, and looks like 'Ledger'" in answer.text


def test_a_contract_is_merged_into_the_stored_one(http):
    answer = http.patch(f"{PAIR}/version/1", json=document("a"))
    assert answer.status_code == 201
    answer = http.patch(f"{PAIR}/version/1", json=document("b"))
    assert answer.status_code == 200
    assert [each["description"] for each in answer.json()["interactions"]] == ["a", "b"]


def test_contracts_that_contradict_are_not_merged(http):
    put(http, "1", "a")
    other = document("a")
    other["interactions"][0]["request"]["path"] = "/other"
    assert http.patch(f"{PAIR}/version/1", json=other).status_code == 409


def test_a_merge_patch_is_not_accepted_as_a_contract(http):
    answer = http.patch(
        f"{PAIR}/version/1",
        content=json.dumps(document("a")),
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 415
    assert http.get(f"{PAIR}/version/1").status_code == 404


def test_removing_a_pact_leads_to_the_latest_that_is_left(http):
    put(http, "1", "a")
    put(http, "2", "b")
    answer = http.delete(f"{PAIR}/version/2")
    assert answer.status_code == 200
    assert answer.json() == {
        "_links": {
            "index": {"href": BASE, "title": "Index"},
            "pb:latest-pact-version": {"href": f"{BASE}{PAIR}/latest", "title": "Latest version of this pact"},
        }
    }
    assert http.delete(f"{PAIR}/version/1").json() == {"_links": {"index": {"href": BASE, "title": "Index"}}}
    assert http.delete(f"{PAIR}/version/1").status_code == 404


@pytest.mark.parametrize(
    ("path", "number", "metadata"),
    [
        (f"{PAIR}/latest", "3", Metadata(consumer_version_id=3)),
        ("/pact/provider/Ledger/consumer/Till/latest", "3", Metadata(consumer_version_id=3)),
        (f"{PAIR}/latest/dev", "2", Metadata(consumer_version_id=2, consumer_version_tags=("dev",))),
        (f"{PAIR}/latest-untagged", "3", Metadata(consumer_version_id=3)),
        (f"{PAIR}/branch/dev/latest", "1", Metadata(consumer_version_id=1)),
    ],
)
def test_the_latest_pact_names_its_version_and_takes_results_for_it(http, broker, path, number, metadata):
    put(http, "1", "a")
    tag(broker, "1", "dev")
    put(http, "2", "b")
    broker.settings = type(broker.settings)(use_first_tag_as_branch=False)
    tag(broker, "2", "dev")
    put(http, "3", "c")
    answer = http.get(path)
    assert answer.headers["x-pact-consumer-version"] == number
    assert answer.json()["_links"]["self"]["href"] == f"{BASE}{PAIR}/version/{number}"
    segment = answer.json()["_links"]["pb:publish-verification-results"]["href"].split("/")[-2]
    assert decode(segment) == metadata


def test_a_content_is_shown_as_of_its_latest_version(http):
    sha = put(http, "1", "a")["_links"]["pb:pact-version"]["name"]
    put(http, "2", "a")
    links = http.get(f"{PAIR}/pact-version/{sha}").json()["_links"]
    assert links["self"]["href"] == f"{BASE}{PAIR}/version/2"
    assert "pb:consumer-versions" not in links


def test_a_content_with_metadata_is_shown_as_of_the_versions_that_it_names(http):
    sha = put(http, "1", "a")["_links"]["pb:pact-version"]["name"]
    put(http, "2", "a")
    put(http, "3", "a")
    selectors = tuple(SelectorMetadata(consumer_version_id=each) for each in (1, 2))
    for metadata, number, named in (
        (Metadata(consumer_version_number="1"), "1", ["1"]),
        (Metadata(selectors=selectors), "2", ["2", "1"]),
        (Metadata(wip=True), "3", None),
    ):
        links = http.get(f"{PAIR}/pact-version/{sha}/metadata/{encode(metadata)}").json()["_links"]
        assert links["self"]["href"] == f"{BASE}{PAIR}/version/{number}"
        assert links["pb:publish-verification-results"]["href"].endswith(
            f"/metadata/{encode(metadata)}/verification-results"
        )
        assert [each["name"] for each in links.get("pb:consumer-versions", ())] == (named or [])


def test_metadata_that_cannot_be_read_does_no_harm(http):
    sha = put(http, "1", "a")["_links"]["pb:pact-version"]["name"]
    links = http.get(f"{PAIR}/pact-version/{sha}/metadata/not-base64").json()["_links"]
    assert "/metadata/not-base64/" in links["pb:publish-verification-results"]["href"]


def test_the_previous_distinct_pact_is_shown(http):
    put(http, "1", "a")
    put(http, "2", "b")
    assert http.get(f"{PAIR}/version/2/previous-distinct").json()["_links"]["self"]["href"].endswith("/version/1")
    assert http.get(f"{PAIR}/version/1/previous-distinct").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/version/1",
        "/latest",
        "/latest/dev",
        "/latest-untagged",
        "/branch/main/latest",
        "/pact-version/0000",
        "/version/1/previous-distinct",
    ],
)
def test_unknown_objects_are_a_404(http, path):
    answer = http.get(PAIR + path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json;charset=utf-8")
