"""`/contracts/publish`."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from estates import Estate
from hooks import add_webhook
from in_process import TestClient

from contracts.broker.app import create_app
from contracts.model import diffs


CONTENT = {
    "consumer": {"name": "Till"},
    "provider": {"name": "Ledger"},
    "interactions": [
        {"description": "a", "request": {"method": "GET", "path": "/a"}, "response": {"status": 200}},
    ],
}


def encoded(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def contract(document=None, **changes):
    return {
        "consumerName": "Till",
        "providerName": "Ledger",
        "specification": "pact",
        "contentType": "application/json",
        "content": encoded(json.dumps(document or CONTENT)),
    } | changes


def body(number="1", *contracts, **changes):
    return {
        "pacticipantName": "Till",
        "pacticipantVersionNumber": number,
        "contracts": list(contracts) or [contract()],
    } | changes


def publish(http, *arguments, **changes):
    answer = http.post("/contracts/publish", json=body(*arguments, **changes))
    assert answer.status_code == 200, answer.text
    return answer.json()


def kinds(document):
    return [each["type"] for each in document["notices"]]


def texts(document):
    return [each["text"] for each in document["notices"]]


def test_a_publication_is_answered_with_notices_and_links(http):
    document = publish(http, branch="main", tags=["dev", "test"], buildUrl="http://ci/1")
    assert document["logs"] == [
        {"level": each["type"], "message": each["text"], "deprecationWarning": "Replaced by notices"}
        for each in document["notices"]
    ]
    base = "http://testserver"
    assert document["_embedded"] == {
        "pacticipant": {"name": "Till", "_links": {"self": {"href": f"{base}/pacticipants/Till"}}},
        "version": {
            "number": "1",
            "_links": {"self": {"href": f"{base}/pacticipants/Till/versions/1", "title": "Version", "name": "1"}},
        },
    }
    assert document["_links"] == {
        "pb:pacticipant": {"href": f"{base}/pacticipants/Till", "title": "Pacticipant", "name": "Till"},
        "pb:pacticipant-version": {
            "href": f"{base}/pacticipants/Till/versions/1",
            "title": "Version",
            "name": "1",
        },
        "pb:pacticipant-version-tags": [
            {"href": f"{base}/pacticipants/Till/versions/1/tags/{tag}", "title": "Tag", "name": tag}
            for tag in ("dev", "test")
        ],
        "pb:contracts": [
            {
                "href": f"{base}/pacts/provider/Ledger/consumer/Till/version/1",
                "title": "Pact",
                "name": "Pact between Till (1) and Ledger",
            }
        ],
    }


def test_the_first_publication_reports_events_and_next_steps(http):
    document = publish(http, branch="main")
    assert kinds(document) == ["debug", "success", "debug", "debug", "prompt", "prompt", "prompt"]
    assert texts(document)[:4] == [
        "Created Till version 1 with branch main",
        "Pact between Till (1) and Ledger is published.",
        "  View the published pact at http://testserver/pacts/provider/Ledger/consumer/Till/version/1",
        "  Events detected: contract_published, contract_content_changed (the first contract without tags)",
    ]


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        ({"branch": "main", "tags": ["a", "b"]}, "Created Till version 1 with branch main and tags a, b"),
        ({"tags": ["a"]}, "Created Till version 1 with tag a"),
        ({}, "Created Till version 1"),
    ],
)
def test_the_first_notice_names_branch_and_tags(http, sent, first):
    assert texts(publish(http, **sent))[0] == first


def test_a_publication_without_a_branch_is_asked_for_one(http):
    publish(http, branch="main")
    document = publish(http)
    assert kinds(document)[:2] == ["debug", "prompt"]
    assert texts(document)[0] == "Updated Till version 1"
    assert "is published again" in texts(document)[2]
    assert texts(document)[4] == "  Events detected: contract_published"


def test_after_a_verification_the_notices_do_not_ask_for_one(http):
    pact = http.get(publish(http, branch="main")["_links"]["pb:contracts"][0]["href"]).json()
    results = pact["_links"]["pb:publish-verification-results"]["href"]
    assert http.post(results, json={"success": True, "providerApplicationVersion": "10"}).status_code == 201
    assert kinds(publish(http, "2", branch="main")) == ["debug", "success", "debug", "debug", "prompt", "prompt"]


def test_a_disabled_webhook_counts_as_one_that_no_event_triggers(http, broker):
    broker.settings = replace(
        broker.settings, webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",)
    )
    request = {"method": "POST", "url": "http://127.0.0.1:9/build"}
    new = {"events": [{"name": "contract_published"}], "enabled": False, "request": request}
    assert http.post("/webhooks", json=new).status_code == 201
    document = publish(http, branch="main")
    assert kinds(document) == ["debug", "success", "debug", "debug", "debug", "prompt", "prompt"]
    notice, _, url = texts(document)[4].partition(" see ")
    assert notice == "  No webhook was triggered; for the reasons"
    (event,) = http.get(url).json()["_embedded"]["events"]
    assert [each["reason"] for each in event["decisions"]] == ["disabled"]


@pytest.mark.parametrize("events", [None, ("contract_published",), ("provider_verification_failed",)])
def test_a_verification_that_nothing_starts_is_a_warning(http, broker, events):
    estate = Estate(broker)
    estate.version("Ledger", "10")
    for place in ("live", "test"):
        estate.environment(place)
        estate.deploy("Ledger", "10", place)
    if events:
        add_webhook(broker, events=events)
    document = publish(http, branch="main")
    if events == ("contract_published",):
        assert "warnings" not in document
        assert "othing will start" not in "".join(texts(document))
    else:
        (warning,) = document["warnings"]
        assert warning.startswith(
            "Nothing will start this verification: Pact between Till (1) and Ledger needs a result of "
            "Ledger 10 (deployed in live, deployed in test), and no webhook was triggered."
        )
        assert "othing will start this verification" in "".join(texts(document))


def test_a_changed_content_of_the_same_version_is_a_conflict_in_its_own_form(http):
    publish(http)
    answer = http.post(
        "/contracts/publish",
        json=body("1", contract(CONTENT | {"interactions": []})),
        headers={"Accept": "application/hal+json, application/problem+json"},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/json;charset=utf-8")
    assert [each["type"] for each in answer.json()["notices"]] == ["error", "info"]
    assert len(answer.json()["errors"]["contracts"]) == 1


def test_other_requests_do_not_wait_for_the_differences(broker, monkeypatch):
    """They are looked at when the transaction has ended, and in no turn to write."""
    seen = []
    real = diffs.diff

    def diff(*documents):
        seen.append(broker.limits.writing.borrowed_tokens)
        with broker.database.writing():
            return real(*documents)

    monkeypatch.setattr(diffs, "diff", diff)
    with TestClient(create_app(broker)) as client:
        publish(client)
        answer = client.post("/contracts/publish", json=body("1", contract(CONTENT | {"interactions": []})))
    assert '-      "description": "a"' in answer.json()["notices"][1]["text"]
    assert seen == [0]


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (
            {},
            {
                "pacticipantName": ["is missing"],
                "pacticipantVersionNumber": ["is missing"],
                "contracts": ["is missing"],
            },
        ),
        (body(pacticipantName=""), {"pacticipantName": ["must be filled"]}),
        (body(pacticipantName=" "), {"pacticipantName": ["cannot be blank"]}),
        (body("1\n2"), {"pacticipantVersionNumber": ["cannot contain multiple lines"]}),
        (body(branch=" "), {"branch": ["cannot be blank"]}),
        (body(tags=[1]), {"tags": ["must be a string (at index 0)"]}),
        (body(tags=["a", ""]), {"tags": ["must be filled (at index 1)"]}),
        (body(buildUrl="a\nb"), {"buildUrl": ["cannot contain multiple lines"]}),
        (body(contracts=[]), {"contracts": ["size cannot be less than 1"]}),
        (body("1", contract(content="!")), {"contracts": ["content is not valid Base64 (at index 0)"]}),
        (
            body("1", contract(contentType="x")),
            {"contracts": ["contentType must be one of: application/json (at index 0)"]},
        ),
        (body("1", contract(specification="x")), {"contracts": ["specification must be one of: pact (at index 0)"]}),
        (
            body("1", contract(onConflict="x")),
            {"contracts": ["onConflict must be one of: overwrite, merge (at index 0)"]},
        ),
        (
            body("1", contract(), contract(consumerName="Kiosk")),
            {"contracts": ["consumerName (Kiosk) must be the pacticipantName (Till) (at index 1)"]},
        ),
        (
            body("1", contract(content=encoded("[1]"))),
            {"contracts": ["The body must be a JSON object, but is an array (at index 0)"]},
        ),
        (
            body("1", contract(content=encoded(b"\xff"))),
            {"contracts": ["The body is not UTF-8: byte 1 cannot be read, after '' (at index 0)"]},
        ),
        (
            body("1", contract(providerName="Stock")),
            {"contracts": ["provider.name is 'Ledger' in the contract, but it is published for 'Stock' (at index 0)"]},
        ),
    ],
)
def test_an_invalid_value_is_refused_by_its_field(http, sent, errors):
    answer = http.post("/contracts/publish", json=sent)
    assert answer.status_code == 400
    assert answer.json() == {"errors": errors}


def test_a_content_that_is_not_json_is_refused(http):
    answer = http.post("/contracts/publish", json=body("1", contract(content=encoded("{,}"))))
    assert answer.status_code == 400
    assert answer.json()["errors"]["contracts"][0].endswith("(at index 0)")


def test_nulls_and_unknown_keys_are_ignored(http):
    sent = body("1", contract(writeMode="overwrite"), branch=None, tags=None, buildUrl=None, unknown=1)
    assert http.post("/contracts/publish", json=sent).status_code == 200


def test_another_content_type_publishes_nothing(http):
    answer = http.post("/contracts/publish", content=json.dumps(body()), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert http.get("/pacts/latest").json()["pacts"] == []


def test_one_publication_has_a_bounded_number_of_contracts_and_tags(http):
    publish(http, tags=[f"t{each}" for each in range(200)])
    answer = http.post("/contracts/publish", json=body("2", *[contract()] * 1001, tags=["t"] * 201))
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "errors": {
                "tags": ["has 201 elements. Send at most 200 at once"],
                "contracts": ["has 1001 elements. Send at most 1000 at once"],
            }
        },
    )
