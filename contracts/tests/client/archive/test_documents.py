"""The documents of the reference broker, and of ours, as records of an estate."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
import recordings

from contracts.client import hal
from contracts.client.archive import documents, results


MOMENT = "2026-03-01T08:00:00+00:00"
_MASKED = {"<time>": MOMENT, "<n>": "101"}
_LISTED = results.ListedResult(
    number=101,
    consumer="Till",
    provider="Ledger",
    sha="abc",
    provider_version="1",
    verified_at=documents.moment({"at": MOMENT}, "at"),
    href="",
)
_BY_PATH = {
    r"/pacticipants/[^/]+": lambda answer: [documents.pacticipant(answer)],
    r"/pacticipants/[^/]+/versions/[^/]+": lambda answer: [
        documents.version("Till", answer, lambda _: documents.moment({"at": MOMENT}, "at"))
    ],
    r"/pacticipants/[^/]+/branches": lambda answer: [
        documents.branch("Till", each) for each in hal.embedded(answer, "branches")
    ],
    r"/environments": lambda answer: [documents.environment(each) for each in hal.embedded(answer, "environments")],
    r"/pacts/provider/[^/]+/consumer/[^/]+/version/[^/]+": lambda answer: documents.pact(json.dumps(answer)),
    r"/pacts/.*/verification-results/[^/]+": lambda answer: [results.result(_LISTED, answer)],
    r"/matrix": lambda answer: results.listed_results(hal.objects(answer["matrix"], "matrix")),
    r"/integrations": lambda answer: [documents.integration(each) for each in hal.embedded(answer, "integrations")],
    r"/webhooks/[^/]+": documents.webhook,
    r"/pacticipants/.*/deployed-versions/environment/[^/]+": lambda answer: [documents.deployment(answer)],
    r"/pacticipants/.*/released-versions/environment/[^/]+": lambda answer: [documents.release(answer)],
}
_CHANGING = {"POST", "PUT"}


def answers():
    """What the reference answered with success: path and document."""
    for scenario in recordings.scenarios().values():
        for step in scenario["steps"]:
            request, answer = step["request"], step["answer"]
            document = answer.get("json")
            placing = re.search(r"/(deployed|released)-versions/environment/", request["path"])
            methods = _CHANGING if placing else {"GET"}
            if request["method"] in methods and answer.get("status") in {200, 201} and isinstance(document, dict):
                text = json.dumps(document)
                for mask, value in _MASKED.items():
                    text = text.replace(mask, value)
                yield request["path"].partition("?")[0], json.loads(text)


@pytest.mark.skipif(recordings.folder() is None, reason=recordings.ABSENT)
def test_every_answer_of_the_reference_is_read():
    read = Counter()
    for path, document in answers():
        for pattern, record_of in _BY_PATH.items():
            if re.fullmatch(pattern, path):
                record_of(document)
                read[pattern] += 1
    assert all(read[pattern] for pattern in _BY_PATH), read


def test_verified_by_is_read_as_it_was_sent():
    shown = {
        "implementation": "pact_ffi",
        "version": "0.4",
        "client_implementation": "python",
        "client_version": "3.12",
        "client_test_framework": "pytest",
    }
    document = {
        "providerApplicationVersion": "10",
        "success": True,
        "verificationDate": MOMENT,
        "verifiedBy": shown,
        "testResults": [{"interactionId": "1"}],
    }
    result = results.result(_LISTED, document)
    assert result.verified_by == {
        "implementation": "pact_ffi",
        "version": "0.4",
        "clientLanguage": {"name": "python", "version": "3.12", "testFramework": "pytest"},
    }
    assert result.test_results == [{"interactionId": "1"}]


def test_a_pact_keeps_its_spelling_without_the_brokers_own_keys():
    links = {
        "pb:consumer": {"href": "/c", "name": "Till"},
        "pb:provider": {"href": "/p", "name": "Ledger"},
        "pb:consumer-version": {"href": "/v", "name": "1"},
        "pb:pact-version": {"href": "/s", "name": "abc"},
    }
    text = (
        '{"interactions": [ {"_id":"1","n": 1.0e2} ],"metadata":{"b":1, "a":12345678901234567890123}, '
        f'"createdAt":"{MOMENT}","_links":{json.dumps(links)}}}'
    )
    content, pact = documents.pact(text)
    assert content.text == '{"interactions":[{"_id":"1","n": 1.0e2}],"metadata":{"b":1, "a":12345678901234567890123}}'
    assert (content.consumer, content.provider, content.sha) == ("Till", "Ledger", "abc")
    assert (pact.consumer, pact.version, pact.provider, pact.sha) == ("Till", "1", "Ledger", "abc")


@pytest.mark.parametrize(
    ("request_document", "missing"),
    [
        ({"headers": {"authorization": "**********"}}, "header authorization"),
        ({"username": "u", "password": "**********"}, "password"),
        ({"headers": {"authorization": "Bearer ${user.token}"}}, "what ${user.…} stood for"),
    ],
)
def test_a_webhook_that_lacks_a_secret_is_disabled(request_document, missing):
    document = {
        "uuid": "0123456789abcdef",
        "enabled": True,
        "request": {"method": "POST", "url": "https://ci.example.org/", **request_document},
        "events": [{"name": "contract_published"}],
        "createdAt": MOMENT,
    }
    webhook, gap = documents.webhook(document)
    assert not webhook.enabled
    assert f"enter them again: {missing} (" in gap.reason
    assert "*" not in str(webhook)
